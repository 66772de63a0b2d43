package rendertest_test

import (
	"slices"
	"strings"
	"testing"

	"tagwire/internal/render/rendertest"
)

func TestCheck_refuses(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]string{
		"unclosed tag":       "a <b",
		"no end tag":         "<b>a",
		"crossed tags":       "<b><i>a</b></i>",
		"end without start":  "a</b>",
		"unsupported tag":    "a<br>b",
		"attribute":          `<b class="x">a</b>`,
		"empty element":      "a<b></b>",
		"bare ampersand":     "a & b",
		"bare greater-than":  "a > b",
		"other entity":       "a&nbsp;b",
		"script link":        `<a href="javascript:x">a</a>`,
		"person link":        `<a href="tg://user?id=1">a</a>`,
		"user in address":    `<a href="https://a@b.c">a</a>`,
		"ampersand in href":  `<a href="https://b.c/?a&lt=1&b">a</a>`,
		"single quotes":      `<a href='https://b.c'>a</a>`,
		"empty":              " ",
		"blank at the end":   "a ",
		"bidi":               "a\u202eb",
		"zero width":         "a\u200bb",
		"joiner in a word":   "a\u2060b",
		"too long":           strings.Repeat("a", 4097),
		"too long in UTF-16": strings.Repeat("😀", 2049),
		"too many entities":  strings.Repeat("<b>a</b>", 81),
		"invalid UTF-8":      "a\xff",
	} {
		if _, err := rendertest.Check(html); err == nil {
			t.Errorf("%s: %q passes", name, html)
		}
	}
}

func TestCheck_accepts(t *testing.T) {
	t.Parallel()
	p, err := rendertest.Check(`<b><a href="https://b.c/?x=1&amp;y=2">A &lt; B</a></b> /` + "\u2060" + `cmd 😀`)
	if err != nil {
		t.Fatal(err)
	}
	if p.Units != 14 || len(p.Entities) != 2 || p.Entities[0].Href != "https://b.c/?x=1&y=2" || p.Entities[1].Text != "A < B" {
		t.Errorf("got %+v", p)
	}
}

func TestTaps(t *testing.T) {
	t.Parallel()
	got := rendertest.Taps("/a b/c @de $/t #f1 #12 evil.com 3.5 $LYC https://x 1.2.3.4 稀土。好 @\u2060no /\u2060no no.\u2060com")
	slices.Sort(got)
	want := []string{"#f1", "$LYC", "/a", "/t", "1.2.3.4", "@de", "evil.com", "https://x"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
