package ingest

import (
	"context"
	"fmt"
	"time"

	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

// tryPages are the article pages that Try reads.
const tryPages = 3

// Report is what Try found.
type Report struct {
	Entries  int                     // entries the source lists
	Newest   time.Time               // zero when no entry has a date
	Tags     map[tagwire.TagSlug]int // tags hit, with the number of articles; implied ones too
	Articles []tagwire.Article       // those read in full, newest first
	Problems []string                // what is wrong without being fatal
}

// Try reads one source as a poll would and stores nothing. Of a source that only
// lists its articles the newest few are read in full.
func (i *Ingest) Try(ctx context.Context, src tagwire.Source, now time.Time) (Report, error) {
	timed, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	entries, _, err := i.read(timed, src, "", "", now)
	if err != nil {
		return Report{}, err
	}
	r := Report{Entries: len(entries), Tags: map[tagwire.TagSlug]int{}}
	if len(entries) == 0 {
		r.problem("the source lists no entries at present")
		return r, nil
	}
	full := entries
	if source.Lists(src.Kind) {
		full = nil
		for _, e := range newestFirst(entries)[:min(tryPages, len(entries))] {
			got, err := i.readArticle(timed, src, e, now)
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
			if err != nil {
				r.problem("the page %s: %v", e.URL, err)
				continue
			}
			full = append(full, got)
		}
	}
	undated, bare := 0, 0
	for _, e := range newestFirst(full) {
		a, err := Normalize(e, src, now)
		if err != nil {
			r.problem("%s: %v", e.URL, err)
			continue
		}
		a.Tags = i.tag(a, src)
		for _, t := range a.Tags {
			r.Tags[t.Tag]++
		}
		if a.Published.IsZero() {
			undated++
		}
		if a.Body == "" && a.Summary == "" {
			bare++
		}
		r.Articles = append(r.Articles, a)
		if a.Published.After(r.Newest) {
			r.Newest = a.Published
		}
	}
	for _, e := range entries {
		if e.Published.After(r.Newest) && !e.Published.After(now.Add(ahead)) {
			r.Newest = e.Published.UTC()
		}
	}
	n := len(r.Articles)
	switch {
	case n == 0:
		return r, fmt.Errorf("no article could be read: %s", r.Problems[0])
	case undated == n:
		r.problem("no article has a date that can be read: set the source's timezone or date selector")
	case now.Sub(r.Newest) > 30*24*time.Hour && !r.Newest.IsZero():
		r.problem("the newest article is %d days old", int(now.Sub(r.Newest).Hours()/24))
	}
	if bare == n {
		r.problem("no article has a text, only titles")
	}
	return r, nil
}

// problem notes a fault once, and only the first few.
func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < 5 {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}
