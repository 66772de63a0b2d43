package source

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// textMax bounds the bytes of one text that are read: the longest of articles
// has less, and what is kept of it is less still.
const textMax = 256 << 10

// plain makes text of an HTML fragment: markup gone, entities decoded, each
// paragraph a line. It reads tokens, not a tree, so nesting costs nothing.
func plain(fragment string) string {
	if len(fragment) > textMax {
		fragment = strings.ToValidUTF8(fragment[:textMax], "")
		if i := strings.LastIndexByte(fragment, '<'); i > strings.LastIndexByte(fragment, '>') {
			fragment = fragment[:i]
		}
	}
	if !strings.Contains(fragment, "<") {
		return clean(html.UnescapeString(fragment)) // no markup: its lines are lines
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	z.SetMaxBuf(1 << 20)
	var skip atom.Atom // element whose content is left out
	depth := 0         // of that element in itself
	for {
		switch z.Next() {
		case html.ErrorToken:
			return clean(b.String())
		case html.TextToken:
			if skip == 0 {
				b.WriteString(flow(string(z.Text())))
			}
		case html.SelfClosingTagToken, html.StartTagToken:
			t := z.Token()
			a := t.DataAtom
			switch {
			case skip != 0:
				if a == skip && t.Type == html.StartTagToken {
					depth++
				}
			case unseen(a):
				if t.Type == html.StartTagToken {
					skip, depth = a, 1
				}
			default:
				b.WriteString(gap(a))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if skip != 0 {
				if a == skip {
					if depth--; depth == 0 {
						skip = 0
					}
				}
				continue
			}
			b.WriteString(gap(a))
		}
	}
}

// nodeText is the text of an element as plain would make it.
func nodeText(n *html.Node) string {
	var b strings.Builder
	writeNode(&b, n)
	return clean(b.String())
}

// writeNode recurses: html.Parse refuses nesting beyond 512.
func writeNode(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if b.Len() < textMax {
			b.WriteString(flow(n.Data))
		}
		return
	case html.ElementNode:
		if unseen(element(n)) {
			return
		}
		b.WriteString(gap(element(n)))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeNode(b, c)
	}
	if n.Type == html.ElementNode {
		b.WriteString(gap(element(n)))
	}
}

// element is the name of an element; readability makes some without it.
func element(n *html.Node) atom.Atom {
	if n.DataAtom == 0 {
		return atom.Lookup([]byte(n.Data))
	}
	return n.DataAtom
}

// flow makes blanks of the line breaks in a page's source: they are no lines of
// its text.
func flow(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\u2028' {
			return ' '
		}
		return r
	}, s)
}

// unseen are elements whose content a reader of the page does not see as text.
func unseen(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Svg, atom.Math,
		atom.Button, atom.Select, atom.Textarea, atom.Head, atom.Audio, atom.Video, atom.Canvas, atom.Map, atom.Noembed, atom.Noframes:
		return true
	}
	return false
}

// gap is what an element's edge means for the text: a new line, a blank or
// nothing.
func gap(a atom.Atom) string {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Br, atom.Caption, atom.Center, atom.Dd, atom.Details,
		atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3,
		atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Li, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		return "\n"
	case atom.Td, atom.Th, atom.Img, atom.Option:
		return " "
	}
	return ""
}

// clean makes safe, tidy lines of any text: invisible characters gone, runs of
// blanks one blank, no empty lines.
func clean(s string) string {
	s = safe(s)
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.Lines(s) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(line)
		}
	}
	return b.String()
}

// cleanLine is clean on one line.
func cleanLine(s string) string {
	return strings.Join(strings.Fields(safe(s)), " ")
}

// headline makes one line of a title that may hold markup and entities, the
// latter once too often.
func headline(s string) string {
	s = cleanLine(strings.ReplaceAll(plain(s), "\n", " "))
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		s = cleanLine(html.UnescapeString(s))
	}
	return s
}

// safe drops what a reader cannot see but a messenger or a filter may be fooled
// by: controls, directional overrides, zero-width and tag characters, piles of
// combining marks.
func safe(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	last := rune(0) // last rune written
	for i, r := range s {
		switch {
		case r == '\n', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
			r = '\n'
		case r == '\r':
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
			r = '\n'
		case r == '\t', unicode.Is(unicode.Zs, r):
			r = ' '
		case r == '\u200D': // joins emoji into one; between letters it only hides
			next, _ := utf8.DecodeRuneInString(s[i+3:])
			if !pictorial(last) || !pictorial(next) {
				continue
			}
		case invisible(r):
			continue
		}
		if unicode.Is(unicode.Mn, r) && !pictorial(r) {
			if marks++; marks > 3 {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// pictorial tells emoji and the selectors that colour them.
func pictorial(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0xFE0F
}

func invisible(r rune) bool {
	switch {
	case unicode.IsControl(r),
		r == 0x00AD, r == 0x034F, r == 0x061C, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x3164, r == 0xFEFF, r == 0xFFA0,
		r >= 0x180B && r <= 0x180F,
		r >= 0x200B && r <= 0x200F,
		r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x206F,
		r >= 0xFFF0 && r <= 0xFFFB,
		r >= 0xE0000 && r <= 0xE007F,
		unicode.Is(unicode.Co, r), unicode.Is(unicode.Noncharacter_Code_Point, r):
		return true
	}
	return false
}

// letters counts letters and digits, a Han character as two: it says about as
// much.
func letters(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			n += 2
		case unicode.IsLetter(r), unicode.IsDigit(r):
			n++
		}
	}
	return n
}
