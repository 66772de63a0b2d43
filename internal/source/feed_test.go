package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

func feedSource() tagwire.Source {
	return tagwire.Source{Slug: "metals", Kind: tagwire.Feed, Zone: "Asia/Shanghai"}
}

func decodeFeed(t *testing.T, body string) []tagwire.Entry {
	t.Helper()
	out, err := source.Decode(feedSource(), source.Document{Body: []byte(body), URL: "https://metals.example/rss/feed.xml"}, noon2026())
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	return out
}

// rssOf wraps items into a feed.
func rssOf(items string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Example Metals</title>` +
		`<link>https://metals.example/</link><image><url>https://metals.example/logo.png</url></image>` + items + `</channel></rss>`
}

func TestDecode_rss(t *testing.T) {
	t.Parallel()
	got := decodeFeed(t, rssOf(`
<item><title>Copper &amp;amp; zinc: &lt;b&gt;stocks&lt;/b&gt; fall</title><link>/news/1?a=1&amp;b=2</link><guid isPermaLink="false">n-1</guid>
<pubDate>Tue, 28 Jul 2020 08:19:00 CST</pubDate><category>Copper</category><category>Stocks</category><category>copper</category>
<description><![CDATA[<p>Stocks of copper in <a href="/x">Shanghai</a> warehouses fell by 3,000 mt last week, the third fall in a row.</p><script>alert(1)</script>
<p>The content below was translated by Tencent for reference.</p><p>Scan the code to join.</p>]]></description>
<media:content url="/pic/1.jpg" medium="image"/></item>
<item><title></title><guid>https://metals.example/news/2</guid><dc:date>2020-07-28T08:19:00</dc:date><dc:subject>Rare earths</dc:subject>
<description>Oxide prices rose. Traders were surprised.</description><content:encoded><![CDATA[<p>Oxide prices rose. Traders were surprised.</p><p>A second paragraph tells
more about it, and of the smelters that had stopped their furnaces in June.</p>]]></content:encoded></item>
<item><title>No link at all</title></item>
<item><title>A script as link</title><link>javascript:alert(1)</link></item>
`))
	want := []tagwire.Entry{
		{
			ID: "n-1", URL: "https://metals.example/news/1?a=1&b=2", Title: "Copper & zinc: stocks fall",
			Summary:  "Stocks of copper in Shanghai warehouses fell by 3,000 mt last week, the third fall in a row.",
			Body:     "Stocks of copper in Shanghai warehouses fell by 3,000 mt last week, the third fall in a row.",
			DateText: "Tue, 28 Jul 2020 08:19:00 CST", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC),
			PublisherTags: []string{"Copper", "Stocks"}, Image: "https://metals.example/pic/1.jpg", Translated: true,
		},
		{
			ID: "https://metals.example/news/2", URL: "https://metals.example/news/2", Title: "Oxide prices rose",
			Summary:  "Oxide prices rose. Traders were surprised. A second paragraph tells more about it, and of the smelters that had stopped their furnaces in June.",
			Body:     "Oxide prices rose. Traders were surprised.\nA second paragraph tells more about it, and of the smelters that had stopped their furnaces in June.",
			DateText: "2020-07-28T08:19:00", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), PublisherTags: []string{"Rare earths"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecode_atom(t *testing.T) {
	t.Parallel()
	got := decodeFeed(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>x</title><link href="https://metals.example/"/>
<entry><id>tag:metals.example,2020:7</id><title type="html">Tin &amp;amp; lead</title><link rel="replies" href="/c"/><link rel="alternate" type="text/html" href="../news/7"/>
<published>2020-07-28T08:19:00+08:00</published><updated>2020-08-01T00:00:00Z</updated><category term="tin" label="Tin metal"/>
<summary>Short.</summary><content type="html">&lt;p&gt;Refined tin was quoted higher on Tuesday, as two smelters in Gejiu went on with their maintenance.&lt;/p&gt;</content></entry>
<entry><id>https://metals.example/news/8</id><title>Undated</title><updated>not a date</updated></entry></feed>`)
	if len(got) != 2 {
		t.Fatalf("%d entries: %+v", len(got), got)
	}
	want := tagwire.Entry{
		ID: "tag:metals.example,2020:7", URL: "https://metals.example/news/7", Title: "Tin & lead", Language: "en",
		Summary:  "Refined tin was quoted higher on Tuesday, as two smelters in Gejiu went on with their maintenance.",
		Body:     "Refined tin was quoted higher on Tuesday, as two smelters in Gejiu went on with their maintenance.",
		DateText: "2020-07-28T08:19:00+08:00", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), PublisherTags: []string{"Tin metal", "tin"},
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !got[1].Published.IsZero() || got[1].URL != "https://metals.example/news/8" {
		t.Errorf("undated entry: %+v", got[1])
	}
}

func TestDecode_jsonFeed(t *testing.T) {
	t.Parallel()
	got := decodeFeed(t, `{"version":"https://jsonfeed.org/version/1.1","language":"zh-CN","items":[
{"id":12345678901234567,"url":"https://metals.example/j/1","title":"氧化镨钕 < 40万元","content_text":"第一段。\n第二段。","tags":"稀土, 价格","date_published":"2020-07-28T08:19:00+08:00"},
{"id":"b","url":"/j/2","title":"Two","content_html":"<p>Text of the second.</p>","tags":["a",7,{"name":"b"}],"date_published":1595895540},
"rubbish", {"id":"c","title":"no link"}]}`)
	want := []tagwire.Entry{
		{ID: "12345678901234567", URL: "https://metals.example/j/1", Title: "氧化镨钕 < 40万元", Summary: "第一段。 第二段。", Body: "第一段。\n第二段。",
			DateText: "2020-07-28T08:19:00+08:00", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), Language: "zh-CN", PublisherTags: []string{"稀土", "价格"}},
		{ID: "b", URL: "https://metals.example/j/2", Title: "Two", Summary: "Text of the second.", Body: "Text of the second.",
			DateText: "1595895540", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), Language: "zh-CN", PublisherTags: []string{"a", "b"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func titles(entries []tagwire.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Title)
	}
	return strings.Join(out, " | ")
}

func TestDecode_brokenFeeds(t *testing.T) {
	t.Parallel()
	item := func(n int) string {
		return fmt.Sprintf(`<item><title>T%d</title><link>https://a.example/%d</link><description><![CDATA[<p>Text %d</p>]]></description></item>`, n, n, n)
	}
	whole := rssOf(item(1) + item(2) + item(3))
	cutAt := func(marker string) string { return whole[:strings.Index(whole, marker)] }
	deepInItem := `<item><title>T1</title><link>https://a.example/1</link>` + strings.Repeat("<x>", 100) + strings.Repeat("</x>", 100) + `</item>`
	tests := []struct{ name, body, want string }{
		{"cut within an item", cutAt("Text 3"), "T1 | T2"},
		{"cut between items", cutAt("<item><title>T3"), "T1 | T2"},
		{"cut within a tag", cutAt("itle>T3"), "T1 | T2"},
		{"cut within a character of a short text", strings.TrimSuffix(rssOf(strings.Replace(item(1), "T1", "稀土", 1)+`<item><title>铜`), "\x9c</channel></rss>"), "稀土"},
		{"cut within a character", rssOf(item(1) + `<item><title>稀土`)[:len(rssOf(item(1)+`<item><title>稀土`))-len("</channel></rss>")-1], "T1"},
		{"warning before the root", "<br />\n<b>Warning</b>: mysql_connect() in <b>/www/rss.php</b> on line 3<br />\n" + whole, "T1 | T2 | T3"},
		{"blank lines before", "\n\n \t" + whole, "T1 | T2 | T3"},
		{"comment before", `<?xml version="1.0"?><!-- made by <rss> tool --><?xml-stylesheet href="a.xsl"?><!DOCTYPE rss [<!ENTITY x "y">]>` + strings.TrimPrefix(whole, `<?xml version="1.0" encoding="utf-8"?>`), "T1 | T2 | T3"},
		{"version 1.1", strings.Replace(whole, `version="1.0"`, `version="1.1"`, 1), "T1 | T2 | T3"},
		{"control characters", strings.Replace(whole, "T1", "T\x0b\x001", 1), "T 1 | T2 | T3"},
		{"stray less-than", strings.Replace(whole, "T1", "T1 < 5", 1), "T1 < 5 | T2 | T3"},
		{"bare ampersand", strings.Replace(whole, "T1", "AT&T", 1), "AT&T | T2 | T3"},
		{"named entity", strings.Replace(whole, "T1", "caf&eacute;&nbsp;1", 1), "café 1 | T2 | T3"},
		{"undefined entity", strings.Replace(whole, "T1", "a &a9; b", 1), "a &a9; b | T2 | T3"},
		{"broken byte", strings.Replace(whole, "T1", "稀土稀土稀土稀土稀土稀土稀土稀土稀土稀土\xff", 1), "稀土稀土稀土稀土稀土稀土稀土稀土稀土稀土\uFFFD | T2 | T3"},
		{"missing end of the channel", strings.Replace(whole, "</channel>", "", 1), "T1 | T2 | T3"},
		{"two of one", rssOf(item(1) + item(1) + item(2)), "T1 | T2"},
		{"nothing yet", rssOf(""), ""},
		{"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>c</title></channel>` +
			`<item rdf:about="https://a.example/1"><title>R1</title><link>https://a.example/1</link></item></rdf:RDF>`, "R1"},
		{"mark-up in capitals", `<RSS version="2.0"><CHANNEL><ITEM><TITLE>C1</TITLE><LINK>https://a.example/1</LINK></ITEM></CHANNEL></RSS>`, "C1"},
		{"more than a feed holds", rssOf(manyItems(2500)), "200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := decodeFeed(t, tt.body)
			if tt.want == "200" {
				if len(got) != 200 {
					t.Errorf("%d entries kept", len(got))
				}
				return
			}
			if titles(got) != tt.want {
				t.Errorf("titles %q, want %q", titles(got), tt.want)
			}
		})
	}
	if _, err := source.Decode(feedSource(), source.Document{Body: []byte(rssOf(deepInItem))}, noon2026()); err == nil || err.Error() != "the document is nested deeper than 64 elements" {
		t.Errorf("deep nesting: %v", err)
	}
}

func manyItems(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<item><title>M%d</title><link>https://a.example/%d</link></item>", i, i)
	}
	return b.String()
}

func TestDecode_refusesWhatIsNoFeed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"empty", "", "the answer is empty"},
		{"blank", " \n\t", "the answer is empty"},
		{"web page with a feed", `<!DOCTYPE html><html><head><title>Example Metals</title><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>`,
			`this is a web page titled "Example Metals", not a feed; its feed may be https://metals.example/feed`},
		{"web page without", "<html><head><title>Moved</title></head><body>x</body></html>", `this is a web page titled "Moved", not a feed; if it lists the news, the kind is page`},
		{"page in upper case", "<HTML><BODY>hello</BODY></HTML>", "this is a web page, not a feed; if it lists the news, the kind is page"},
		{"plain text", "Service unavailable", "the document holds no XML element"},
		{"other XML", "<report><row/></report>", "this is an XML document of type report, not a feed"},
		{"OPML", `<?xml version="1.0"?><opml version="2.0"><body/></opml>`, "this is an OPML list of feeds, not a feed: take the addresses out of it"},
		{"sitemap", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>`, "this is a sitemap, not a feed: the kind is sitemap"},
		{"one entry", `<entry xmlns="http://www.w3.org/2005/Atom"><title>x</title></entry>`, "this is a single Atom entry, not a feed"},
		{"CDF", `<CHANNEL HREF="x"><ITEM/></CHANNEL>`, "this is a CDF channel, a format of the 1990s that is not read"},
		{"JSON list", `[{"title":"x"}]`, "this is a JSON list, not a JSON Feed"},
		{"other JSON", `{"error":"no key"}`, "this is JSON, but not a JSON Feed: it has no list of items"},
		{"XML as JSON", `{"rss":{"channel":{}}}`, "this is an XML feed written as JSON, which is not read: look for the XML one"},
		{"broken JSON", `{"items":[`, "the JSON cannot be read: unexpected EOF"},
		{"PDF", "%PDF-1.4 ...", "this is a PDF file, not a news list"},
		{"cut too early", `<rss version="2.0"><channel><item><title>Hal`, "the document breaks off before its first entry is complete"},
		{"too many attributes", "<rss><channel><item " + strings.Repeat(`a="1" `, 80) + "/></channel></rss>", "an element of the document has more than 64 attributes"},
		{"too many elements", "<rss><channel>" + strings.Repeat("<x/>", 200_001), "the document has more than 200000 elements"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := source.Decode(feedSource(), source.Document{Body: []byte(tt.body), URL: "https://metals.example/"}, noon2026())
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v\n want %s\n (%d entries)", err, tt.want, len(out))
			}
			var e *source.Error
			if err != nil && !errors.As(err, &e) {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

func TestDecode_encodings(t *testing.T) {
	t.Parallel()
	const zh, tw, ja = "包头稀土产业园开工，多家磁材企业签约", "稀土價格上漲，銅庫存減少", "レアアースの価格が上昇した"
	feed := func(declaration, title string) string {
		return declaration + `<rss version="2.0"><channel><title>x</title><item><title>` + title + `</title><link>https://a.example/1</link></item></channel></rss>`
	}
	decl := func(name string) string { return `<?xml version="1.0" encoding="` + name + `"?>` }
	utf16le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	tests := []struct {
		name        string
		enc         encoding.Encoding
		body        string
		contentType string
		charset     string
		want        string
	}{
		{"UTF-8", nil, feed(decl("utf-8"), zh), "", "", zh},
		{"UTF-8 undeclared", nil, feed("", zh), "", "", zh},
		{"UTF-8 with mark", nil, "\uFEFF" + feed(decl("utf-8"), zh), "", "", zh},
		{"UTF-8 declared as GB2312", nil, feed(decl("gb2312"), zh), "text/xml; charset=gb2312", "", zh},
		{"GBK declared", simplifiedchinese.GBK, feed(decl("GBK"), zh), "", "", zh},
		{"GBK declared as GB2312", simplifiedchinese.GBK, feed(decl("gb2312"), zh+"镕"), "", "", zh + "镕"},
		{"GBK by header", simplifiedchinese.GBK, feed("", zh), "application/xml; charset=gbk", "", zh},
		{"GBK undeclared", simplifiedchinese.GBK, feed("", zh), "", "", zh},
		{"GBK declared as UTF-8", simplifiedchinese.GBK, feed(decl("utf-8"), zh), "text/xml; charset=utf-8", "", zh},
		{"GBK declared as an unknown one", simplifiedchinese.GBK, feed(decl("x-nonsense"), zh), "", "", zh},
		{"GB18030", simplifiedchinese.GB18030, feed(decl("gb18030"), zh+"㐂"), "", "", zh + "㐂"},
		{"Big5 declared", traditionalchinese.Big5, feed(decl("big5"), tw), "", "", tw},
		{"Big5 by the source's setting", traditionalchinese.Big5, feed(decl("utf-8"), tw), "", "big5", tw},
		{"Shift JIS declared", japanese.ShiftJIS, feed(decl("Shift_JIS"), ja), "", "", ja},
		{"EUC-JP by header over declaration", japanese.EUCJP, feed(decl("x"), ja), "text/xml;charset=euc-jp", "", ja},
		{"UTF-16 with mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), feed(decl("utf-16"), zh), "", "", zh},
		{"UTF-16 big-endian with mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), feed(decl("utf-16"), zh), "", "", zh},
		{"UTF-16 without mark", utf16le, feed(decl("utf-16"), zh), "", "", zh},
		{"UTF-16 big-endian without mark", utf16be, feed("", zh), "", "", zh},
		{"UTF-32", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), feed(decl("utf-32"), zh), "", "", zh},
		{"declared UTF-16, is UTF-8", nil, feed(decl("utf-16"), zh), "text/xml; charset=utf-16", "", zh},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := tt.body
			if tt.enc != nil {
				var err error
				if body, err = tt.enc.NewEncoder().String(body); err != nil {
					t.Fatal(err)
				}
			}
			src := feedSource()
			src.Charset = tt.charset
			got, err := source.Decode(src, source.Document{Body: []byte(body), ContentType: tt.contentType, URL: "https://a.example/"}, noon2026())
			if err != nil {
				t.Fatal(err)
			}
			if titles(got) != tt.want {
				t.Errorf("title %q, want %q", titles(got), tt.want)
			}
		})
	}
}

func TestDecode_guidOfAllIsNoIdentity(t *testing.T) {
	t.Parallel()
	got := decodeFeed(t, rssOf(`<item><title>A</title><link>https://a.example/1</link><guid>https://a.example/</guid></item>
<item><title>B</title><link>https://a.example/2</link><guid>https://a.example/</guid></item>
<item><title>C</title><link>https://a.example/3</link><guid>own</guid></item>`))
	if len(got) != 3 || got[0].ID != "" || got[1].ID != "" || got[2].ID != "own" {
		t.Errorf("entries %+v", got)
	}
}

func TestDecode_unknownKind(t *testing.T) {
	t.Parallel()
	_, err := source.Decode(tagwire.Source{Kind: "carrier pigeon"}, source.Document{Body: []byte("x")}, noon2026())
	if err == nil || err.Error() != `the kind "carrier pigeon" is not known` {
		t.Error(err)
	}
}
