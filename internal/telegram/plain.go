package telegram

import (
	"io"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/html"

	"tagwire/internal/tagwire"
)

// maxText is Telegram's limit of a message. It counts characters; UTF-16 units
// are never fewer, so that counting those is safe.
const maxText = 4096

// plain is the text of a message whose markup Telegram refused: tags gone, each
// link's address after its words if there is room, cut to what fits.
func plain(h tagwire.HTML) string {
	long, short := texts(string(h))
	if units(long) <= maxText {
		return long
	}
	return shorten(short, maxText)
}

// texts are the words of some HTML, with and without the addresses of links.
// Broken HTML gives what can be made out.
func texts(h string) (withLinks, without string) {
	var full, words strings.Builder
	var href string
	z := html.NewTokenizer(strings.NewReader(h))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				return h, h
			}
			return strings.TrimSpace(full.String()), strings.TrimSpace(words.String())
		case html.TextToken:
			s := html.UnescapeString(string(z.Raw()))
			full.WriteString(s)
			words.WriteString(s)
		case html.StartTagToken:
			if t := z.Token(); t.Data == "a" {
				for _, a := range t.Attr {
					if a.Key == "href" {
						href = a.Val
					}
				}
			}
		case html.EndTagToken:
			if t := z.Token(); t.Data == "a" && href != "" {
				full.WriteString(" (" + href + ")")
				href = ""
			}
		}
	}
}

// units is the length of a text in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// shorten cuts a text to a number of UTF-16 units, with an ellipsis if anything
// had to go.
func shorten(s string, limit int) string {
	if len(s) <= limit || units(s) <= limit {
		return s
	}
	n := 1 // the ellipsis
	for i, r := range s {
		if n += utf16.RuneLen(r); n > limit {
			return strings.TrimRight(s[:i], " \n") + "…"
		}
	}
	return s
}
