package source

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"tagwire/internal/tagwire"
)

var (
	tagBlock = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:tags?|keywords?|topics?|taglist|tag-?box|labels?)(?:$|[\s_-])`)
	crumbs   = regexp.MustCompile(`(?i)^(?:home|homepage|首页|主页|当前位置|您的位置|您当前的位置)\s*[:：]?\s*(?:首页)?\s*[/>»›→|·-]+\s*\S.{0,150}$`)
	crumbSep = regexp.MustCompile(`\s*[/>»›→|]+\s*|\n`)
)

// tags are those the publisher gave the article, by the first rule that tells
// any: the source's selector, article:tag, a block of tags beside the article,
// JSON-LD, keywords. Breadcrumbs and sections are never among them.
func (a *article) tags(at int, e tagwire.Entry) []string {
	filed := map[string]bool{}
	rules := []func() []string{
		func() []string { return a.selected(a.rules.Tags) },
		func() []string { return a.meta.tags },
		func() []string { return a.tagBlocks() },
		func() []string { return a.meta.ldKeywords },
		func() []string { return a.meta.keywords },
		func() []string { return e.PublisherTags },
	}
	for i, rule := range rules {
		var own []string
		for _, t := range tidyTags(rule(), e.Title) {
			// Keywords often repeat the sections; a deliberate tag may do so too.
			if filed[strings.ToLower(t)] && i > 2 {
				continue
			}
			own = append(own, t)
		}
		if len(own) > 0 {
			return own
		}
		for _, c := range e.Categories {
			filed[strings.ToLower(c)] = true
		}
	}
	return nil
}

// selected are the texts of the elements of a selector, each one a tag or a list.
func (a *article) selected(sel string) []string {
	if sel == "" {
		return nil
	}
	var out []string
	a.page.Find(sel).EachWithBreak(func(i int, s *goquery.Selection) bool {
		out = append(out, tagTexts(s)...)
		return i < 100
	})
	return out
}

// tagTexts takes apart an element of tags: its links if it has any, else its text.
func tagTexts(s *goquery.Selection) []string {
	if c, ok := s.Attr("content"); ok {
		return splitTags(c)
	}
	for _, inner := range []string{"a", "li", "span"} {
		if parts := s.Find(inner); parts.Length() > 0 {
			var out []string
			parts.EachWithBreak(func(i int, p *goquery.Selection) bool {
				out = append(out, splitTags(nodeTextOf(p))...)
				return i < 100
			})
			return out
		}
	}
	return splitTags(tagLabel.ReplaceAllString(nodeTextOf(s), ""))
}

// tagBlocks looks for a block of tags by the names its element goes by. Links
// with rel=tag outside the article belong to other stories.
func (a *article) tagBlocks() []string {
	var out []string
	a.page.Find("[class], [id]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		name := s.AttrOr("class", "") + " " + s.AttrOr("id", "")
		if !tagBlock.MatchString(name) || s.Is("body, html, main, article, a, meta, input") || s.Closest("nav, aside, footer, header nav, li").Length() > 0 {
			return true
		}
		if longer(s.Nodes[0], 1200) {
			return true // a whole part of the page that has "tag" in its name
		}
		text := nodeTextOf(s)
		if text == "" || utf8.RuneCountInString(text) > 300 || sentences(text) {
			return true
		}
		out = append(out, tagTexts(s)...)
		return len(out) == 0
	})
	if len(out) > 0 {
		return out
	}
	a.page.Find("article a[rel~=tag], main a[rel~=tag]").EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.Closest("nav, aside, footer, li article").Length() == 0 {
			out = append(out, nodeTextOf(s))
		}
		return i < 30
	})
	return out
}

// longer reports whether an element's text, as it stands in the source, exceeds
// a number of bytes. It looks no further, so that parts within parts cost
// nothing.
func longer(n *html.Node, limit int) bool {
	var walk func(n *html.Node) bool
	walk = func(n *html.Node) bool {
		if n.Type == html.TextNode {
			limit -= len(n.Data)
		}
		for c := n.FirstChild; c != nil && limit >= 0; c = c.NextSibling {
			walk(c)
		}
		return limit < 0
	}
	return walk(n)
}

func sentences(text string) bool {
	return strings.Contains(text, ". ") || strings.Contains(text, "。")
}

// categories are where the article is filed: breadcrumb and section. They say
// what shelf it stands on, not what it is about.
func (a *article) categories(at int) []string {
	var out []string
	add := func(s string) {
		for _, c := range crumbSep.Split(s, -1) {
			c = strings.TrimSpace(strings.TrimPrefix(cleanLine(c), "当前位置："))
			switch strings.ToLower(c) {
			case "", "home", "homepage", "首页", "主页", "正文", "news", "新闻", "当前位置", "您的位置", "您当前的位置":
				continue
			}
			if utf8.RuneCountInString(c) <= tagMax {
				out = append(out, c)
			}
		}
	}
	crumbText := func(sel string) {
		a.page.Find(sel).EachWithBreak(func(i int, s *goquery.Selection) bool {
			add(nodeText2(s))
			return i < 10
		})
	}
	if a.rules.Category != "" {
		crumbText(a.rules.Category)
	}
	if len(out) == 0 {
		crumbText(`[class*=breadcrumb], [class*=Breadcrumb], [id*=breadcrumb], [aria-label=breadcrumb], [class*=crumbs]`)
	}
	if len(out) == 0 {
		for _, c := range a.meta.crumbs {
			add(c)
		}
	}
	if len(out) == 0 {
		for i := 0; i < at && i < len(a.lines); i++ {
			if t := a.lines[i].text; crumbs.MatchString(t) {
				add(t)
				break
			}
		}
	}
	for _, s := range a.meta.sections {
		add(s)
	}
	// The last crumb is often the article itself.
	title := ""
	if at >= 0 {
		title = a.lines[at].text
	}
	return tidyTags(out, title)
}

// nodeText2 is an element's text with its links and list items on lines of their own.
func nodeText2(s *goquery.Selection) string {
	if parts := s.Find("li, a, span"); parts.Length() > 0 {
		return rowText(s)
	}
	return nodeTextOf(s)
}
