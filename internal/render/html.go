package render

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/net/idna"

	"tagwire/internal/tagwire"
)

// maxURL is the longest address that becomes a link, in bytes of HTML. Telegram refuses
// more than about 32 KB of markup per message, whatever its text is like.
const maxURL = 2000

// Bold sets HTML in bold.
func Bold(h tagwire.HTML) tagwire.HTML { return wrap("b", h) }

// Italic sets HTML in italics.
func Italic(h tagwire.HTML) tagwire.HTML { return wrap("i", h) }

// Code sets HTML in the fixed-width type that a tap copies.
func Code(h tagwire.HTML) tagwire.HTML { return wrap("code", h) }

func wrap(tag string, h tagwire.HTML) tagwire.HTML {
	if h == "" {
		return ""
	}
	return tagwire.HTML("<" + tag + ">" + string(h) + "</" + tag + ">")
}

// Link shows a foreign text as a link. Where the address is no plain web address
// (http or https, a host, no user name) the text stands alone.
func Link(address, text string) tagwire.HTML {
	shown := tagwire.Foreign(text)
	href, ok := webAddress(address)
	if !ok || shown == "" {
		return shown
	}
	return `<a href="` + tagwire.Escape(href) + `">` + shown + `</a>`
}

// webAddress is the address in plain ASCII, if it is one that may be followed.
func webAddress(address string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", false
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" || strings.ContainsAny(host, " \"'<>&%\\") {
		return "", false
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	s := asciiOnly(u.String())
	return s, len(tagwire.Escape(s)) <= maxURL
}

// asciiOnly percent-encodes what url.URL leaves as it found it in queries.
func asciiOnly(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Hashtag is the hashtag of a tag by its slug: "#rare_earths".
func Hashtag(tag tagwire.TagSlug) string {
	return "#" + strings.ReplaceAll(string(tag), "-", "_")
}

// hashtagOf is the hashtag by a name in another script ("#稀土") where the name
// makes one, else by the slug.
func hashtagOf(tag tagwire.TagSlug, name string) string {
	letters := false
	h := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r):
			letters = letters || r > unicode.MaxASCII
			return r
		case unicode.IsDigit(r):
			return r
		case r == '-' || r == '_' || r == ' ':
			return '_'
		}
		return '#'
	}, tagwire.Clean(name))
	if !letters || strings.Contains(h, "#") || len(h) > 60 {
		return Hashtag(tag)
	}
	return "#" + h
}

// Measure is the size of a text as Telegram counts it after reading the markup:
// UTF-16 units without the white space around it, and entities.
func Measure(h tagwire.HTML) (units, entities int) {
	for i := range len(h) {
		if h[i] == '<' && i+1 < len(h) && h[i+1] != '/' {
			entities++
		}
	}
	return utf16Len(strings.TrimSpace(h.Text())), entities
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
