package render_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tagwire/internal/render"
	"tagwire/internal/render/rendertest"
	"tagwire/internal/tagwire"
)

// inert checks a message about hostile articles: valid, bounded, and nothing to
// tap but our own links, the hashtags and the commands of our own texts.
func inert(t *testing.T, m tagwire.Message, own ...string) {
	t.Helper()
	p, err := rendertest.Check(string(m.HTML))
	if err != nil {
		t.Fatalf("%v\n%q", err, m.HTML)
	}
	if units, entities := render.Measure(m.HTML); units != p.Units || entities != len(p.Entities) {
		t.Fatalf("measures %d units, %d entities; is %d, %d\n%q", units, entities, p.Units, len(p.Entities), m.HTML)
	}
	if m.HTML.Text() != p.Text {
		t.Fatalf("Text gives %q, a reader sees %q", m.HTML.Text(), p.Text)
	}
	for _, tap := range rendertest.Taps(p.Text) {
		if !slices.Contains(own, tap) {
			t.Fatalf("%q can be tapped in %q", tap, p.Text)
		}
	}
	if m.Preview != "" && !strings.HasPrefix(m.Preview, "https://") && !strings.HasPrefix(m.Preview, "http://") {
		t.Fatalf("preview of %q", m.Preview)
	}
}

func FuzzInert(f *testing.F) {
	for _, a := range news() {
		f.Add(a.URL, a.Title, a.Summary, a.SourceName)
	}
	f.Add("javascript:alert(1)", "<b>/cmd @all", "a\u202eb\x00&amp;", "#x")
	f.Add("https://a.b/\u202e?q=\"'<>\x7f", "https://evil.com.", strings.Repeat("e\u0301", 3000), "a.b")
	f.Add("https://user:pw@a.b", strings.Repeat("👩‍🔬", 900), strings.Repeat("/x ", 2000), strings.Repeat("&", 500))
	f.Add("https://a.b/?"+strings.Repeat("&", 1990), strings.Repeat("稀", 5000), "$/t 10.0.0.1 tg://x", "@/@/@/.a.b.c")
	f.Add("http://[::1]:80/%zz", "\u2060@\u2060a", ".com", "\xff\xfe")
	r := render.New(tags())
	f.Fuzz(func(t *testing.T, url, title, summary, source string) {
		a := tagwire.Article{
			ID: 1, URL: url, Title: title, Summary: summary, SourceName: source, Translated: true,
			Published: utc("2020-07-28 00:19"), FirstSeen: utc("2020-07-28 00:20"), Tags: matches("rare-earths"),
		}
		for _, c := range []tagwire.Chat{chat("en"), chat("zh")} {
			inert(t, r.Article(a, c), "#rare_earths", "#稀土")
			var list []tagwire.Article
			for i := range 9 { // one more than a group shows
				a.ID = tagwire.ArticleID(i + 1)
				list = append(list, a)
			}
			for _, m := range digest(r, list, r.Paginate(list, []tagwire.TagSlug{"rare-earths"}, c, "2020-07-28")) {
				inert(t, m, "/latest", "/digest", "/settings")
			}
			for _, m := range r.Latest(list, "rare-earths", c, time.Time{}) {
				inert(t, m)
			}
		}
	})
}
