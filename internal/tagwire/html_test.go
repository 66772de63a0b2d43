package tagwire_test

import (
	"strings"
	"testing"

	"tagwire/internal/tagwire"
)

func TestForeign(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"plain words":                {"Copper up 3.5 % at $9,100/t", "Copper up 3.5 % at $9,100/t"},
		"markup":                     {`<b>Tin & "lead"</b>`, "&lt;b&gt;Tin &amp; &quot;lead&quot;&lt;/~b&gt;"},
		"command":                    {"/stop now", "/~stop now"},
		"command in brackets":        {"(/stop)", "(/~stop)"},
		"unit after a sign":          {"US$/t", "US$/~t"},
		"words with a stroke":        {"and/or, 1/2", "and/or, 1/2"},
		"mention":                    {"ask @everyone", "ask @~everyone"},
		"cashtag":                    {"$LYC", "$~LYC"},
		"hashtag":                    {"#copper", "#~copper"},
		"bare domain":                {"see evil.com/x now", "see evil.~com/x now"},
		"address":                    {"https://evil.com", "https:~//~evil.~com"},
		"telegram address":           {"tg://resolve?domain=x", "tg:~//~resolve?domain=x"},
		"e-mail":                     {"desk@example.com", "desk@~example.~com"},
		"number of a machine":        {"10.1.2.3", "10.~1.~2.3"},
		"Chinese":                    {"稀土价格上涨。详见 例子.中国", "稀土价格上涨。详见 例子.~中国"},
		"white space":                {" a\t\n b\u00a0\u2003c\u2028d ", "a b c d"},
		"control and bidi":           {"a\u202eb\u200f\u2066c\x00d\u200be\ufefff\u00adg", "abc defg"},
		"heap of accents":            {"e" + strings.Repeat("\u0301", 50), "e" + strings.Repeat("\u0301", 6)},
		"broken UTF-8":               {"a\xffb", "ab"},
		"own joiner is undone first": {"@\u2060a", "@~a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.ReplaceAll(string(tagwire.Foreign(tt.in)), string(tagwire.Joiner), "~")
			if got != tt.want {
				t.Errorf("Foreign(%q) = %q, want %q", tt.in, got, tt.want)
			}
			once := tagwire.Inert(tt.in)
			if twice := tagwire.Inert(once); twice != once {
				t.Errorf("Inert twice gives %q, once %q", twice, once)
			}
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	h := `<b><a href="https://example.com/?a=1&amp;b=2">Tin &amp; &lt;lead&gt;</a></b> A&B &quot;x&quot;`
	if got, want := tagwire.HTML(h).Text(), `Tin & <lead> A&B "x"`; got != want {
		t.Errorf("Text() = %q, want %q", got, want)
	}
	if in := `a < b & c > "d"`; tagwire.Escape(in).Text() != in {
		t.Errorf("Text does not undo Escape: %q", tagwire.Escape(in).Text())
	}
}
