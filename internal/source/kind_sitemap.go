package source

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"sort"
	"strings"
	"time"

	"tagwire/internal/tagwire"
)

// unpackedMax bounds a packed sitemap; the format's own limit is ten times more.
const unpackedMax = 5 << 20

// decodeSitemap reads a sitemap, best with the news extension; one without gives
// addresses, newest first, and the pages tell the rest. An index is a *Follow.
func decodeSitemap(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error) {
	body := doc.Body
	if bytes.HasPrefix(body, []byte("\x1F\x8B")) {
		var err error
		if body, err = unpack(body); err != nil {
			return nil, err
		}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, refuse("the answer is empty")
	}
	text, _ := toUTF8(body, src.Charset, doc.ContentType)
	base := baseOf(doc.URL)
	if htmlRoot.Match(text[:min(len(text), 1024)]) && !rootStart.Match(text[:min(len(text), 4096)]) {
		return nil, refuse("this is a web page, not a sitemap")
	}
	p, err := prepareXML(text)
	if err != nil {
		return nil, err
	}
	if p.root != "urlset" && p.root != "sitemapindex" {
		return nil, refuse("this is %q, not a sitemap (urlset or sitemapindex)", shorten(p.root, 40))
	}
	urls, err := parseSitemap(p.text)
	if err != nil {
		return nil, err
	}
	zone := zoneOf(src.Zone)
	if p.root == "sitemapindex" {
		return nil, index(urls, base, zone, now)
	}
	var dated, undated []tagwire.Entry
	// The last change of a page is not when it came out: it only orders the list.
	modified := map[string]bool{}
	for _, u := range urls {
		e := tagwire.Entry{
			URL:      resolve(base, u.Loc),
			Title:    headline(u.News.Title),
			DateText: cleanLine(firstOf(u.News.Date, u.LastMod)),
			Language: cleanLine(u.News.Publication.Language),
			Image:    resolve(base, u.Image.Loc),
		}
		e.PublisherTags = tidyTags(splitTags(u.News.Keywords), e.Title)
		modified[e.URL] = u.News.Date == ""
		if r, ok := readDate(e.DateText, zone, now); ok {
			e.Published = r.at.UTC()
			dated = append(dated, e)
		} else {
			undated = append(undated, e)
		}
	}
	sort.SliceStable(dated, func(i, j int) bool { return dated[i].Published.After(dated[j].Published) })
	for i := range dated {
		if modified[dated[i].URL] {
			dated[i].Published, dated[i].DateText = time.Time{}, ""
		}
	}
	return append(dated, undated...), nil
}

// index names the sitemaps to follow: those of news first, then the latest
// changed. Sitemaps of pictures, authors and the like hold no news.
func index(urls []siteURL, base *url.URL, zone *time.Location, now time.Time) error {
	type child struct {
		url  string
		news bool
		at   time.Time
		pos  int
	}
	var found []child
	for i, u := range urls {
		link := resolve(base, u.Loc)
		if link == "" {
			continue
		}
		name := strings.ToLower(path.Base(link))
		if strings.Contains(name, "image") || strings.Contains(name, "video") || strings.Contains(name, "author") || strings.Contains(name, "categor") || strings.Contains(name, "post_tag") || strings.HasPrefix(name, "tag") {
			continue
		}
		c := child{url: link, news: strings.Contains(name, "news"), pos: i}
		if r, ok := readDate(u.LastMod, zone, now); ok {
			c.at = r.at
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return refuse("the index of sitemaps names none that could hold news")
	}
	sort.Slice(found, func(i, j int) bool {
		a, b := found[i], found[j]
		if a.news != b.news {
			return a.news
		}
		if !a.at.Equal(b.at) {
			return a.at.After(b.at)
		}
		return a.pos < b.pos
	})
	f := &Follow{}
	for _, c := range found {
		f.URLs = append(f.URLs, c.url)
	}
	return f
}

// siteURL is one entry of a sitemap or of an index.
type siteURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    struct {
		Title       string `xml:"title"`
		Date        string `xml:"publication_date"`
		Keywords    string `xml:"keywords"`
		Publication struct {
			Language string `xml:"language"`
		} `xml:"publication"`
	} `xml:"news"`
	Image struct {
		Loc string `xml:"loc"`
	} `xml:"http://www.google.com/schemas/sitemap-image/1.1 image"`
}

func parseSitemap(text []byte) ([]siteURL, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var out []siteURL
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			if len(out) > 0 {
				return out, nil
			}
			return nil, refuse("the sitemap cannot be read: %v", err)
		}
		el, ok := t.(xml.StartElement)
		if !ok || !strings.EqualFold(el.Name.Local, "url") && !strings.EqualFold(el.Name.Local, "sitemap") {
			continue
		}
		var u siteURL
		if err := d.DecodeElement(&u, &el); err != nil {
			continue
		}
		out = append(out, u)
	}
}

func unpack(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, refuse("the packed sitemap is damaged")
	}
	out, err := io.ReadAll(io.LimitReader(z, unpackedMax+1))
	if len(out) > unpackedMax {
		return nil, refuse("the unpacked sitemap is larger than %d MiB", unpackedMax>>20)
	}
	if err != nil && len(out) == 0 {
		return nil, refuse("the packed sitemap is damaged")
	}
	return out, nil
}
