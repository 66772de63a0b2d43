package locale

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"

	"tagwire/internal/tagwire"
)

// Languages are the codes of the languages spoken, the default one first.
func Languages() []string {
	codes := slices.Sorted(maps.Keys(languages()))
	slices.SortStableFunc(codes, func(a, b string) int {
		switch {
		case a == Default && b != Default:
			return -1
		case b == Default && a != Default:
			return 1
		}
		return 0
	})
	return codes
}

// Spoken is the code of the language that serves a reader with this language
// code ("zh-hans", "zh_TW" and "ZH" give "zh"), and whether there is one.
func Spoken(code string) (string, bool) {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(code)), "_", "-"), "-")
	_, ok := languages()[base]
	return base, ok
}

// Texts are the texts of one language. The zero value speaks the default one.
type Texts struct{ l *lang }

// For gives the texts for a language code as Telegram or a person writes it;
// the default language where it is none of ours.
func For(code string) Texts {
	if base, ok := Spoken(code); ok {
		return Texts{languages()[base]}
	}
	return Texts{languages()[Default]}
}

func (t Texts) lang() *lang {
	if t.l == nil {
		return languages()[Default]
	}
	return t.l
}

// Language is the code of the language: "en", "zh".
func (t Texts) Language() string { return t.lang().code }

// Name is what the language calls itself.
func (t Texts) Name() string { return t.lang().file.Name }

// Arg is a value for a placeholder.
type Arg struct {
	name  string
	plain string
	html  tagwire.HTML
	n     int
	isNum bool
}

// Str fills {name} with a text that others may have written: it is shown, and
// nothing in it is markup or can be tapped.
func Str(name, value string) Arg {
	return Arg{name: name, plain: tagwire.Inert(value), html: tagwire.Foreign(value)}
}

// Markup fills {name} with finished HTML: a link, a command that is to be tapped.
func Markup(name string, value tagwire.HTML) Arg {
	return Arg{name: name, plain: value.Text(), html: value}
}

// Num fills {name} with a number. The one named "n" chooses the plural form.
func Num(name string, value int) Arg {
	return Arg{name: name, n: value, isNum: true}
}

// HTML is the text under the key, filled in.
func (t Texts) HTML(key Key, args ...Arg) tagwire.HTML {
	l := t.lang()
	return tagwire.HTML(expand(l.template(key, args), func(name string) (string, bool) {
		for _, a := range args {
			if a.name == name {
				if a.isNum {
					return t.Number(a.n), true
				}
				return string(a.html), true
			}
		}
		return "", false
	}))
}

// Plain is the text under the key, filled in and without markup.
func (t Texts) Plain(key Key, args ...Arg) string {
	l := t.lang()
	template := tagwire.HTML(l.template(key, args)).Text()
	return expand(template, func(name string) (string, bool) {
		for _, a := range args {
			if a.name == name {
				if a.isNum {
					return t.Number(a.n), true
				}
				return a.plain, true
			}
		}
		return "", false
	})
}

// template is the text in the plural form that the argument "n" asks for. A key
// that is not there shows itself; a test keeps that from happening.
func (l *lang) template(key Key, args []Arg) string {
	f := l.texts[key]
	form := plural.Other
	if len(f) > 1 {
		for _, a := range args {
			if a.name == "n" && a.isNum {
				form = plural.Cardinal.MatchPlural(l.tag, max(a.n, -a.n), 0, 0, 0, 0)
			}
		}
	}
	if s, ok := f[form]; ok {
		return s
	}
	if s, ok := f[plural.Other]; ok {
		return s
	}
	return string(tagwire.Escape(string(key)))
}

// Number writes a whole number with marks between the thousands.
func (t Texts) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(t.lang().file.Thousands)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Comma stands between the parts of an enumeration: ", " or "、".
func (t Texts) Comma() string { return t.lang().file.Comma }
