package source

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	summaryMax = 400 // characters; two or three lines on a phone's screen
	summaryMin = 60  // letters, Han counted twice: less says nothing beyond the title
)

// tail is how feeds end a text that they cut.
var tail = regexp.MustCompile(`(?i)\s*(?:\[\s*(?:…|\.\.\.|&hellip;)\s*\]|\(?\b(?:read more|continue reading|more)\b\s*(?:\.\.\.|…|»|>|→)*\)?|(?:阅读全文|查看全文|查看更多|详细))\s*$`)

// summarize makes the short text of an article: the source's own description
// where it says something, else the beginning of the body.
func summarize(description, body, title string) string {
	own := joinLines(withoutTitle(description, title))
	if cut := tail.ReplaceAllString(own, ""); cut != own {
		own = strings.TrimRight(cut, " .…") + "…"
		if cut == "" {
			own = ""
		}
	}
	start := joinLines(withoutTitle(body, title))
	if letters(own) >= summaryMin || letters(own) >= letters(start) {
		return shorten(own, summaryMax)
	}
	return shorten(start, summaryMax)
}

// withoutTitle drops leading lines that repeat the title.
func withoutTitle(text, title string) string {
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		if !strings.EqualFold(strings.TrimRight(line, ".。 "), strings.TrimRight(title, ".。 ")) {
			break
		}
		text = rest
	}
	return text
}

// joinLines makes one paragraph of lines, closing such as end without a stop.
func joinLines(text string) string {
	return strings.ReplaceAll(text, "\n", " ")
}

// firstSentence is a title for what has none.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	for i := range text {
		if n := sentenceEnd(text, i); n > 0 {
			text = strings.TrimRight(text[:i+n], ".。")
			break
		}
	}
	return shorten(text, 120)
}

// shorten cuts a line to at most limit characters: after a sentence if one ends
// in the second half, else after a word, with an ellipsis.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	sentence, word := 0, 0 // ends, in bytes
	n := 0
	for i, r := range s {
		if n++; n >= limit {
			break
		}
		if e := sentenceEnd(s, i); e > 0 && n >= limit/2 {
			sentence = i + e
		}
		if unicode.IsSpace(r) {
			word = i
		} else if unicode.Is(unicode.Han, r) || strings.ContainsRune("，。、；：！？", r) {
			word = i + utf8.RuneLen(r)
		}
	}
	if sentence > 0 {
		return s[:sentence]
	}
	end := word
	if end == 0 {
		end = cutpoint(s, limit-1)
	}
	return strings.TrimRight(s[:end], " ,;:，、；：-–—") + "…"
}

// cutpoint is where n characters end without tearing a mark off its letter.
func cutpoint(s string, n int) int {
	end := 0
	for i := range s {
		if n == 0 {
			end = i
			break
		}
		n--
	}
	for end > 0 {
		r, _ := utf8.DecodeRuneInString(s[end:])
		last, size := utf8.DecodeLastRuneInString(s[:end])
		if !unicode.Is(unicode.M, r) && r != 0xFE0F && r != 0x200D && last != 0x200D {
			break
		}
		end -= size
	}
	return end
}

// sentenceEnd is how many bytes at i end a sentence there, 0 if none does. A full
// stop after a short or abbreviated word, or within a number, does not.
func sentenceEnd(s string, i int) int {
	r, size := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '。', '！', '？':
		return size
	case '.', '!', '?':
	default:
		return 0
	}
	rest := s[i+size:]
	closing := len(rest) - len(strings.TrimLeft(rest, `"')”’`))
	next := rest[closing:]
	if next != "" && next[0] != ' ' {
		return 0
	}
	if r == '.' {
		word := s[:i]
		word = word[strings.LastIndexAny(word, " (\n")+1:]
		if utf8.RuneCountInString(word) == 1 && !unicode.IsDigit(rune(word[0])) || strings.Contains(word, ".") && !strings.ContainsAny(word, "0123456789") {
			return 0 // J. P. Morgan, U.S., e.g.
		}
		switch strings.ToLower(word) {
		case "mr", "mrs", "ms", "dr", "st", "no", "co", "inc", "corp", "ltd", "vs", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "approx", "fig":
			return 0
		}
	}
	return size + closing
}
