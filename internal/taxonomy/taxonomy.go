// Package taxonomy decides which tags an article carries, and finds the tags a
// person means by what they type.
//
// Entry points: New builds a Taxonomy out of tags; Match reads an article and
// gives its tags, each with its reason; Lookup, Parse and Nearest read what a
// person typed. A Taxonomy never changes and may be used by many goroutines.
// The package does no I/O and knows nothing of YAML, chats or subscriptions.
package taxonomy

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"tagwire/internal/tagwire"
)

// Taxonomy is a tree of tags with the words that stand for them.
type Taxonomy struct {
	tags     []tagwire.Tag
	index    map[tagwire.TagSlug]int32
	parents  []int32 // of each tag, -1 at the top
	roots    []int32 // of each tag, itself at the top
	children map[tagwire.TagSlug][]tagwire.Tag
	phrases  *phrases
	lookup   map[string]int32 // by key of slug, name or alias
	named    map[string]int32 // by key of slug or name only
	spelled  []spelling
}

// New builds a taxonomy. It fails on a bad or duplicate slug, a missing parent,
// a cycle, an alias without a letter, and a need of a tag that does not exist;
// all faults are joined in one error.
func New(tags []tagwire.Tag) (*Taxonomy, error) {
	t := &Taxonomy{
		tags:     slices.Clone(tags),
		index:    make(map[tagwire.TagSlug]int32, len(tags)),
		parents:  make([]int32, len(tags)),
		roots:    make([]int32, len(tags)),
		children: map[tagwire.TagSlug][]tagwire.Tag{},
	}
	if err := t.plant(); err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	t.phrases = phrasesOf(t.tags, t.index)
	t.learn()
	return t, nil
}

// plant checks the tags and builds the tree.
func (t *Taxonomy) plant() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for i, tag := range t.tags {
		if err := CheckSlug(string(tag.Slug)); err != nil {
			fault("tag %q: %w", tag.Slug, err)
		}
		if _, ok := t.index[tag.Slug]; ok {
			fault("tag %q is there twice", tag.Slug)
			continue
		}
		t.index[tag.Slug] = int32(i)
	}
	for i, tag := range t.tags {
		t.parents[i] = -1
		if tag.Parent != "" {
			p, ok := t.index[tag.Parent]
			if !ok {
				fault("tag %q: no parent %q", tag.Slug, tag.Parent)
			} else {
				t.parents[i] = p
			}
		}
		t.children[tag.Parent] = append(t.children[tag.Parent], tag)
		for _, a := range tag.Aliases {
			if err := CheckAlias(a.Text); err != nil {
				fault("tag %q: alias %q: %w", tag.Slug, cut(a.Text, 40), err)
			}
			for _, need := range a.Needs {
				if _, ok := t.index[need]; !ok {
					fault("tag %q: alias %q needs %q, which is no tag", tag.Slug, cut(a.Text, 40), need)
				}
			}
		}
	}
	for i := range t.tags {
		root, steps := int32(i), 0
		for t.parents[root] >= 0 && steps <= len(t.tags) {
			root, steps = t.parents[root], steps+1
		}
		if steps > len(t.tags) {
			fault("tag %q is below itself", t.tags[i].Slug)
		}
		t.roots[i] = root
	}
	return errors.Join(faults...)
}

// CheckSlug says what is wrong with a slug: nil when it consists of lower-case
// ASCII letters and digits in words joined by single hyphens, at most
// tagwire.MaxSlug bytes.
func CheckSlug(slug string) error {
	switch {
	case slug == "":
		return errors.New("slug is empty")
	case len(slug) > tagwire.MaxSlug:
		return fmt.Errorf("slug has %d bytes, more than %d", len(slug), tagwire.MaxSlug)
	}
	hyphen := true
	for _, r := range slug {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			hyphen = false
		case r == '-' && !hyphen:
			hyphen = true
		case r == '-':
			return errors.New("slug has a hyphen at its start or two in a row")
		default:
			return fmt.Errorf("slug has %q, but only a-z, 0-9 and hyphens are allowed", r)
		}
	}
	if hyphen {
		return errors.New("slug ends in a hyphen")
	}
	return nil
}

// CheckAlias says what is wrong with the text of an alias: nil when it has words
// without a sentence mark between them, and is not too long.
func CheckAlias(text string) error {
	if len(text) > maxAlias {
		return fmt.Errorf("has %d bytes, more than %d", len(text), maxAlias)
	}
	words, parted := 0, false
	split(normalize(text, maxAlias), func(s span) {
		parted = parted || words > 0 && !s.after
		words++
	})
	switch {
	case words == 0:
		return errors.New("has no letter or digit")
	case parted:
		return errors.New("has a sentence mark inside, over which no phrase reaches")
	}
	return nil
}

// Tag is the tag of a slug.
func (t *Taxonomy) Tag(slug tagwire.TagSlug) (tagwire.Tag, bool) {
	i, ok := t.index[slug]
	if !ok {
		return tagwire.Tag{}, false
	}
	return t.tags[i], true
}

// Tags are all tags in catalogue order.
func (t *Taxonomy) Tags() []tagwire.Tag { return slices.Clone(t.tags) }

// Children are the tags directly below a parent in catalogue order; of "" the
// roots.
func (t *Taxonomy) Children(parent tagwire.TagSlug) []tagwire.Tag {
	return slices.Clone(t.children[parent])
}

// Ancestors are the tags above a tag, the nearest first.
func (t *Taxonomy) Ancestors(slug tagwire.TagSlug) []tagwire.TagSlug {
	i, ok := t.index[slug]
	if !ok {
		return nil
	}
	var out []tagwire.TagSlug
	for p := t.parents[i]; p >= 0; p = t.parents[p] {
		out = append(out, t.tags[p].Slug)
	}
	return out
}

// names are the words that stand for a tag without being told: its slug, and its
// names in all languages.
func names(tag tagwire.Tag) []string {
	out := []string{string(tag.Slug)}
	for _, language := range slices.Sorted(maps.Keys(tag.Name)) {
		out = append(out, tag.Name[language])
	}
	return out
}
