package ingest

import (
	"context"
	"log/slog"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/fetch"
	"tagwire/internal/tagwire"
)

// Store is what ingest needs of the database.
type Store interface {
	DueSources(ctx context.Context, now time.Time, limit int) ([]tagwire.SourceState, error)
	KnownKeys(ctx context.Context, source tagwire.SourceID, keys []string) (map[string]bool, error)
	// RecordPoll stores the outcome in one transaction and says how many articles
	// are new and to be posted; those of a source's first success never are.
	RecordPoll(ctx context.Context, now time.Time, p tagwire.Poll) (fresh int, err error)
}

// Options are what an Ingest needs.
type Options struct {
	Store   Store
	Fetch   *fetch.Client
	Sources []tagwire.Source
	Tag     func(tagwire.Article) []tagwire.TagMatch
	// Next is the next time of a cron spec after an instant.
	Next         func(spec string, after time.Time) (time.Time, error)
	AllowPrivate bool
	Log          *slog.Logger
	Metrics      *metrics.Set
	Fresh        func() // called after articles to be posted were stored
}

// Ingest polls the sources of a catalogue.
type Ingest struct{}

// New is an Ingest with the options.
func New(Options) *Ingest { return &Ingest{} }

// PollDue polls every source that is due. A failing source never fails the
// others; the error is the store's or the context's.
func (i *Ingest) PollDue(ctx context.Context, now time.Time) error { return nil }

// Report is what Try found.
type Report struct {
	Entries  int                     // entries the source lists
	Newest   time.Time               // zero when no entry has a date
	Tags     map[tagwire.TagSlug]int // tags hit, with the number of articles
	Articles []tagwire.Article       // those read in full, newest first
	Problems []string                // what is wrong without being fatal
}

// Try reads one source as a poll would and stores nothing.
func (i *Ingest) Try(ctx context.Context, src tagwire.Source, now time.Time) (Report, error) {
	return Report{}, nil
}
