package catalogue

import (
	"fmt"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// maxItems is the most entries that a source may keep of one poll.
const maxItems = 1000

// kinds are the ways in which a source is read.
func kinds() []string {
	return []string{string(tagwire.Feed), string(tagwire.Page), string(tagwire.Sitemap)}
}

// sources reads the sources; zone is the one of those that name none.
func (r *reader) sources(n node, zone string) []tagwire.Source {
	var out []tagwire.Source
	taken := map[string]int{}
	for _, item := range r.list(n, "sources") {
		f := r.fields(item, "a source", "slug", "name", "kind", "url", "schedule", "timezone", "language", "charset",
			"list", "article", "id_pattern", "tags", "max_items")
		name := f.need("name", "the source", "write name: and what readers shall see as the source")
		src := tagwire.Source{
			Name:      r.text(name),
			Kind:      r.kind(f.need("kind", "the source", "write kind: feed, page or sitemap")),
			URL:       r.url(f.need("url", "the source", "write url: https://...")),
			Schedule:  r.schedule(f.node("schedule")),
			Zone:      r.zone(f.node("timezone"), zone),
			Language:  r.language(f.node("language"), ""),
			Charset:   r.charset(f.node("charset")),
			IDPattern: r.idPattern(f.node("id_pattern")),
			Tags:      r.tagList(f.node("tags")),
			MaxItems:  int(min(r.number(f.node("max_items")), maxItems+1)),
		}
		if src.MaxItems < 0 || src.MaxItems > maxItems {
			r.fault(f.node("max_items"), "max_items is out of range", fmt.Sprintf("use 1 to %d, or leave it out", maxItems))
		}
		src.List = r.listRules(f.node("list"))
		src.Article = r.articleRules(f.node("article"))
		if list := f.node("list"); list.is() && src.Kind != tagwire.Page && src.Kind != "" {
			r.fault(list, fmt.Sprintf("list does nothing for kind %s", src.Kind), "write kind: page, or take it away")
		}
		src.Slug = tagwire.SourceSlug(r.sourceSlug(f, name, src.Name, taken))
		out = append(out, src)
	}
	return out
}

// sourceSlug is the slug given, or one made of the name.
func (r *reader) sourceSlug(f fields, name node, text string, taken map[string]int) string {
	if given := f.node("slug"); given.is() {
		return r.slug(given, "source", taken)
	}
	if text == "" {
		return "" // said already
	}
	s := slugOf(text)
	if taxonomy.CheckSlug(s) != nil {
		r.fault(name, fmt.Sprintf("no slug can be made of the name %s", quote(text)), "write slug: and a short name of a-z, 0-9 and hyphens")
		return ""
	}
	r.unique(name, s, "source", taken)
	return s
}

func (r *reader) kind(n node) tagwire.SourceKind {
	s := r.text(n)
	switch tagwire.SourceKind(s) {
	case tagwire.Feed, tagwire.Page, tagwire.Sitemap:
		return tagwire.SourceKind(s)
	}
	if n.is() {
		remedy := "use feed (RSS, Atom, JSON Feed), page or sitemap"
		if s == "rss" || s == "atom" || s == "json" {
			remedy = "use feed"
		} else if s == "html" {
			remedy = "use page"
		} else if near, ok := taxonomy.Closest(s, kinds()); ok {
			remedy = "did you mean " + near + "?"
		}
		r.fault(n, fmt.Sprintf("no kind of source %s", quote(s)), remedy)
	}
	return ""
}

func (r *reader) listRules(n node) tagwire.ListRules {
	f := r.fields(n, "list", "item", "link", "title", "date", "summary")
	return tagwire.ListRules{
		Item:    r.selector(f.node("item")),
		Link:    r.selector(f.node("link")),
		Title:   r.selector(f.node("title")),
		Date:    r.selector(f.node("date")),
		Summary: r.selector(f.node("summary")),
	}
}

func (r *reader) articleRules(n node) tagwire.ArticleRules {
	f := r.fields(n, "article", "title", "date", "body", "tags", "category", "image", "drop", "drop_lines")
	return tagwire.ArticleRules{
		Title:     r.selector(f.node("title")),
		Date:      r.selector(f.node("date")),
		Body:      r.selector(f.node("body")),
		Tags:      r.selector(f.node("tags")),
		Category:  r.selector(f.node("category")),
		Image:     r.selector(f.node("image")),
		Drop:      r.texts(f.node("drop"), "CSS selectors", r.selector),
		DropLines: r.texts(f.node("drop_lines"), "texts", r.text),
	}
}
