package emulator

import (
	"bytes"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// listed is how many articles a feed or list page shows, newest first.
const listed = 20

// page is the site's answer for a path, faults aside.
func (s *newsroom) page(at string) webPage {
	at = path.Clean("/" + at)
	switch {
	case at == "/robots.txt":
		return webPage{status: http.StatusOK, contentType: "text/plain; charset=utf-8", body: []byte("User-agent: *\nAllow: /\n")}
	case strings.HasPrefix(at, "/img/"):
		body, err := siteFiles.ReadFile("site/img/" + path.Base(at))
		if err != nil {
			return notFound(s.Host + at)
		}
		return webPage{status: http.StatusOK, contentType: "image/svg+xml", body: body}
	case at == "/feed.xml" && s.Kind == "rss":
		return s.rss()
	case at == "/atom.xml" && s.Kind == "atom":
		return s.atom()
	case at == "/" || at == "/en/list" && s.Kind == "page":
		return s.front(at)
	}
	for i, a := range s.articles {
		if s.path(a) == at {
			return s.article(at, i)
		}
	}
	return notFound(s.Host + at)
}

// newest lists the articles a feed or list shows, and when it last changed.
func (s *newsroom) newest() (articles []SiteArticle, modified time.Time) {
	articles = slices.Clone(s.articles[max(0, len(s.articles)-listed):])
	slices.Reverse(articles)
	for _, a := range articles {
		if a.changed().After(modified) {
			modified = a.changed()
		}
	}
	return articles, modified
}

// webView is what the page templates see. All addresses are relative, so that the
// demo can show the pages below a path of its own.
type webView struct {
	Site     Site
	Root     string // relative way to the site's root: "" or "../../"
	Articles []webArticle
	Article  webArticle
	Related  []webArticle
}

type webArticle struct {
	SiteArticle
	Href  string
	Date  string
	Image string
}

func (s *newsroom) view(at string) webView {
	return webView{Site: s.Site, Root: strings.Repeat("../", strings.Count(at, "/")-1)}
}

func (s *newsroom) show(v webView, a SiteArticle) webArticle {
	out := webArticle{SiteArticle: a, Href: v.Root + strings.TrimPrefix(s.path(a), "/"), Date: s.dateline(a.Published)}
	if a.Image != "" {
		out.Image = v.Root + "img/" + a.Image + ".svg"
	}
	return out
}

// dateline is a date as the site prints it.
func (s *newsroom) dateline(t time.Time) string {
	switch s.Kind {
	case "rss":
		return t.UTC().Format("2 January 2006, 15:04 UTC")
	case "atom":
		return t.In(china).Format("2006年1月2日 15:04")
	}
	return t.In(china).Format("Jan 2,2006 15:04MST")
}

// front is the front page of a feed site, or the list page of the other.
func (s *newsroom) front(at string) webPage {
	v := s.view(at)
	articles, modified := s.newest()
	for _, a := range articles {
		v.Articles = append(v.Articles, s.show(v, a))
	}
	return s.render("front", v, modified)
}

// article is the page of the i-th article. What it relates to came out before
// it, so the page stays the same while others are published.
func (s *newsroom) article(at string, i int) webPage {
	v := s.view(at)
	a := s.articles[i]
	v.Article = s.show(v, a)
	for j := i - 1; j >= max(0, i-4); j-- {
		v.Related = append(v.Related, s.show(v, s.articles[j]))
	}
	return s.render("article", v, a.changed())
}

// parseTemplates reads the templates of a site: "front" and "article".
func parseTemplates(site string) (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"iso": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(siteFiles, "site/layout.tmpl", "site/"+site+".tmpl")
}

// render fills one of the site's templates.
func (s *newsroom) render(name string, v webView, modified time.Time) webPage {
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, v); err != nil {
		return webPage{status: http.StatusInternalServerError, contentType: "text/plain; charset=utf-8", body: []byte(err.Error())}
	}
	return webPage{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: b.Bytes(), modified: modified}
}
