package ingest

import (
	"context"
	"log/slog"
	"sync"
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
	// Ancestors are the tags above a tag. With it, the tags that a source gives to
	// each of its articles imply theirs as well.
	Ancestors func(tagwire.TagSlug) []tagwire.TagSlug
	// Next is the next time of a cron spec after an instant.
	Next         func(spec string, after time.Time) (time.Time, error)
	AllowPrivate bool
	Log          *slog.Logger
	Metrics      *metrics.Set
	Fresh        func()           // called after articles to be posted were stored
	Now          func() time.Time // measures how long polls take; nil: they are not measured
}

// Ingest polls the sources of a catalogue.
type Ingest struct {
	o       Options
	sources map[tagwire.SourceSlug]tagwire.Source
	parse   chan struct{} // places for decoders at work
	log     *slog.Logger
	m       *metrics.Set

	mu    sync.Mutex
	tries map[tagwire.SourceSlug]map[string]int // failed fetches of article pages that are still listed
}

// New is an Ingest with the options.
func New(o Options) *Ingest {
	i := &Ingest{
		o:       o,
		sources: map[tagwire.SourceSlug]tagwire.Source{},
		parse:   make(chan struct{}, maxParse),
		log:     o.Log,
		m:       o.Metrics,
		tries:   map[tagwire.SourceSlug]map[string]int{},
	}
	for _, s := range o.Sources {
		i.sources[s.Slug] = s
	}
	if i.log == nil {
		i.log = slog.New(slog.DiscardHandler)
	}
	if i.m == nil {
		i.m = metrics.NewSet()
	}
	return i
}

// tag gives an article its tags: those its words tell, then those its source
// gives to all it publishes, then what these imply.
func (i *Ingest) tag(a tagwire.Article, src tagwire.Source) []tagwire.TagMatch {
	var direct, implied []tagwire.TagMatch
	has := map[tagwire.TagSlug]bool{}
	if i.o.Tag != nil {
		for _, m := range i.o.Tag(a) {
			if has[m.Tag] = true; m.Implied {
				implied = append(implied, m)
			} else {
				direct = append(direct, m)
			}
		}
	}
	for _, t := range src.Tags {
		if has[t] {
			continue
		}
		has[t] = true
		direct = append(direct, tagwire.TagMatch{Tag: t, Reason: "source: " + src.Name})
		if i.o.Ancestors == nil {
			continue
		}
		for _, up := range i.o.Ancestors(t) {
			if !has[up] {
				has[up] = true
				implied = append(implied, tagwire.TagMatch{Tag: up, Implied: true, Reason: "above " + string(t)})
			}
		}
	}
	return append(direct, implied...)
}
