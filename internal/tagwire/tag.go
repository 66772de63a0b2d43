package tagwire

// TagSlug is the stable name of a tag: lower-case ASCII letters, digits and
// single hyphens, at most MaxSlug bytes, such as "rare-earths".
type TagSlug string

// MaxSlug is the longest slug in bytes. A slug travels in the data of an inline
// button, of which Telegram carries 64 bytes.
const MaxSlug = 40

// Tag is one node of the industry taxonomy.
type Tag struct {
	Slug    TagSlug
	Name    map[string]string // by language: "en", "zh"
	Parent  TagSlug           // empty at the top of the tree
	Aliases []Alias
}

// NameIn is the tag's name in a language, in English where that is missing, and
// the slug where both are.
func (t Tag) NameIn(language string) string {
	if n := t.Name[language]; n != "" {
		return n
	}
	if n := t.Name["en"]; n != "" {
		return n
	}
	return string(t.Slug)
}

// Alias is a word or phrase that stands for a tag in a text.
type Alias struct {
	Text string
	// Exact demands the very same upper and lower case: "Nd", "Tin".
	Exact bool
	// Not makes the phrase a decoy: where it occurs, its words count for no
	// alias of this tag (稀土掘金 is a programmers' site, not rare earths).
	Not bool
	// Needs lists tags of which the article must carry one by other words for
	// this alias to count ("magnet" needs metals).
	Needs []TagSlug
}

// TagMatch is one tag of an article with the reason for it.
type TagMatch struct {
	Tag TagSlug
	// Implied is set on the ancestors of a matched tag: subscribers of the
	// parent receive the article, but the post does not show the parent.
	Implied bool
	Reason  string // the words and the field that decided: `title: "rare earth"`
	Score   int
}
