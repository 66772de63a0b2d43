package emulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// show writes entities as type[offset+length](detail).
func show(entities []Entity) string {
	var out []string
	for _, e := range entities {
		s := fmt.Sprintf("%s[%d+%d]", e.Type, e.Offset, e.Length)
		if d := e.URL + e.Language + e.EmojiID; d != "" {
			s += "(" + d + ")"
		}
		if e.User != nil {
			s += fmt.Sprintf("(user %d)", e.User.ID)
		}
		if e.Type == "date_time" {
			s += fmt.Sprintf("(%d %s)", e.Unix, e.Format)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func knowsAnn(id int64) *User {
	if id == ann {
		return &User{ID: ann, FirstName: "Ann"}
	}
	return nil
}

func TestParseHTML_accepts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, in, text, entities string }{
		{"plain", "Copper up 2%", "Copper up 2%", ""},
		{"bold", "<b>Nd</b> falls", "Nd falls", "bold[0+2]"},
		{"upper case", "<B>Nd</b> falls", "Nd falls", "bold[0+2]"},
		{"synonyms", "<strong>a</strong><em>b</em><ins>c</ins><strike>d</strike><del>e</del><s>f</s><u>g</u><i>h</i>", "abcdefgh",
			"bold[0+1] italic[1+1] underline[2+1] strikethrough[3+1] strikethrough[4+1] strikethrough[5+1] underline[6+1] italic[7+1]"},
		{"nested", "<b>x<i>y</i></b>", "xy", "bold[0+2] italic[1+1]"},
		{"surrogate pairs count two", "😀<b>稀土😀</b>", "😀稀土😀", "bold[2+4]"},
		{"short end tag", "<b>x</>y", "xy", "bold[0+1]"},
		{"end tag with blanks", "<b>x</b \n>y", "xy", "bold[0+1]"},
		{"empty elements vanish", "a<b></b><i></i>b", "ab", ""},
		{"references", "&lt;&gt;&amp;&quot;", "<>&\"", ""},
		{"references without semicolon", "&lt5 &amp& &gt", "<5 && >", ""},
		{"numeric references", "&#34;&#39;&#x7A00;&#128512;", "\"'稀😀", ""},
		{"unknown references stay", "&nbsp;&apos;&LT;&", "&nbsp;&apos;&LT;&", ""},
		{"overlong number stays", "&#000000065;", "&#000000065;", ""},
		{"zero stays", "&#0;&#x;&#;", "&#0;&#x;&#;", ""},
		{"bare greater-than", "a > b", "a > b", ""},
		{"link", `<a href="https://news.example/a?b=1&amp;c=2">t</a>`, "t", "text_link[0+1](https://news.example/a?b=1&c=2)"},
		{"link gets a path", `<a href="HTTPS://News.Example">t</a>`, "t", "text_link[0+1](https://news.example/)"},
		{"link in single quotes", `<a href='http://news.example/x'>t</a>`, "t", "text_link[0+1](http://news.example/x)"},
		{"link without scheme", `<a href="news.example/x">t</a>`, "t", "text_link[0+1](http://news.example/x)"},
		{"link by its own text", `<a>news.example/y</a>`, "news.example/y", "text_link[0+14](http://news.example/y)"},
		{"raw &lt in href is decoded", `<a href="http://a.example/?x&lt=5">t</a>`, "t", "text_link[0+1](http://a.example/?x<=5)"},
		{"no link to localhost", `<a href="http://localhost/x">t</a>`, "t", ""},
		{"no mailto", `<a href="mailto:a@b.example">t</a>`, "t", ""},
		{"no ftp", `<a href="ftp://a.example/">t</a>`, "t", ""},
		{"no javascript", `<a href="javascript:alert(1)">t</a>`, "t", ""},
		{"tg link", `<a href="tg://resolve?domain=x">t</a>`, "t", "text_link[0+1](tg://resolve?domain=x)"},
		{"mention of a known user", `<a href="tg://user?id=1001">Ann</a>`, "Ann", "text_mention[0+3](user 1001)"},
		{"mention of an unknown user", `<a href="tg://user?id=99">Zed</a>`, "Zed", ""},
		{"attribute names are case-sensitive", `<a HREF="http://a.example/">a</a>`, "a", ""},
		{"other attributes are ignored", `<a title="x" href="http://a.example/" rel=nofollow>t</a>`, "t", "text_link[0+1](http://a.example/)"},
		{"spoilers", `<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>`, "ab", "spoiler[0+1] spoiler[1+1]"},
		{"pre with language", `<pre><code class="language-go">x := 1</code></pre>`, "x := 1", "pre[0+6](go)"},
		{"code outside pre has no language", `<code class="language-go">x</code>`, "x", "code[0+1]"},
		{"pre", "<pre>x</pre>", "x", "pre[0+1]"},
		{"quotes", `<blockquote>a</blockquote><blockquote expandable>b</blockquote><blockquote expandable="false">c</blockquote>`, "abc",
			"blockquote[0+1] expandable_blockquote[1+1] expandable_blockquote[2+1]"},
		{"emoji", `<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, "👍", "custom_emoji[0+2](5368324170671202286)"},
		{"time", `<tg-time unix="1772438400" format="tD">soon</tg-time>`, "soon", "date_time[0+4](1772438400 tD)"},
		{"tag split by newline", "<a\nhref='http://a.example/'\n>t</a>", "t", "text_link[0+1](http://a.example/)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			text, entities, err := parseHTML(row.in, knowsAnn)
			if err != nil || text != row.text || show(entities) != row.entities {
				t.Errorf("parseHTML(%q)\n got %q %s %v\nwant %q %s", row.in, text, show(entities), err, row.text, row.entities)
			}
		})
	}
}

func TestParseHTML_refuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, in, err string }{
		{"open angle at the end", "price <", `Unclosed start tag at byte offset 6`},
		{"name to the end", "🏭<b", `Unclosed start tag at byte offset 4`},
		{"comparison", "a < b", `Unsupported start tag "" at byte offset 2`},
		{"break", "a<br>b", `Unsupported start tag "br" at byte offset 1`},
		{"paragraph", "<p>b</p>", `Unsupported start tag "p" at byte offset 0`},
		{"heading in upper case", "<H1>b</H1>", `Unsupported start tag "h1" at byte offset 0`},
		{"self-closing", "<b/>", `Unsupported start tag "b/" at byte offset 0`},
		{"comment", "x<!-- y -->", `Unsupported start tag "!--" at byte offset 1`},
		{"byte offset after Chinese", "稀土<img>", `Unsupported start tag "img" at byte offset 6`},
		{"attribute without end", `<a href`, `Unclosed start tag "a" at byte offset 0`},
		{"attribute without value", `<a href=`, `Unclosed start tag "a" at byte offset 0`},
		{"value without end", `<a href="x`, `Unclosed start tag at byte offset 0`},
		{"value then nothing", `<a href="x"`, `Unclosed start tag at byte offset 0`},
		{"no attribute name", `<a ="x">t</a>`, `Empty attribute name in the tag "a" at byte offset 0`},
		{"slash before the end", `x<a href="x" />`, `Empty attribute name in the tag "a" at byte offset 1`},
		{"unquoted address", `<a href=http://a.example>`, `Unexpected end of name token at byte offset 8`},
		{"span without class", `<span>x</span>`, `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{"span of another class", `ab<span class="x">x</span>`, `Tag "span" must have class "tg-spoiler" at byte offset 2`},
		{"end without start", `x</b>`, `Unexpected end tag at byte offset 1`},
		{"end tag without end", `<b>x</b`, `Unclosed end tag at byte offset 4`},
		{"end tag with more", `<b>x</b y>`, `Unclosed end tag at byte offset 4`},
		{"crossed", `<b><i>x</b></i>`, `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{"synonym does not close", `<b>x</strong>`, `Unmatched end tag at byte offset 4, expected "</b>", found "</strong>"`},
		{"never closed", `<b>x<i>y</i>`, `Can't find end tag corresponding to start tag "b"`},
		{"emoji without id", `<tg-emoji>x</tg-emoji>`, `Invalid custom emoji identifier specified`},
		{"emoji with a word", `<tg-emoji emoji-id="x">x</tg-emoji>`, `Invalid custom emoji identifier specified`},
		{"time without time", `<tg-time>x</tg-time>`, `Invalid date format used`},
		{"time of no format", `<tg-time unix="1772438400" format="q">x</tg-time>`, `Invalid date format used`},
		{"lone surrogate", `&#xd83d;`, `Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := parseHTML(row.in, knowsAnn); err == nil || err.Error() != row.err {
				t.Errorf("parseHTML(%q)\n got %v\nwant %s", row.in, err, row.err)
			}
		})
	}
}

func TestFixText(t *testing.T) {
	t.Parallel()
	links := strings.Repeat(`<a href="http://a.example/">x</a> `, 101)
	for _, row := range []struct{ name, in, text, entities string }{
		{"trailing blanks go", "a b \n\t ", "a b", ""},
		{"leading blanks go", "\n  a", "a", ""},
		{"leading blanks under an entity stay", "<u>  a</u>", "  a", "underline[0+3]"},
		{"entity is cut with the blanks", "<b>a  </b>", "a", "bold[0+1]"},
		{"carriage returns go", "a\r\nb", "a\nb", ""},
		{"tabs and bells are blanks", "a\tb\x07c", "a b c", ""},
		{"direction marks go, offsets follow", "\u202ea<b>b</b>", "ab", "bold[1+1]"},
		{"entity of blanks vanishes", "a<b> </b>b", "a b", ""},
		{"same style once", "<b>a<b>b</b></b>", "ab", "bold[0+2]"},
		{"nothing inside code", "<code>a<b>b</b></code>", "ab", "code[0+2]"},
		{"style is cut around code", "<b>a<code>b</code>c</b>", "abc", "bold[0+1] code[1+1] bold[2+1]"},
		{"no quote in a quote", "<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", "blockquote[0+2]"},
		{"no code in a link", `<a href="http://a.example/"><code>x</code></a>`, "x", "text_link[0+1](http://a.example/)"},
		{"only blanks", " \n ", "", ""},
		{"address in text", "see https://a.example.com/x_y?z=(1). Or b.example.org!", "see https://a.example.com/x_y?z=(1). Or b.example.org!",
			"url[4+31] url[40+13]"},
		{"no file names", "open main.go or a.b", "open main.go or a.b", ""},
		{"mention", "ask @ann_alloy, not a@b or @xyz", "ask @ann_alloy, not a@b or @xyz", "mention[4+10]"},
		{"e-mail", "to desk@example.com now", "to desk@example.com now", "email[3+16]"},
		{"hashtags", "#rare_earths #稀土 #2026 a#b #x2026", "#rare_earths #稀土 #2026 a#b #x2026", "hashtag[0+12] hashtag[13+3] hashtag[27+6]"},
		{"cashtag", "$TSLA and $tsla", "$TSLA and $tsla", "cashtag[0+5]"},
		{"commands", "/sub@TagwireBot x /list a/b 稀土/no </b", "/sub@TagwireBot x /list a/b 稀土/no </b", "bot_command[0+15] bot_command[18+5]"},
		{"command with a hyphen", "/rare-earths", "/rare-earths", "bot_command[0+5]"},
		{"nothing tappable in code", "<code>/sub @ann_alloy #tag</code>", "/sub @ann_alloy #tag", "code[0+20]"},
		{"nothing tappable in a link", `<a href="http://a.example/">#tag</a>`, "#tag", "text_link[0+4](http://a.example/)"},
		{"tappable in bold", "<b>#tag</b>", "#tag", "bold[0+4] hashtag[0+4]"},
		{"a hundred links", links, strings.TrimSpace(strings.Repeat("x ", 101)), "100"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			source := row.in
			if row.name == "commands" {
				source = strings.ReplaceAll(source, "<", "&lt;")
			}
			text, entities, err := parseHTML(source, knowsAnn)
			if err != nil {
				t.Fatal(err)
			}
			text, entities, _ = fixText(text, entities)
			got := show(entities)
			if row.entities == "100" {
				got = fmt.Sprint(len(entities))
			}
			if text != row.text || got != row.entities {
				t.Errorf("fixText(%q)\n got %q %s\nwant %q %s", row.in, text, got, row.text, row.entities)
			}
		})
	}
}

func TestLimitEntities_dropsStylesFirst(t *testing.T) {
	t.Parallel()
	var entities []Entity
	for i := range 60 {
		entities = append(entities, Entity{Type: "bold", Offset: 2 * i, Length: 1}, Entity{Type: "text_link", Offset: 2*i + 1, Length: 1})
	}
	kept, dropped := limitEntities(entities)
	links := 0
	for _, e := range kept {
		if e.Type == "text_link" {
			links++
		}
	}
	if len(kept) != 100 || dropped != 20 || links != 60 {
		t.Errorf("kept %d (%d links), dropped %d", len(kept), links, dropped)
	}
	if !slices.IsSortedFunc(kept, func(a, b Entity) int { return a.Offset - b.Offset }) {
		t.Error("not in the order of the text")
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, seed := range []string{
		"", "<b>x</b>", "<a href=\"http://a.example/\">x</a>", "<", "</", "<b", "&#x1F600;", "&lt", "<b><code>x</code>y</b>",
		"<pre><code class=language-go>x</code></pre>", "<blockquote expandable>x", "\x00<b\x00>x</b>", "<a href='&#xd800;'>x</a>",
		"/a@bcd #稀土 $A @abcd a@b.com http://x.com/(", "\u202e\r\t<i> </i>", "<a b=c d>x</a>", "\xff<b>\xf0\x9f</b>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text, entities, err := parseHTML(source, knowsAnn)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		if !utf8.ValidString(source) {
			return // the server refuses such parameters before it parses
		}
		inText(t, source, text, entities)
		fixed, kept, _ := fixText(text, entities)
		inText(t, source, fixed, kept)
		if again, _, _ := fixText(fixed, kept); again != fixed {
			t.Errorf("%q: cleaning %q again gives %q", source, fixed, again)
		}
	})
}

func inText(t *testing.T, source, text string, entities []Entity) {
	t.Helper()
	length := len(utf16.Encode([]rune(text)))
	last := 0
	for _, e := range entities {
		if e.Offset < last || e.Length <= 0 || e.Offset+e.Length > length {
			t.Fatalf("%q: %s outside of %q (%d units) or out of order", source, show(entities), text, length)
		}
		last = e.Offset
	}
}
