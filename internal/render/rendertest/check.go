// Package rendertest checks message texts in tests as strictly as Telegram does,
// and more so: it accepts only the HTML that this program means to write. It
// imports nothing of the program, so that a fault there cannot hide here.
package rendertest

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entity is a stretch of formatted text.
type Entity struct{ Tag, Href, Text string }

// Parsed is what a reader gets of a message.
type Parsed struct {
	Text     string
	Units    int // UTF-16 units of Text without the white space around it
	Entities []Entity
}

var (
	tagName   = regexp.MustCompile(`^(b|i|u|s|code|pre|blockquote)$`)
	anchor    = regexp.MustCompile(`^a href="([^"<>]*)"$`)
	character = regexp.MustCompile(`^&(amp|lt|gt|quot);`)
)

// Parse reads HTML as Telegram does. Markup it would refuse is an error, and so
// is what it would bear but nobody can have meant: a bare & or " or >, an empty
// element, a link that leads nowhere.
func Parse(html string) (Parsed, error) {
	var p Parsed
	var text strings.Builder
	type open struct {
		entity Entity
		start  int
	}
	var stack []open
	for rest := html; rest != ""; {
		at := len(html) - len(rest)
		switch rest[0] {
		case '<':
			body, after, ok := strings.Cut(rest[1:], ">")
			if !ok {
				return p, fmt.Errorf("unclosed tag at byte %d", at)
			}
			rest = after
			if name, closing := strings.CutPrefix(body, "/"); closing {
				if len(stack) == 0 || stack[len(stack)-1].entity.Tag != name {
					return p, fmt.Errorf("unmatched </%s> at byte %d", name, at)
				}
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				top.entity.Text = text.String()[top.start:]
				if top.entity.Text == "" {
					return p, fmt.Errorf("empty <%s> before byte %d", name, at)
				}
				p.Entities = append(p.Entities, top.entity)
				continue
			}
			e := Entity{Tag: body}
			if m := anchor.FindStringSubmatch(body); m != nil {
				href, err := decode(m[1])
				if err == nil {
					err = checkHref(href)
				}
				if err != nil {
					return p, fmt.Errorf("link at byte %d: %w", at, err)
				}
				e = Entity{Tag: "a", Href: href}
			} else if !tagName.MatchString(body) {
				return p, fmt.Errorf("unsupported start tag %q at byte %d", body, at)
			}
			stack = append(stack, open{e, text.Len()})
		case '&':
			m := character.FindString(rest)
			if m == "" {
				return p, fmt.Errorf("bare & at byte %d", at)
			}
			c, _ := decode(m)
			text.WriteString(c)
			rest = rest[len(m):]
		case '>', '"':
			return p, fmt.Errorf("bare %c at byte %d", rest[0], at)
		default:
			_, n := utf8.DecodeRuneInString(rest)
			text.WriteString(rest[:n])
			rest = rest[n:]
		}
	}
	if len(stack) > 0 {
		return p, fmt.Errorf("no end tag for %q", stack[len(stack)-1].entity.Tag)
	}
	p.Text = text.String()
	for _, r := range strings.TrimSpace(p.Text) {
		p.Units++
		if r > 0xffff {
			p.Units++
		}
	}
	return p, nil
}

// decode turns escaped text back; only the four named entities are meant.
func decode(s string) (string, error) {
	for i := range len(s) {
		if s[i] == '&' && !character.MatchString(s[i:]) {
			return "", errors.New("bare & in an address")
		}
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`).Replace(s), nil
}

func checkHref(href string) error {
	for _, r := range href {
		if r <= ' ' || r >= 0x7f {
			return fmt.Errorf("%q has a character %U", href, r)
		}
	}
	u, err := url.Parse(href)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is no plain web address", href)
	}
	return nil
}

// Check is Parse together with Telegram's limits and the rules for text: 4096
// units, 100 entities, 32 KB, no white space around, nothing invisible.
func Check(html string) (Parsed, error) {
	if !utf8.ValidString(html) {
		return Parsed{}, errors.New("invalid UTF-8")
	}
	p, err := Parse(html)
	if err != nil {
		return p, err
	}
	switch {
	case strings.TrimSpace(p.Text) == "":
		return p, errors.New("the message is empty")
	case p.Text != strings.TrimSpace(p.Text):
		return p, errors.New("white space around the text")
	case strings.Contains(p.Text, "\n\n\n"):
		return p, errors.New("two blank lines in a row")
	case p.Units > 4096:
		return p, fmt.Errorf("%d units of text", p.Units)
	case len(p.Entities) > 80:
		return p, fmt.Errorf("%d entities", len(p.Entities))
	case len(html) > 32<<10:
		return p, fmt.Errorf("%d bytes of markup", len(html))
	}
	prev := ' '
	for _, r := range p.Text {
		if r == '\u2060' {
			if !strings.ContainsRune("@#＃$/.:", prev) {
				return p, fmt.Errorf("a joiner after %q", prev)
			}
		} else if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)) {
			return p, fmt.Errorf("character %U in the text", r)
		}
		prev = r
	}
	return p, nil
}

var taps = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[^\pL\pN_/<>])(/[A-Za-z0-9_]{1,64})`),
	regexp.MustCompile(`(?:^|[^\pL\pN_])(@[A-Za-z0-9_]{2,32})`),
	regexp.MustCompile(`(?:^|[^\pL\pN_])([#＃][\pL\pN_]*\pL[\pL\pN_]*)`),
	regexp.MustCompile(`(\$[A-Z]{1,8})`),
	regexp.MustCompile(`(?i)((?:https?|ftp|tg|ton|tonsite)://[^\s\x{2060}])`),
	regexp.MustCompile(`([\pL\pN_~-]+\.\pL{2,})`),
	regexp.MustCompile(`(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})`),
}

// Taps are the pieces of a text that Telegram makes tappable by itself:
// commands, mentions, hashtags, cashtags, addresses. It sees some too many.
func Taps(text string) []string {
	var found []string
	for _, re := range taps {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
	}
	return found
}
