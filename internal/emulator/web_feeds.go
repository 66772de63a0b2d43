package emulator

import (
	"encoding/xml"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type rssFeed struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Media   string   `xml:"xmlns:media,attr"`
	Channel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Language    string    `xml:"language"`
		LastBuild   string    `xml:"lastBuildDate,omitempty"`
		Items       []rssItem `xml:"item"`
	} `xml:"channel"`
}

type rssItem struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	GUID        rssGUID   `xml:"guid"`
	PubDate     string    `xml:"pubDate"`
	Categories  []string  `xml:"category"`
	Description cdata     `xml:"description"`
	Media       *rssMedia `xml:"media:content"`
}

type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

type rssMedia struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

// rss is the feed of an RSS 2.0 site. As many publishers do, it marks its links
// with campaign parameters and puts markup into descriptions.
func (s *newsroom) rss() webPage {
	articles, modified := s.newest()
	f := rssFeed{Version: "2.0", Media: "http://search.yahoo.com/mrss/"}
	f.Channel.Title, f.Channel.Link, f.Channel.Language = s.Name, "https://"+s.Host+"/", s.Language
	f.Channel.Description = "News and analysis for people who buy, sell and shape metals."
	if !modified.IsZero() {
		f.Channel.LastBuild = modified.UTC().Format(time.RFC1123Z)
	}
	for _, a := range articles {
		it := rssItem{
			Title: a.Title, Link: a.URL + "?utm_source=rss&utm_medium=feed",
			GUID:    rssGUID{ID: s.Key + "-" + strconv.Itoa(a.ID)},
			PubDate: a.Published.UTC().Format(time.RFC1123Z), Categories: a.Tags,
			Description: cdata{"<p>" + html.EscapeString(a.Summary()) + "</p>"},
		}
		if a.Image != "" {
			it.Media = &rssMedia{URL: "https://" + s.Host + "/img/" + a.Image + ".svg", Medium: "image"}
		}
		f.Channel.Items = append(f.Channel.Items, it)
	}
	return feedPage("application/rss+xml; charset=utf-8", f, modified)
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Link       atomLink       `xml:"link"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     string         `xml:"author>name,omitempty"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
	Content    atomContent    `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// atom is the feed of an Atom site; it carries whole articles.
func (s *newsroom) atom() webPage {
	articles, modified := s.newest()
	f := atomFeed{
		Lang: s.Language, ID: "tag:" + s.Host + ",2024:feed", Title: s.Name, Updated: modified.In(china).Format(time.RFC3339),
		Links: []atomLink{{Rel: "self", Href: s.Source}, {Rel: "alternate", Href: "https://" + s.Host + "/"}},
	}
	for _, a := range articles {
		e := atomEntry{
			ID: "tag:" + s.Host + ",2024:" + strconv.Itoa(a.ID), Title: a.Title, Link: atomLink{Rel: "alternate", Href: a.URL},
			Published: a.Published.In(china).Format(time.RFC3339), Updated: a.changed().In(china).Format(time.RFC3339),
			Author: a.Author, Summary: a.Summary(),
		}
		for _, tag := range a.Tags {
			e.Categories = append(e.Categories, atomCategory{tag})
		}
		var b strings.Builder
		for _, par := range a.Body {
			b.WriteString("<p>" + html.EscapeString(par) + "</p>")
		}
		e.Content = atomContent{"html", b.String()}
		f.Entries = append(f.Entries, e)
	}
	return feedPage("application/atom+xml; charset=utf-8", f, modified)
}

func feedPage(contentType string, feed any, modified time.Time) webPage {
	body, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return webPage{status: http.StatusInternalServerError, contentType: "text/plain; charset=utf-8", body: []byte(err.Error())}
	}
	body = append([]byte(`<?xml version="1.0" encoding="utf-8"?>`+"\n"), body...)
	return webPage{status: http.StatusOK, contentType: contentType, body: append(body, '\n'), modified: modified}
}
