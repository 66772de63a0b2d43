// Package render turns articles and digests into Telegram messages: HTML that is
// valid, bounded and inert by construction. Whatever came from a feed passes
// through tagwire.Foreign or Link; nothing else builds markup from text.
//
// Paginate cuts a digest into pages once, when it is due; Digest renders a page
// whenever it is sent, always the same. Sizes are measured on the HTML that is
// really sent. The package does no I/O and never asks what time it is.
package render

import (
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// Renderer renders for one taxonomy. It is safe for concurrent use.
type Renderer struct {
	tags map[tagwire.TagSlug]place
}

// place is where a tag stands in the taxonomy.
type place struct {
	tag   tagwire.Tag
	order int // in the catalogue
	depth int // ancestors
}

// New makes a renderer for the tags in catalogue order.
func New(tags []tagwire.Tag) *Renderer {
	r := &Renderer{tags: make(map[tagwire.TagSlug]place, len(tags))}
	for i, t := range tags {
		r.tags[t.Slug] = place{tag: t, order: i}
	}
	for slug, p := range r.tags {
		// The bound ends the walk even where parents form a circle.
		for up := p.tag.Parent; up != "" && p.depth < len(tags); up = r.tags[up].tag.Parent {
			p.depth++
		}
		r.tags[slug] = p
	}
	return r
}

// name is the tag's name in the language of the texts. A tag that has left the
// catalogue goes by its slug.
func (r *Renderer) name(tag tagwire.TagSlug, t locale.Texts) string {
	if p, ok := r.tags[tag]; ok {
		return p.tag.NameIn(t.Language())
	}
	return string(tag)
}

// zone is the location for an IANA name, UTC where it is not known.
func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}
