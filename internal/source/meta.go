package source

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// meta is what a page says of itself to machines: JSON-LD, OpenGraph, <meta>.
type meta struct {
	headline    string // JSON-LD
	title       string // OpenGraph
	description string
	body        string // JSON-LD articleBody
	image       string
	site        string
	language    string
	dates       []string // in order of trust
	tags        []string // article:tag
	ldKeywords  []string
	keywords    []string // <meta name=keywords>
	sections    []string
	crumbs      []string // JSON-LD BreadcrumbList
}

func readMeta(page *goquery.Document) meta {
	var m meta
	page.Find(`script[type="application/ld+json"]`).EachWithBreak(func(i int, s *goquery.Selection) bool {
		m.jsonLD(s.Text())
		return i < 20
	})
	values := map[string][]string{}
	page.Find("meta[content]").EachWithBreak(func(i int, s *goquery.Selection) bool {
		v := strings.TrimSpace(s.AttrOr("content", ""))
		for _, attr := range []string{"property", "name", "itemprop", "http-equiv"} {
			if key := strings.ToLower(strings.TrimSpace(s.AttrOr(attr, ""))); key != "" && v != "" {
				values[key] = append(values[key], v)
			}
		}
		return i < 300
	})
	one := func(keys ...string) string {
		for _, k := range keys {
			if v := first(values[k]); v != "" {
				return v
			}
		}
		return ""
	}
	m.title = one("og:title", "twitter:title")
	m.description = firstOf(one("og:description", "description", "twitter:description"), m.description)
	m.image = firstOf(one("og:image", "og:image:url", "twitter:image", "twitter:image:src"), m.image)
	m.site = one("og:site_name", "application-name")
	for _, key := range []string{"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
		"pubdate", "publishdate", "publish_date", "publish-date", "sailthru.date", "dc.date.issued", "dc.date", "dcterms.created",
		"dcterms.date", "dcterms.issued", "article.published", "published_at", "weibo:article:create_at", "bytedance:published_time", "date"} {
		m.dates = append(m.dates, values[key]...)
	}
	m.tags = append(values["article:tag"], values["og:article:tag"]...)
	for _, key := range []string{"news_keywords", "keywords", "parsely-tags", "sailthru.tags"} {
		for _, v := range values[key] {
			m.keywords = append(m.keywords, splitTags(v)...)
		}
	}
	m.sections = append(m.sections, values["article:section"]...)
	m.language = strings.TrimSpace(page.Find("html").AttrOr("lang", ""))
	if l := one("og:locale", "content-language"); m.language == "" {
		m.language = strings.ReplaceAll(l, "_", "-")
	}
	return m
}

// jsonLD gathers what the articles and breadcrumbs in a script say.
func (m *meta) jsonLD(script string) {
	// Raw line breaks within strings are the commonest fault.
	script = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, script)
	script = strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(script), "<!--")), "-->")
	var v any
	if unmarshal([]byte(script), &v) == nil {
		m.walk(v, 0)
	}
}

func (m *meta) walk(v any, depth int) {
	if depth > 8 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v[:min(len(v), 200)] {
			m.walk(x, depth+1)
		}
	case map[string]any:
		types := strings.ToLower(strings.Join(strs(v["@type"]), " "))
		switch {
		case strings.Contains(types, "article") || strings.Contains(types, "posting") || strings.Contains(types, "report"):
			m.article(v)
		case strings.Contains(types, "breadcrumblist"):
			if list, ok := v["itemListElement"].([]any); ok && len(m.crumbs) == 0 {
				for _, x := range list[:min(len(list), 20)] {
					if it, ok := x.(map[string]any); ok {
						name := scalar(it["name"])
						if in, ok := it["item"].(map[string]any); ok && name == "" {
							name = scalar(in["name"])
						}
						m.crumbs = append(m.crumbs, name)
					}
				}
			}
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			m.walk(v[key], depth+1)
		}
	}
}

// article takes the parts of the first article of the page.
func (m *meta) article(v map[string]any) {
	if m.headline != "" {
		return // others are related ones
	}
	m.headline = firstOf(scalar(v["headline"]), scalar(v["name"]))
	for _, key := range []string{"datePublished", "dateCreated"} {
		if d := scalar(v[key]); d != "" {
			m.dates = append(m.dates, d)
		}
	}
	m.ldKeywords = strs(v["keywords"])
	m.sections = append(m.sections, strs(v["articleSection"])...)
	m.body = scalar(v["articleBody"])
	m.description = scalar(v["description"])
	m.image = firstOf(scalar(v["image"]), scalar(v["thumbnailUrl"]))
}
