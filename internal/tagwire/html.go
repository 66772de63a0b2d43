package tagwire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Joiner is U+2060 WORD JOINER: it has no width and keeps its neighbours on one
// line. Foreign puts it into words that Telegram would otherwise turn into
// something that can be tapped.
const Joiner = '\u2060'

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Escape turns text of our own into HTML. Commands, names and addresses in it
// stay tappable; a text that others wrote goes through Foreign.
func Escape(s string) HTML { return HTML(escaper.Replace(s)) }

// Foreign turns a text that others wrote (a headline, a chat's title, the words
// after a command) into one line of HTML that shows it and does nothing else:
// no control, bidirectional or invisible characters, and nothing that Telegram
// makes tappable by itself. A command, a mention, a hashtag, a cashtag, an
// e-mail address, a bare domain or an address is broken by a Joiner after its
// sigil or dot.
func Foreign(s string) HTML { return Escape(Inert(s)) }

// Inert is Foreign without the escaping, for texts that are measured or cut
// first and for plain texts. Doing it twice changes nothing.
func Inert(s string) string {
	s = Clean(s)
	if !strings.ContainsAny(s, "@/#$.:＃") {
		return s
	}
	var b strings.Builder
	prev := rune(0) // what stands before the text is not known
	for i, r := range s {
		b.WriteRune(r)
		if live(prev, r, s[i+utf8.RuneLen(r):]) {
			b.WriteRune(Joiner)
		}
		prev = r
	}
	return b.String()
}

// live reports whether r, between what stands before and after it, may begin or
// hold together something that Telegram links. It says so too often rather than
// too rarely: a needless Joiner cannot be seen.
func live(prev, r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '@', '#', '＃':
		return word(next)
	case '$':
		return unicode.IsLetter(next)
	case '/':
		// "and/or" is no command, "$/t" is one.
		return word(next) && !word(prev)
	case '.':
		// "evil.com" and "10.1.2.3", not "3.5 %" and not the end of a sentence.
		digits := strings.TrimLeft(rest, "0123456789")
		return prev != ' ' && unicode.IsLetter(next) || len(digits) < len(rest) && strings.HasPrefix(digits, ".")
	case ':':
		return next == '/'
	}
	return false
}

func word(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// maxMarks is how many accents may stand on one letter; no script needs more,
// and hundreds of them paint over the lines above.
const maxMarks = 6

// Clean makes one tidy line of a text: white space of any kind becomes single
// blanks, and characters that show nothing or turn the reading direction go.
func Clean(s string) string {
	var b strings.Builder
	blank, marks := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank = true
			continue
		case Invisible(r):
			continue
		}
		if marks++; !unicode.IsMark(r) {
			marks = 0
		}
		if marks > maxMarks {
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	return b.String()
}

// Invisible reports whether a character shows nothing by itself: controls of
// direction, joiners and zero-width blanks, tags, fillers, characters for
// private use, and the mark of broken UTF-8.
func Invisible(r rune) bool {
	switch r {
	case utf8.RuneError, '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0':
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point)
}

// Text is what a reader sees of the HTML: tags gone, entities decoded.
func (h HTML) Text() string {
	s := string(h)
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if s[0] == '<' {
			end := strings.IndexByte(s, '>')
			if end < 0 {
				break
			}
			s = s[end+1:]
			continue
		}
		r, n := entity(s)
		b.WriteByte(r)
		s = s[n:]
	}
	return b.String()
}

// entity decodes the one that Escape wrote; a lone ampersand stands for itself.
func entity(s string) (c byte, n int) {
	for _, e := range [...]struct {
		name string
		c    byte
	}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}} {
		if strings.HasPrefix(s, e.name) {
			return e.c, len(e.name)
		}
	}
	return s[0], 1
}
