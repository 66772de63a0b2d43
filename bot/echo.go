package bot

import "tagwire/internal/tagwire"

// maxEcho is the longest piece of a person's own words that is shown back.
const maxEcho = 40

// echo cuts a person's words to one short line. It neither escapes nor
// neutralises: the locale does that to every argument.
func echo(s string) string {
	runes := []rune(tagwire.Clean(s))
	if len(runes) <= maxEcho {
		return string(runes)
	}
	return string(runes[:maxEcho]) + "…"
}
