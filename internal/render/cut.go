package render

import (
	"strings"
	"unicode"
)

// cut shortens a text to about the width given, at the end of a sentence if one
// ends in the second half, else at a word with "…". It never parts what is
// shown as one character.
func cut(s string, width int) string {
	runes := []rune(s)
	end := fit(runes, width)
	if end == len(runes) {
		return s
	}
	for i := end; i > end/2; i-- {
		if sentenceEnds(runes, i) {
			return string(runes[:i])
		}
	}
	return cutWord(runes, width)
}

// clip shortens a headline or a name: at a word, with "…".
func clip(s string, width int) string {
	runes := []rune(s)
	if fit(runes, width) == len(runes) {
		return s
	}
	return cutWord(runes, width)
}

func cutWord(runes []rune, width int) string {
	end := fit(runes, width-1)
	for i := end; i > end*3/5; i-- {
		if runes[i] == ' ' || runes[i-1] == ' ' || wide(runes[i]) && wide(runes[i-1]) && whole(runes, i) {
			end = i
			break
		}
	}
	for end > 0 && !whole(runes, end) {
		end--
	}
	return strings.TrimRightFunc(string(runes[:end]), func(r rune) bool {
		return r == ' ' || strings.ContainsRune(",;:.，；：。、–—-·(（“\"", r)
	}) + "…"
}

// fit is how many of the runes go into the width.
func fit(runes []rune, width int) int {
	for i, r := range runes {
		if width--; wide(r) {
			width--
		}
		if width < 0 {
			return i
		}
	}
	return len(runes)
}

// wide reports whether a character takes the room of two Latin ones, so that a
// Chinese text is cut after as many lines of a phone as an English one.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff
}

// whole reports whether a cut before runes[i] parts no character: none from its
// accents, no emoji from its tint, no flag in two, no Hangul syllable.
func whole(runes []rune, i int) bool {
	r := runes[i]
	if unicode.IsMark(r) || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0x1160 && r <= 0x11ff {
		return false
	}
	if !regional(r) {
		return true
	}
	before := 0
	for j := i - 1; j >= 0 && regional(runes[j]); j-- {
		before++
	}
	return before%2 == 0
}

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// sentenceEnds reports whether runes[:i] ends with a sentence and more follows.
func sentenceEnds(runes []rune, i int) bool {
	switch runes[i-1] {
	case '。', '！', '？':
		return true
	case '.', '!', '?':
	default:
		return false
	}
	// "The U.S. Department", "No. 3", "Mr. Li" are no ends: ask for a word of
	// some length before, and a blank after.
	if runes[i] != ' ' {
		return false
	}
	word := 0
	for j := i - 2; j >= 0 && runes[j] != ' ' && runes[j] != '.'; j-- {
		word++
	}
	return word >= 4
}
