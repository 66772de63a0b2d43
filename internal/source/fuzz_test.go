package source_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

// sound fails on an entry that must not leave the package.
func sound(t *testing.T, e tagwire.Entry) {
	t.Helper()
	for _, s := range append([]string{e.ID, e.Title, e.Summary, e.Body, e.DateText}, append(e.PublisherTags, e.Categories...)...) {
		if !utf8.ValidString(s) {
			t.Errorf("invalid UTF-8: %q", s)
		}
		for _, r := range s {
			if unicode.IsControl(r) && r != '\n' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r >= 0xE0000 && r <= 0xE007F {
				t.Errorf("%U in %q", r, s)
			}
		}
	}
	if strings.Contains(e.Title, "\n") {
		t.Errorf("title of two lines: %q", e.Title)
	}
	if n := utf8.RuneCountInString(e.Summary); n > 401 {
		t.Errorf("summary of %d characters", n)
	}
	for _, link := range []string{e.URL, e.Image} {
		if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil) {
			t.Errorf("address %q", link)
		}
	}
	if !e.Published.IsZero() && (e.Published.Year() < 1990 || e.Published.After(noon2026().AddDate(0, 0, 1))) {
		t.Errorf("date %v", e.Published)
	}
}

func fuzzDecode(f *testing.F, src tagwire.Source, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		entries, err := source.Decode(src, source.Document{Body: body, URL: "https://metals.example/feed"}, noon2026())
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		for _, e := range entries {
			sound(t, e)
		}
	})
}

func FuzzDecode_feed(f *testing.F) {
	fuzzDecode(f, feedSource(), rssOf(manyItems(2)), rssOf(`<item><title>&lt;b>x</title><link>/1</link><pubDate>28 Jul 2020</pubDate><category>a</category></item>`),
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="xhtml"><div>t</div></title><link href="/1"/><content type="html">&lt;p></content></entry></feed>`,
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item rdf:about="x"><link>http://a/</link></item>`)
}

func FuzzDecode_jsonFeed(f *testing.F) {
	fuzzDecode(f, feedSource(), `{"items":[{"id":1,"url":"/a","title":"t","tags":"a,b","content_html":"<p>x"}]}`, `{"items":[[[]],{"url":["/x"],"tags":[{"name":[]}]}]}`)
}

func FuzzDecode_page(f *testing.F) {
	fuzzDecode(f, shanghai(), fixtures(f, "list")...)
}

func FuzzDecode_sitemap(f *testing.F) {
	fuzzDecode(f, sitemap(), newsSitemap, `<sitemapindex><sitemap><loc>https://a.example/x</loc></sitemap></sitemapindex>`, "\x1f\x8b\x08\x00")
}

func FuzzDecodeArticle(f *testing.F) {
	for _, s := range fixtures(f, "page") {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		doc := source.Document{Body: body, URL: "https://metals.example/a/20200728/1.html"}
		e, err := source.DecodeArticle(shanghai(), doc, tagwire.Entry{URL: doc.URL}, noon2026())
		if err != nil {
			return
		}
		if e.Title == "" {
			t.Error("an article without title")
		}
		sound(t, e)
	})
}

func FuzzToUTF8(f *testing.F) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`<?xml version="1.0" encoding="gbk"?><a>稀土</a>`)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(gbk), "", "text/xml; charset=gbk")
	f.Add([]byte("\xff\xfea\x00"), "big5", "")
	f.Add([]byte("<meta charset=utf-7>"), "replacement", "a/b;charset=x")
	f.Fuzz(func(t *testing.T, body []byte, configured, contentType string) {
		text, name := source.ToUTF8(body, configured, contentType)
		if !utf8.Valid(text) {
			t.Errorf("invalid UTF-8 from %s", name)
		}
		if utf8.Valid(body) && name == "gb18030" {
			t.Error("valid UTF-8 taken for GB18030")
		}
	})
}

func fixtures(f *testing.F, dir string) []string {
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.html"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures in %s: %v", dir, err)
	}
	var out []string
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}
