package tagwire

import "time"

// ArticleID numbers articles in the order they were first stored.
type ArticleID int64

// Entry is a piece of news as a source shows it, before normalisation. Texts
// are plain: no markup, no entities.
type Entry struct {
	ID            string // the publisher's own identity of it (guid, Atom id, number); may be empty
	URL           string // absolute
	Title         string
	Summary       string
	Body          string
	DateText      string    // the date as printed
	Published     time.Time // zero when unknown; never guessed
	Language      string
	PublisherTags []string // tags the publisher gave the article
	Categories    []string // breadcrumb, section: where it is filed, not what it is about
	Image         string
	Translated    bool // the source says a machine translated the text
}

// Article is a normalised, stored piece of news.
type Article struct {
	ID         ArticleID
	Source     SourceSlug
	SourceName string
	// Keys are what makes two articles of one source the same: one in common
	// suffices. Set on the way into the store only.
	Keys          []string
	URL           string
	Title         string
	Summary       string
	Body          string
	Language      string
	DateText      string
	Published     time.Time // zero when the source gave no date that can be trusted
	FirstSeen     time.Time
	PublisherTags []string
	Categories    []string
	Image         string
	Translated    bool
	// Stale is set on an article that came out long before it was first seen: it
	// is stored and can be asked for, but never posted as news.
	Stale bool
	Tags  []TagMatch
}

// At is when the article came out: as published, else as first seen.
func (a Article) At() time.Time {
	if a.Published.IsZero() {
		return a.FirstSeen
	}
	return a.Published
}

// ShownTags are the tags the words of the article gave, without implied parents,
// strongest first as stored.
func (a Article) ShownTags() []TagSlug {
	var out []TagSlug
	for _, m := range a.Tags {
		if !m.Implied {
			out = append(out, m.Tag)
		}
	}
	return out
}

// Has reports whether the article carries the tag, implied or not.
func (a Article) Has(tag TagSlug) bool {
	for _, m := range a.Tags {
		if m.Tag == tag {
			return true
		}
	}
	return false
}
