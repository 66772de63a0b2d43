package taxonomy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalize cuts a text to at most limit bytes and gives it in NFKC: full-width
// letters become plain, "₂" becomes "2".
func normalize(text string, limit int) string {
	// Cut before as well as after: some runes grow eighteenfold.
	return cut(norm.NFKC.String(cut(text, limit)), limit)
}

// cut shortens a text to at most limit bytes without splitting a rune.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// class is what a rune does to the word before it.
type class uint8

const (
	stop   class = iota // ends the word; no phrase reaches over it
	letter              // goes on with the word
	han                 // is a word by itself
	blank               // ends the word; a phrase may reach over it
	dash                // as blank, but a stop with blanks on both sides
	join                // goes on with the word in the middle of some words
	skip                // is not there at all: zero-width marks, soft hyphen
)

func classify(r rune) class {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return letter
	case r == ' ', r == '\t', r == '\r', r == '\n', r == '_':
		return blank
	case r == '-', r == '/':
		return dash
	case r == '.', r == '\'', r == '&':
		return join
	case r < 0x80:
		return stop
	case 0x4E00 <= r && r <= 0x9FFF:
		return han
	case r == '\u2019':
		return join
	case r == '\u2010', r == '\u2012', r == '\u2013', r == '\u2212':
		return dash
	case r == '\u00AD', '\u200B' <= r && r <= '\u200F', r == '\u2060', r == '\uFEFF', '\uFE00' <= r && r <= '\uFE0F':
		return skip
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r):
		return letter
	case unicode.IsSpace(r):
		return blank
	}
	return stop
}

// span is one word of a text, or one Han rune.
type span struct {
	start, end int32
	after      bool // a phrase may reach back from here to the word before
	han        bool
}

// of is the word itself.
func (s span) of(text string) string { return text[s.start:s.end] }

// split cuts a normalised text into words. Sentence marks part phrases; blanks,
// hyphens, slashes and underscores do not. A possessive 's is passed over.
func split(text string, yield func(span)) {
	start, after, lines := -1, false, 0
	flush := func(end int) {
		if start >= 0 {
			yield(span{start: int32(start), end: int32(end), after: after})
			start, after, lines = -1, true, 0
		}
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch classify(r) {
		case letter:
			if start < 0 {
				start = i
			}
		case han:
			flush(i)
			yield(span{start: int32(i), end: int32(i + size), after: after, han: true})
			after, lines = true, 0
		case blank:
			flush(i)
			if r == '\n' {
				if lines++; lines > 1 {
					after = false // a new paragraph
				}
			}
		case dash:
			flush(i)
			if i > 0 && text[i-1] == ' ' && strings.HasPrefix(text[i+size:], " ") {
				after = false
			}
		case join:
			switch rest := text[i+size:]; {
			case start >= 0 && r != '.' && r != '&' && possessive(rest):
				flush(i)
				size++
			case start >= 0 && joins(text[start:i], r, rest):
			default:
				flush(i)
				after = false
			}
		case stop:
			flush(i)
			after = false
		case skip:
		}
		i += size
	}
	flush(len(text))
}

// possessive reports whether what follows an apostrophe is an s and no more.
func possessive(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest[1:])
	return rest[1:] == "" || classify(r) != letter
}

// joins reports whether a dot, ampersand or apostrophe stands inside a word:
// "M&A", "U.S", "99.9", "mining.com", but not "fell.Copper".
func joins(before string, r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	if rest == "" || classify(next) != letter {
		return false
	}
	return r != '.' || !unicode.IsUpper(next) || len(before) == 1 || before[len(before)-2] == '.'
}

// lower appends the word in lower case, without the runes that are not there.
func lower(to []byte, word string) []byte {
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c >= utf8.RuneSelf {
			for _, r := range word[i:] {
				if classify(r) != skip {
					to = utf8.AppendRune(to, unicode.ToLower(r))
				}
			}
			return to
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// singular appends the lower-cased word without its English plural ending. It
// need not be the true singular, only the same for both forms.
func singular(to, word []byte, raw string) []byte {
	n := len(word)
	if n < 3 || word[n-1] != 's' {
		return append(to, word...)
	}
	ends := func(suffix string) bool { return n > len(suffix)+1 && string(word[n-len(suffix):]) == suffix }
	switch {
	case ends("ies"):
		return append(append(to, word[:n-3]...), 'y')
	case ends("sses"), ends("shes"), ends("ches"), ends("xes"):
		return append(to, word[:n-2]...)
	case ends("ss"), ends("us"), ends("is"):
		return append(to, word...)
	case n == 3 && (len(raw) != 3 || raw[2] != 's' || raw[1] < 'A' || raw[1] > 'Z'):
		return append(to, word...) // "gas", but "EVs"
	}
	return append(to, word[:n-1]...)
}

// key is the form in which phrases are compared: words in lower case, the last
// one in the singular, joined by blanks. It is empty for a text without words.
func key(words []string) string {
	if len(words) == 0 {
		return ""
	}
	var b []byte
	last := len(words) - 1
	for _, w := range words[:last] {
		b = append(lower(b, w), ' ')
	}
	return string(singular(b, lower(nil, words[last]), words[last]))
}

// wordsOf are the words of a normalised text.
func wordsOf(text string) []string {
	var words []string
	split(text, func(s span) { words = append(words, s.of(text)) })
	return words
}
