package tagwire

import "time"

// SourceID is a source's row; SourceSlug its stable name in the catalogue.
type (
	SourceID   int64
	SourceSlug string
)

// SourceKind says how a source is read.
type SourceKind string

// The kinds of source.
const (
	Feed    SourceKind = "feed"    // RSS, Atom or JSON Feed
	Page    SourceKind = "page"    // an HTML list of news, then each article's page
	Sitemap SourceKind = "sitemap" // a sitemap, best with the news extension
)

// Source is a configured place that publishes news.
type Source struct {
	Slug     SourceSlug
	Name     string
	Kind     SourceKind
	URL      string
	Schedule string // a cron spec, such as "@every 10m"
	Zone     string // IANA zone for dates that carry none and for abbreviations
	Language string
	Charset  string // only where the source declares a wrong one
	// List finds the entries of a page source, Article the parts of one article.
	List    ListRules
	Article ArticleRules
	// IDPattern is a regular expression whose first group is the publisher's own
	// number of an article in its address.
	IDPattern string
	Tags      []TagSlug // given to every article of this source
	MaxItems  int       // entries kept of one poll; 0 means the default
}

// ListRules are CSS selectors for the entries of a news list.
type ListRules struct {
	Item, Link, Title, Date, Summary string
}

// ArticleRules are CSS selectors for the parts of an article's page. Empty ones
// leave the part to metadata and, for the body, to readability.
type ArticleRules struct {
	Title, Date, Body, Tags, Category, Image string
	Drop                                     []string // elements taken out first
	DropLines                                []string // lines that start so are furniture
}

// SourceState is what the store knows of a source between polls.
type SourceState struct {
	ID           SourceID
	Slug         SourceSlug
	ETag         string
	LastModified string
	NextPoll     time.Time
	LastOK       time.Time // zero before the first success
	Fails        int       // polls failed in a row
	LastError    string
	// Baselined is set after the first successful poll; what that one finds is
	// stored but never posted.
	Baselined bool
	Entries   int // entries the last successful poll found
}

// Poll is the outcome of reading one source, as the store records it.
type Poll struct {
	Source       SourceID
	Next         time.Time // when to poll again
	ETag         string
	LastModified string
	// Failed says why the poll failed, in the operator's words; empty on success.
	Failed    string
	Unchanged bool // the source answered 304: nothing was read
	Entries   int
	Articles  []Article // with Keys; those whose keys are known are passed over
}
