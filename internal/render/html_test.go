package render_test

import (
	"strings"
	"testing"

	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

func TestLink(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.com/a?x=1&y=<2>":                  `<a href="https://example.com/a?x=1&amp;y=%3C2%3E">t</a>`,
		"HTTP://Example.com":                               `<a href="http://example.com">t</a>`,
		"https://example.com:8443/a#b":                     `<a href="https://example.com:8443/a#b">t</a>`,
		"https://example.com/\u202ex?\u4e2d":               `<a href="https://example.com/%E2%80%AEx?%E4%B8%AD">t</a>`,
		`https://example.com/?"onx=`:                       `<a href="https://example.com/?%22onx=">t</a>`,
		"https://例子.example/":                              `<a href="https://xn--fsqu00a.example/">t</a>`,
		"javascript:alert(1)":                              "t",
		"tg://user?id=1":                                   "t",
		"//example.com":                                    "t",
		"example.com":                                      "t",
		"https://a@example.com":                            "t",
		"https://":                                         "t",
		"https:example.com":                                "t",
		"mailto:a@example.com":                             "t",
		"https://exa mple.com":                             "t",
		"https://example.com/" + strings.Repeat("a", 3000): "t",
		"": "t",
	} {
		if got := string(render.Link(address, "t")); got != want {
			t.Errorf("Link(%.40q) = %s, want %s", address, got, want)
		}
	}
	if got := render.Link("https://example.com", " \u200b "); got != "" {
		t.Errorf("a link without text gives %q", got)
	}
}

func TestHashtags(t *testing.T) {
	t.Parallel()
	if got := render.Hashtag("rare-earths"); got != "#rare_earths" {
		t.Errorf("Hashtag = %q", got)
	}
	r := render.New([]tagwire.Tag{
		{Slug: "rare-earths", Name: map[string]string{"en": "Rare earths", "zh": "稀土"}},
		{Slug: "ndfeb-magnets", Name: map[string]string{"zh": "钕铁硼 NdFeB-磁体"}},
		{Slug: "trade", Name: map[string]string{"zh": "贸易/关税"}},
		{Slug: "esg", Name: map[string]string{"zh": "ESG"}},
		{Slug: "a"}, {Slug: "b"}, {Slug: "c"}, {Slug: "d"},
	})
	a := tagwire.Article{Title: "t", Summary: "s", Tags: matches("rare-earths", "^a", "ndfeb-magnets", "trade", "esg", "b", "gone", "c", "d")}
	for language, want := range map[string]string{
		"en": "#rare_earths #ndfeb_magnets #trade #esg #b #gone",
		"zh": "#稀土 #钕铁硼_NdFeB_磁体 #trade #esg #b #gone",
	} {
		html := string(r.Article(a, chat(language)).HTML)
		if got := html[strings.LastIndex(html, "\n")+1:]; got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
}

func TestArticle_withoutAnyTime(t *testing.T) {
	t.Parallel()
	m := render.New(nil).Article(tagwire.Article{Title: "t", Source: "wire"}, tagwire.Chat{Zone: "No/Where"})
	if want := tagwire.HTML("<b>t</b>\n<i>wire</i>"); m.HTML != want {
		t.Errorf("got %q, want %q", m.HTML, want)
	}
}

func TestArticle_summary(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Smelters in the north keep their furnaces warm. ", 12)
	for name, tt := range map[string]struct{ title, summary, body, want string }{
		"short":                        {"t", "One line.", "", "One line."},
		"ends with a sentence":         {"t", long, "", strings.TrimSpace(strings.Repeat("Smelters in the north keep their furnaces warm. ", 5))},
		"ends with a word":             {"t", strings.Repeat("ore ", 100), "", strings.TrimSpace(strings.Repeat("ore ", 70)) + "…"},
		"an abbreviation is no end":    {"t", strings.Repeat("a", 180) + " the U.S. " + strings.Repeat("b", 300), "", strings.Repeat("a", 180) + " the U.\u2060S…"},
		"one endless word":             {"t", strings.Repeat("a", 900), "", strings.Repeat("a", 279) + "…"},
		"Chinese is twice as wide":     {"t", strings.Repeat("铜价上涨", 100), "", strings.Repeat("铜价上涨", 34) + "铜价上…"},
		"accents stay on":              {"t", strings.Repeat("e\u0301", 400), "", strings.Repeat("e\u0301", 139) + "…"},
		"flags stay whole":             {"t", "x" + strings.Repeat("🇨🇳", 200), "", "x" + strings.Repeat("🇨🇳", 139) + "…"},
		"the beginning of the body":    {"t", "", "Body text.", "Body text."},
		"the headline is not repeated": {"Tin up", "Tin up. Buyers wait.", "", "Buyers wait."},
		"only the headline":            {"Tin up", "Tin up", "Tin up", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := tagwire.Article{Title: tt.title, Summary: tt.summary, Body: tt.body, URL: "https://example.com", Source: "wire"}
			m := render.New(nil).Article(a, chat("en"))
			_, got, _ := strings.Cut(m.HTML.Text(), "\n\n")
			if got != tt.want {
				t.Errorf("summary %q, want %q", got, tt.want)
			}
			if (m.Preview != "") != (tt.want == "") {
				t.Errorf("preview %q beside summary %q", m.Preview, got)
			}
		})
	}
}
