package source_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

func TestDecode_listWithSelectors(t *testing.T) {
	t.Parallel()
	body := readFixture(t, "list", "rows.html")
	for name, rules := range map[string]tagwire.ListRules{
		"item alone":    {Item: "li.news", Summary: ".lead"},
		"all selectors": {Item: "li.news", Link: "a:last-of-type", Title: "a:last-of-type", Date: "time, .time", Summary: ".lead"},
	} {
		src := shanghai()
		src.List = rules
		got, err := source.Decode(src, source.Document{Body: body, URL: "https://metals.example/list"}, noon2026())
		if err != nil {
			t.Fatal(err)
		}
		want := []tagwire.Entry{
			{URL: "https://metals.example/en/news/3", Title: "Smelter in Chile restarts", Summary: "The strike of six weeks ended on Monday, both sides said.",
				DateText: "26分钟前", Published: time.Date(2026, 7, 28, 3, 34, 0, 0, time.UTC)},
			{URL: "https://metals.example/en/news/2?utm_source=list", Title: "Tin ore reaches the border", DateText: "昨天 08:19", Published: time.Date(2026, 7, 27, 0, 19, 0, 0, time.UTC)},
			// The attribute claims UTC, but shows the wall clock of Shanghai.
			{URL: "https://metals.example/en/news/1", Title: "Dysprosium at a high", DateText: "Jul 20, 2026 08:00", Published: time.Date(2026, 7, 20, 0, 0, 0, 0, time.UTC)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDecode_listFoundByItself(t *testing.T) {
	t.Parallel()
	got, err := source.Decode(shanghai(), source.Document{Body: readFixture(t, "list", "clusters.html"), URL: "https://metals.example/en/list"}, noon2026())
	if err != nil {
		t.Fatal(err)
	}
	want := []tagwire.Entry{
		{URL: "https://metals.example/newscontent/3/three", Title: "Smelter in Chile restarts after a strike of six weeks", DateText: "20 hours ago", Published: time.Date(2026, 7, 27, 8, 0, 0, 0, time.UTC)},
		{URL: "https://metals.example/newscontent/2/two", Title: "Tin ore from Wa State reaches the border again", DateText: "Jul 26, 2026 10:00", Published: time.Date(2026, 7, 26, 2, 0, 0, 0, time.UTC)},
		{URL: "https://www.metals.example/newscontent/1/one", Title: "Dysprosium oxide at a two-year high after customs checks"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecode_listsThatHoldNothing(t *testing.T) {
	t.Parallel()
	item := shanghai()
	item.List.Item = "li.none"
	link := shanghai()
	link.List.Link = "a.none"
	dead := shanghai()
	dead.List.Item = "p"
	bad := shanghai()
	bad.List.Item = "li[["
	for _, tt := range []struct {
		name string
		src  tagwire.Source
		body string
		want string
	}{
		{"item", item, "<p>x</p>", `the page has no entries: the item selector "li.none" matches nothing`},
		{"link", link, "<p>x</p>", `the page has no entries: the link selector "a.none" matches nothing`},
		{"no links", dead, "<p>x</p><p><a href='mailto:x'>y</a></p>", "the page has no entries: what the list selectors match holds no links to articles"},
		{"bad selector", bad, "<li>x</li>", `the page has no entries: the item selector "li[[" matches nothing`},
		{"no list", shanghai(), "<p>Maintenance. <a href='/'>Home</a></p>", "no list of news was found on the page: say with list selectors where it is"},
		{"JSON", shanghai(), `{"a":1}`, "this is JSON, not a web page"},
		{"too large", shanghai(), "<p>" + strings.Repeat("x", 3<<20), "the page is larger than 3 MiB"},
		{"too deep", shanghai(), strings.Repeat("<b><div>", 600), "the page cannot be read: html: open stack of elements exceeds 512 nodes"},
	} {
		_, err := source.Decode(tt.src, source.Document{Body: []byte(tt.body), URL: "https://metals.example/"}, noon2026())
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func sitemap() tagwire.Source {
	return tagwire.Source{Kind: tagwire.Sitemap, Zone: "Asia/Shanghai"}
}

const newsSitemap = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://metals.example/old</loc><lastmod>2020-07-01</lastmod></url>
<url><loc>https://metals.example/a</loc><news:news><news:publication><news:name>x</news:name><news:language>zh</news:language></news:publication>
<news:publication_date>2020-07-28T08:19:00+08:00</news:publication_date><news:title>稀土 &amp;amp; 铜</news:title><news:keywords>稀土, 铜</news:keywords></news:news>
<image:image><image:loc>https://metals.example/a.jpg</image:loc></image:image></url>
<url><loc>/relative</loc></url><url><loc></loc></url></urlset>`

func TestDecode_sitemap(t *testing.T) {
	t.Parallel()
	want := []tagwire.Entry{
		{URL: "https://metals.example/a", Title: "稀土 & 铜", DateText: "2020-07-28T08:19:00+08:00", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC),
			Language: "zh", PublisherTags: []string{"稀土", "铜"}, Image: "https://metals.example/a.jpg"},
		{URL: "https://metals.example/old"}, // a change is no publication
		{URL: "https://metals.example/relative"},
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(newsSitemap))
	z.Close()
	for name, body := range map[string][]byte{"plain": []byte(newsSitemap), "packed": packed.Bytes(), "cut": []byte(strings.TrimSuffix(newsSitemap, "<url><loc></loc></url></urlset>"))} {
		got, err := source.Decode(sitemap(), source.Document{Body: body, URL: "https://metals.example/sitemap.xml"}, noon2026())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDecode_sitemapIndex(t *testing.T) {
	t.Parallel()
	_, err := source.Decode(sitemap(), source.Document{URL: "https://metals.example/sitemap.xml", Body: []byte(`<sitemapindex>
<sitemap><loc>https://metals.example/post-1.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
<sitemap><loc>https://metals.example/post-2.xml</loc><lastmod>2021-01-01</lastmod></sitemap>
<sitemap><loc>https://metals.example/images.xml</loc></sitemap>
<sitemap><loc>/news.xml</loc></sitemap></sitemapindex>`)}, noon2026())
	var f *source.Follow
	if !errors.As(err, &f) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff([]string{"https://metals.example/news.xml", "https://metals.example/post-2.xml", "https://metals.example/post-1.xml"}, f.URLs); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecode_sitemapRefused(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 6<<20))
	z.Close()
	for _, tt := range []struct{ name, body, want string }{
		{"page", "<html><body>x</body></html>", "this is a web page, not a sitemap"},
		{"feed", rssOf(""), `this is "rss", not a sitemap (urlset or sitemapindex)`},
		{"bomb", bomb.String(), "the unpacked sitemap is larger than 5 MiB"},
		{"damaged", "\x1f\x8bxx", "the packed sitemap is damaged"},
		{"index of pictures", "<sitemapindex><sitemap><loc>https://a.example/image-1.xml</loc></sitemap></sitemapindex>", "the index of sitemaps names none that could hold news"},
	} {
		_, err := source.Decode(sitemap(), source.Document{Body: []byte(tt.body), URL: "https://metals.example/"}, noon2026())
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Pages built to cost time: each took from 2 to 88 seconds before its bound was
// set, and takes less than one now. There is no clock here, for a busy machine
// would make it lie: a bound that is lost shows as a suite that takes minutes.
func TestDecode_hostilePagesCostLittle(t *testing.T) {
	t.Parallel()
	link := shanghai()
	link.List.Link = "a"
	for name, tt := range map[string]struct {
		src  tagwire.Source
		body string
	}{
		"tags within tags": {shanghai(), "<h1>t</h1>" + strings.Repeat(`<div class="tag">x`, 400) + strings.Repeat("word ", 60_000)},
		"many links":       {link, strings.Repeat(`<a href="/a">a link that has some text in it</a> `, 4_000)},
		"one long text":    {feedSource(), rssOf("<item><link>/1</link><description><![CDATA[" + strings.Repeat("<b>x ", 100_000) + "]]></description></item>")},
		"many lines":       {feedSource(), rssOf("<item><link>/1</link><description>" + strings.Repeat("Scan a\n", 60_000) + "</description></item>")},
		"open links":       {feedSource(), "<html>" + strings.Repeat("<link ", 80_000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := source.Document{Body: []byte(tt.body), URL: "https://metals.example/"}
			// Whether it can be read is not the question, only that it ends.
			_, _ = source.Decode(tt.src, doc, noon2026())
			_, _ = source.DecodeArticle(tt.src, doc, tagwire.Entry{Title: "t"}, noon2026())
		})
	}
}
