package store

import (
	"strings"
	"unicode"
)

// spaceHan sets Han characters apart by blanks. The index splits at blanks, so
// a search for 稀土 becomes one for the phrase "稀 土" and finds it anywhere,
// which a tokenizer for whole words does not.
func spaceHan(s string) string {
	if !strings.ContainsFunc(s, isHan) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) * 4 / 3)
	for _, r := range s {
		if isHan(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
