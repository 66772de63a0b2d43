package source

import "time"

// ReadDate lets tests ask for a date as the decoders read it.
func ReadDate(text string, zone *time.Location, now time.Time) (time.Time, bool) {
	r, ok := readDate(text, zone, now)
	return r.at, ok
}

// ToUTF8, Plain, Summarize, OwnLines and Safe are pure parts worth fuzzing alone.
func ToUTF8(body []byte, configured, contentType string) ([]byte, string) {
	return toUTF8(body, configured, contentType)
}

func Plain(s string) string                           { return plain(s) }
func Shorten(s string, n int) string                  { return shorten(s, n) }
func Summarize(description, body, t string) string    { return summarize(description, body, t) }
func OwnLines(s string, drop []string) (string, bool) { return ownLines(s, drop) }
