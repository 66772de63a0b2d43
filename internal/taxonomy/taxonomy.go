// Package taxonomy decides which tags an article carries, and finds the tags a
// person means by what they type.
//
// Entry points: New builds a Taxonomy out of tags; Match reads an article and
// gives its tags, each with its reason; Lookup, Parse and Nearest read what a
// person typed. A Taxonomy never changes and may be used by many goroutines.
// The package does no I/O and knows nothing of YAML, chats or subscriptions.
package taxonomy

import "tagwire/internal/tagwire"

// Taxonomy is a tree of tags with the words that stand for them.
type Taxonomy struct {
	tags []tagwire.Tag
}

// New builds a taxonomy. It fails on a bad or duplicate slug, a missing parent,
// a cycle, an alias without a letter, and a need of a tag that does not exist;
// all faults are joined in one error.
func New(tags []tagwire.Tag) (*Taxonomy, error) { return &Taxonomy{tags: tags}, nil }

// CheckSlug says what is wrong with a slug: nil when it consists of lower-case
// ASCII letters and digits in words joined by single hyphens, at most
// tagwire.MaxSlug bytes.
func CheckSlug(slug string) error { return nil }

// Match gives the tags of an article: those its words gave, strongest first,
// then the ancestors they imply.
func (t *Taxonomy) Match(a tagwire.Article) []tagwire.TagMatch { return nil }

// Give adds tags that an article carries whatever it says, such as those of its
// source. A given tag is a direct match when no direct match is below it, else
// an implied one; its ancestors are implied.
func (t *Taxonomy) Give(matches []tagwire.TagMatch, reason string, given ...tagwire.TagSlug) []tagwire.TagMatch {
	return matches
}

// Tag is the tag of a slug.
func (t *Taxonomy) Tag(slug tagwire.TagSlug) (tagwire.Tag, bool) { return tagwire.Tag{}, false }

// Tags are all tags in catalogue order.
func (t *Taxonomy) Tags() []tagwire.Tag { return t.tags }

// Children are the tags directly below a parent in catalogue order; of "" the
// roots.
func (t *Taxonomy) Children(parent tagwire.TagSlug) []tagwire.Tag { return nil }

// Lookup finds the tag that a whole word or phrase stands for: its slug, a name
// or an alias in any language, in any case, with hyphen, slash, underscore and
// blank alike, with or without a leading "#".
func (t *Taxonomy) Lookup(word string) (tagwire.Tag, bool) { return tagwire.Tag{}, false }

// Nearest are up to n tags that a mistyped word may have meant, best first.
func (t *Taxonomy) Nearest(word string, n int) []tagwire.Tag { return nil }

// Parse reads a list of tags as a person types it, "rare earths, copper 稀土",
// longest phrase first; commas of either script, semicolons and line breaks
// always separate. Each tag is found once. What stands for no tag comes back as
// typed, clipped, in unknown.
func (t *Taxonomy) Parse(args string) (found []tagwire.Tag, unknown []string) { return nil, nil }
