package source

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"tagwire/internal/tagwire"
)

// decodeFeed reads RSS, Atom and JSON Feed. The XML ones are parsed by gofeed;
// what it gets wrong or gives up on is mended before (charset, junk, broken
// ends, bounds) and after (dates, identities, links, titles).
func decodeFeed(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error) {
	text, _ := toUTF8(doc.Body, src.Charset, doc.ContentType)
	text = bytes.TrimLeft(text, " \t\r\n\uFEFF")
	if len(text) == 0 {
		return nil, refuse("the answer is empty")
	}
	f := feed{src: src, base: baseOf(doc.URL), zone: zoneOf(src.Zone), now: now}
	if text[0] == '{' || text[0] == '[' {
		return f.json(text)
	}
	if err := notFeed(text, f.base); err != nil {
		return nil, err
	}
	p, err := prepareXML(text)
	if err != nil {
		return nil, err
	}
	switch p.root {
	case "rss", "rdf":
		return f.rss(p.text)
	case "feed":
		return f.atom(p.text)
	}
	return nil, refuse("%s", otherRoot(p.root))
}

// feed is what reading one feed needs to know.
type feed struct {
	src  tagwire.Source
	base *url.URL
	zone *time.Location
	now  time.Time
	lang string // as the feed says
}

// limit is how many entries are looked at: more than are kept, since some may
// be of no use.
func (f feed) limit() int { return 2 * keep(f.src) }

func (f feed) rss(text []byte) ([]tagwire.Entry, error) {
	doc, err := (&rss.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return nil, refuse("the RSS feed cannot be read: %v", err)
	}
	f.lang = doc.Language
	if f.lang == "" && doc.DublinCoreExt != nil {
		f.lang = first(doc.DublinCoreExt.Language)
	}
	// Links are relative to the feed's address; where that is unknown, to the site.
	if f.base == nil {
		f.base = baseOf(doc.Link)
	}
	var out []tagwire.Entry
	for _, it := range doc.Items[:min(len(doc.Items), f.limit())] {
		out = append(out, f.rssItem(it))
	}
	return out, nil
}

func (f feed) rssItem(it *rss.Item) tagwire.Entry {
	e := tagwire.Entry{Language: f.lang}
	if it.GUID != nil {
		e.ID = cleanLine(it.GUID.Value)
	}
	for _, link := range append(it.Links, it.Link) {
		if e.URL = resolve(f.base, html.UnescapeString(link)); e.URL != "" {
			break
		}
	}
	// A guid is a permanent link unless it says otherwise.
	if e.URL == "" && it.GUID != nil && !strings.EqualFold(strings.TrimSpace(it.GUID.IsPermalink), "false") && absoluteLink(it.GUID.Value) {
		e.URL = resolve(f.base, it.GUID.Value)
	}
	body := it.Content
	if body == "" {
		body = first(value(it.Extensions, "content", "encoded"))
	}
	dates := []string{it.PubDate}
	summary := it.Description
	title := it.Title
	if dc := it.DublinCoreExt; dc != nil {
		dates = append(dates, dc.Date...)
		title = firstOf(title, first(dc.Title))
		summary = firstOf(summary, first(dc.Description))
		e.PublisherTags = append(e.PublisherTags, dc.Subject...)
		e.ID = firstOf(e.ID, cleanLine(first(dc.Identifier)))
	}
	for _, ns := range []string{"atom", "dcterms"} {
		for _, name := range []string{"published", "created", "issued", "date", "updated", "modified"} {
			dates = append(dates, value(it.Extensions, ns, name)...)
		}
	}
	for _, name := range []string{"pubdate", "date", "published", "updated", "time"} {
		dates = append(dates, it.Custom[name])
	}
	var tags []string
	for _, c := range it.Categories {
		tags = append(tags, c.Value)
	}
	for _, name := range []string{"tags", "tag", "keywords", "categories"} {
		tags = append(tags, splitTags(it.Custom[name])...)
	}
	for _, ns := range []string{"media", "itunes"} {
		for _, k := range value(it.Extensions, ns, "keywords") {
			tags = append(tags, splitTags(k)...)
		}
		tags = append(tags, value(it.Extensions, ns, "category")...)
	}
	e.PublisherTags = append(tags, e.PublisherTags...)
	e.Image = f.media(it.Extensions)
	for _, enc := range it.Enclosures {
		if e.Image == "" && strings.HasPrefix(enc.Type, "image/") {
			e.Image = resolve(f.base, enc.URL)
		}
	}
	return f.finish(e, title, summary, body, dates)
}

func (f feed) atom(text []byte) ([]tagwire.Entry, error) {
	doc, err := (&atom.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return nil, refuse("the Atom feed cannot be read: %v", err)
	}
	f.lang = doc.Language
	if f.base == nil {
		f.base = baseOf(atomLink(doc.Links))
	}
	var out []tagwire.Entry
	for _, it := range doc.Entries[:min(len(doc.Entries), f.limit())] {
		e := tagwire.Entry{ID: cleanLine(it.ID), Language: f.lang, URL: resolve(f.base, atomLink(it.Links))}
		if e.URL == "" && absoluteLink(it.ID) {
			e.URL = resolve(f.base, it.ID)
		}
		// Term and label are both the publisher's word for it.
		for _, c := range it.Categories {
			e.PublisherTags = append(e.PublisherTags, c.Label, c.Term)
		}
		body := ""
		if c := it.Content; c != nil {
			if body = c.Value; e.URL == "" {
				e.URL = resolve(f.base, c.Src)
			}
		}
		e.Image = f.media(it.Extensions)
		dates := append([]string{it.Published}, value(it.Extensions, "dc", "date")...)
		out = append(out, f.finish(e, it.Title, it.Summary, body, append(dates, it.Updated)))
	}
	return out, nil
}

