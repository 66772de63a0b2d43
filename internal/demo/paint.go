package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/width"

	"tagwire/internal/emulator"
)

// columns is the width of the tour: a terminal of 80 columns with some air.
const columns = 76

// painter draws conversations in a terminal. It remembers the first failure to
// write, so that the story reads without them.
type painter struct {
	out    io.Writer
	colour bool
	err    error
}

func newPainter(out io.Writer) *painter {
	p := &painter{out: out}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.colour = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *painter) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(s, " "))
	}
}

// The looks of a stretch of text.
type look uint8

const (
	bold look = 1 << iota
	italic
	underlined
	blue
	green
	grey
	inverse
)

func (p *painter) styled(s string, l look) string {
	if !p.colour || l == 0 || s == "" {
		return s
	}
	var codes []string
	for _, c := range []struct {
		look look
		code string
	}{{bold, "1"}, {italic, "3"}, {underlined, "4"}, {blue, "34"}, {green, "32"}, {grey, "90"}, {inverse, "7"}} {
		if l&c.look != 0 {
			codes = append(codes, c.code)
		}
	}
	return "\x1b[" + strings.Join(codes, ";") + "m" + s + "\x1b[0m"
}

// scene is a heading: the place, and the time at the right.
func (p *painter) scene(place, at string) {
	rule := max(3, columns-3-cells(place)-2-cells(at)-1)
	p.line("")
	p.line(p.styled("── ", grey) + p.styled(place, bold) + " " + p.styled(strings.Repeat("─", rule), grey) + " " + p.styled(at, grey))
}

// note is the narrator's voice.
func (p *painter) note(text string) {
	p.line("")
	for _, l := range wrap(plain(text), columns) {
		p.line(p.paint(l, grey))
	}
}

// message is who says what, with the buttons below.
func (p *painter) message(who string, m emulator.Message, isBot bool) {
	name := bold | blue
	if isBot {
		name = bold | green
	}
	p.line("")
	p.line("  " + p.styled(who, name))
	bar := "  " + p.styled("│", grey) + " "
	for _, l := range wrap(spans(m), columns-4) {
		p.line(bar + p.paint(l, 0))
	}
	for _, row := range m.Keyboard {
		line := ""
		for _, b := range row {
			key := p.styled("["+b.Text+"]", inverse)
			if line != "" && cells(strip(line))+cells(b.Text)+3 > columns-4 {
				p.line(bar + line)
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += key
		}
		p.line(bar + line)
	}
}

// alert is what a pressed button answers to the one who pressed it.
func (p *painter) alert(who, button, text string) {
	p.line("")
	p.line("  " + p.styled(who+" presses ["+button+"]", bold|blue) + " and only they see:")
	for _, l := range wrap(plain(text), columns-6) {
		p.line("    " + p.styled("▸ ", grey) + p.paint(l, 0))
	}
}

// cell is a character with its look.
type cell struct {
	r    rune
	look look
}

func plain(s string) []cell {
	var out []cell
	for _, r := range s {
		out = append(out, cell{r: r})
	}
	return out
}

// spans is a message's text with the looks of its entities.
func spans(m emulator.Message) []cell {
	units := utf16.Encode([]rune(m.Text))
	looks := make([]look, len(units))
	for _, e := range m.Entities {
		for i := max(0, e.Offset); i < min(len(units), e.Offset+e.Length); i++ {
			looks[i] |= lookOf(e.Type)
		}
	}
	var out []cell
	for i := 0; i < len(units); i++ {
		r, at := rune(units[i]), i
		if utf16.IsSurrogate(r) && i+1 < len(units) {
			r = utf16.DecodeRune(r, rune(units[i+1]))
			i++
		}
		out = append(out, cell{r, looks[at]})
	}
	return out
}

func lookOf(entity string) look {
	switch entity {
	case "bold":
		return bold
	case "italic":
		return italic
	case "text_link", "url":
		return underlined
	case "hashtag", "bot_command", "mention", "code", "pre":
		return blue
	}
	return 0
}

// wrap breaks text into lines of at most this many columns: at blanks, and
// between Chinese characters, which have none.
func wrap(text []cell, columns int) [][]cell {
	var lines [][]cell
	var line []cell
	used, gap := 0, -1 // columns filled; the last place to break, if any
	for _, c := range text {
		if c.r == '\n' {
			lines, line, used, gap = append(lines, line), nil, 0, -1
			continue
		}
		n := cellWidth(c.r)
		if used+n > columns && len(line) > 0 {
			if gap < 0 || c.r == ' ' {
				gap = len(line)
			}
			rest := append([]cell(nil), line[gap:]...)
			lines = append(lines, line[:gap])
			for len(rest) > 0 && rest[0].r == ' ' {
				rest = rest[1:]
			}
			line, used, gap = rest, 0, -1
			for _, r := range rest {
				used += cellWidth(r.r)
			}
			if c.r == ' ' && len(line) == 0 {
				continue
			}
		}
		line = append(line, c)
		used += n
		if c.r == ' ' || n == 2 {
			gap = len(line)
		}
	}
	return append(lines, line)
}

// paint writes a line with its looks, and another look for all of it.
func (p *painter) paint(line []cell, all look) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		j := i
		var run strings.Builder
		for j < len(line) && line[j].look == line[i].look {
			run.WriteRune(line[j].r)
			j++
		}
		b.WriteString(p.styled(run.String(), line[i].look|all))
		i = j
	}
	return b.String()
}

func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cellWidth(r)
	}
	return n
}

// cellWidth is how many columns a terminal gives a character.
func cellWidth(r rune) int {
	if unicode.IsMark(r) || r == '\u200d' || r == '\ufe0f' || r == '\u2060' {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// strip takes the colours out of a painted text, to measure it.
func strip(s string) string {
	var b strings.Builder
	for s != "" {
		before, rest, ok := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !ok {
			break
		}
		_, s, _ = strings.Cut(rest, "m")
	}
	return b.String()
}
