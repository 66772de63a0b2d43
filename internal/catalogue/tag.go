package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// tags reads the tags. Slugs are gathered first, so that a tag may refer to a
// later one.
func (r *reader) tags(n node) []tagwire.Tag {
	var out []tagwire.Tag
	var all []fields
	taken := map[string]int{}
	for _, item := range r.list(n, "tags") {
		f := r.fields(item, "a tag", "slug", "name", "parent", "aliases")
		slug := r.slug(f.need("slug", "the tag", "write slug: and a short name of a-z, 0-9 and hyphens"), "tag", taken)
		r.know(slug)
		out = append(out, tagwire.Tag{Slug: tagwire.TagSlug(slug)})
		all = append(all, f)
	}
	for i, f := range all {
		tag := &out[i]
		tag.Name = r.byLanguage(f.need("name", "the tag", "write name: {en: ..., zh: ...}"), "name")
		if parent := f.node("parent"); parent.is() {
			s := r.text(parent)
			r.checkTag(parent, s)
			tag.Parent = tagwire.TagSlug(s)
		}
		for _, item := range r.list(f.node("aliases"), "aliases") {
			tag.Aliases = append(tag.Aliases, r.alias(item)...)
		}
	}
	r.cycles(out, all)
	return out
}

// alias reads a plain word, a word with flags, or one or more decoys.
func (r *reader) alias(n node) []tagwire.Alias {
	if s, ok := text(n); ok {
		return []tagwire.Alias{{Text: r.aliasText(n, s)}}
	}
	f := r.fields(n, "an alias", "text", "case", "not", "needs")
	if !f.self.is() {
		return nil
	}
	exact := false
	if n := f.node("case"); n.is() {
		s := r.text(n)
		exact = s == "exact"
		if s != "exact" && s != "any" {
			r.fault(n, fmt.Sprintf("no case %s", quote(s)), "write case: exact, or leave it out")
		}
	}
	word, not, needs := f.node("text"), f.node("not"), f.node("needs")
	switch {
	case word.is() && not.is():
		r.fault(n, "an alias has text or not, never both", "make two of them: {text: ...} and {not: ...}")
		return nil
	case not.is() && needs.is():
		r.fault(needs, "needs does nothing beside not", "take it away")
		return nil
	case !word.is() && !not.is():
		r.fault(n, "the alias has neither text nor not", "write {text: a word} or {not: a misleading phrase}")
		return nil
	case word.is():
		s := r.aliasText(word, r.text(word))
		return []tagwire.Alias{{Text: s, Exact: exact, Needs: r.tagList(needs)}}
	}
	decoys := []node{not}
	if _, single := text(not); !single {
		decoys = r.list(not, "phrases")
	}
	var out []tagwire.Alias
	for _, d := range decoys {
		out = append(out, tagwire.Alias{Text: r.aliasText(d, r.text(d)), Exact: exact, Not: true})
	}
	return out
}

func (r *reader) aliasText(n node, s string) string {
	s = strings.TrimSpace(s)
	if err := taxonomy.CheckAlias(s); err != nil {
		r.fault(n, fmt.Sprintf("bad alias %s: %v", quote(s), err), "write a word or a short phrase")
	}
	return s
}

// cycles faults every tag that is below itself.
func (r *reader) cycles(tags []tagwire.Tag, all []fields) {
	parents := map[tagwire.TagSlug]tagwire.TagSlug{}
	for _, t := range tags {
		if _, twice := parents[t.Slug]; !twice {
			parents[t.Slug] = t.Parent
		}
	}
	for i, t := range tags {
		if t.Parent == "" {
			continue
		}
		way := []string{string(t.Slug)}
		for p := t.Parent; p != "" && len(way) <= len(tags); p = parents[p] {
			way = append(way, string(p))
			if p == t.Slug {
				if len(way) > 6 {
					way = slices.Concat(way[:5], []string{"…"}, way[len(way)-1:])
				}
				r.fault(all[i].node("parent"), "a tag is below itself: "+strings.Join(way, " > "), "give one of them another parent")
				break
			}
		}
	}
}