// finish does what all formats share: texts, date, tags, picture.
func (f feed) finish(e tagwire.Entry, title, summary, body string, dates []string) tagwire.Entry {
	e.Title = headline(title)
	var told, toldToo bool
	e.Body, told = ownLines(plain(body), f.src.Article.DropLines)
	own := ""
	own, toldToo = ownLines(plain(summary), f.src.Article.DropLines)
	e.Translated = told || toldToo
	if e.Body == "" {
		e.Body = own // many feeds put the whole text there
	}
	if e.Title == "" {
		e.Title = firstSentence(firstOf(own, e.Body))
	}
	e.Summary = summarize(own, e.Body, e.Title)
	if e.Image == "" {
		e.Image = f.picture(body, summary)
	}
	for _, d := range dates {
		if d = cleanLine(plain(d)); d == "" {
			continue
		}
		if e.DateText == "" {
			e.DateText = shorten(d, 100)
		}
		if r, ok := readDate(d, f.zone, f.now); ok {
			e.Published, e.DateText = r.at.UTC(), shorten(d, 100)
			break
		}
	}
	e.PublisherTags = tidyTags(e.PublisherTags, e.Title)
	e.Language = cleanLine(e.Language)
	return e
}

// media finds a picture in Media RSS.
func (f feed) media(x ext.Extensions) string {
	for _, name := range []string{"content", "thumbnail"} {
		for _, el := range append(x["media"][name], inGroups(x, name)...) {
			kind := el.Attrs["type"] + el.Attrs["medium"]
			if name == "thumbnail" || strings.HasPrefix(kind, "image") {
				if u := resolve(f.base, el.Attrs["url"]); u != "" {
					return u
				}
			}
		}
	}
	return ""
}

func inGroups(x ext.Extensions, name string) []ext.Extension {
	var out []ext.Extension
	for _, g := range x["media"]["group"] {
		out = append(out, g.Children[name]...)
	}
	return out
}

var imgSrc = regexp.MustCompile(`(?i)<img\s[^>]*?\bsrc\s*=\s*["']([^"'>]+)["']`)

// picture is the first one within the texts.
func (f feed) picture(texts ...string) string {
	for _, t := range texts {
		if m := imgSrc.FindStringSubmatch(t); m != nil {
			if u := resolve(f.base, html.UnescapeString(m[1])); u != "" {
				return u
			}
		}
	}
	return ""
}

// atomLink is the address of the article among an entry's links.
func atomLink(links []*atom.Link) string {
	best := ""
	for _, l := range links {
		switch {
		case l.Rel != "" && l.Rel != "alternate":
		case l.Type == "" || strings.Contains(l.Type, "html"):
			return l.Href
		case best == "":
			best = l.Href
		}
	}
	return best
}

func value(x ext.Extensions, space, name string) []string {
	var out []string
	for _, el := range x[space][name] {
		out = append(out, el.Value)
	}
	return out
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// firstOf is the first string that is not blank.
func firstOf(s ...string) string {
	for _, x := range s {
		if strings.TrimSpace(x) != "" {
			return x
		}
	}
	return ""
}

func absoluteLink(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// notFeed tells a web page from a feed, and where its feed may be.
func notFeed(text []byte, base *url.URL) error {
	head := text[:min(len(text), 2048)]
	if rootStart.Match(head) && !htmlRoot.Match(head) || !htmlRoot.Match(head) {
		return nil
	}
	if r := rootStart.FindIndex(head); r != nil && r[0] < htmlRoot.FindIndex(head)[0] {
		return nil
	}
	name := ""
	if m := htmlTitle.FindSubmatch(text[:min(len(text), 64<<10)]); m != nil {
		if t := headline(string(m[1])); t != "" {
			name = ` titled "` + shorten(t, 80) + `"`
		}
	}
	hint := ""
	for _, tag := range linkTag.FindAll(text[:min(len(text), 256<<10)], 200) {
		if feedType.Match(tag) {
			if m := hrefAttr.FindSubmatch(tag); m != nil {
				if u := resolve(base, html.UnescapeString(string(m[1]))); u != "" {
					hint = "; its feed may be " + u
					break
				}
			}
		}
	}
	if hint == "" {
		hint = "; if it lists the news, the kind is page"
	}
	return refuse("this is a web page%s, not a feed%s", name, hint)
}

var (
	htmlRoot  = regexp.MustCompile(`(?i)<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]`)
	htmlTitle = regexp.MustCompile(`(?i)<title[^>]*>([^<]*)</title>`)
	linkTag   = regexp.MustCompile(`(?i)<link\s[^>]*>`)
	feedType  = regexp.MustCompile(`(?i)application/(?:rss\+xml|atom\+xml|feed\+json)`)
	hrefAttr  = regexp.MustCompile(`(?i)\bhref\s*=\s*["']?([^"'\s>]+)`)
)

// otherRoot names documents that are XML, but no feed.
func otherRoot(root string) string {
	switch root {
	case "urlset", "sitemapindex":
		return "this is a sitemap, not a feed: the kind is sitemap"
	case "opml":
		return "this is an OPML list of feeds, not a feed: take the addresses out of it"
	case "entry":
		return "this is a single Atom entry, not a feed"
	case "channel":
		return "this is a CDF channel, a format of the 1990s that is not read"
	case "html", "head", "body":
		return "this is a web page, not a feed"
	}
	return "this is an XML document of type " + shorten(root, 40) + ", not a feed"
}
