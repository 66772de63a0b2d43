package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tagwire/internal/failpoint"
	"tagwire/internal/fetch"
	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

const (
	pollsAtOnce = 4
	maxDue      = 100             // sources taken on at one call; the next takes the rest
	pollTime    = 2 * time.Minute // for one source with its article pages
	dueTime     = 5 * time.Minute // after which no further source is begun
	maxParse    = 2               // decoders at work at once
)

// PollDue polls every source that is due. A failing source never fails the
// others; the error is the store's or the context's.
func (i *Ingest) PollDue(ctx context.Context, now time.Time) error {
	due, err := i.o.Store.DueSources(ctx, now, maxDue)
	if err != nil {
		return fmt.Errorf("ingest: due sources: %w", err)
	}
	timed, cancel := context.WithTimeout(ctx, dueTime)
	defer cancel()
	var (
		g    errgroup.Group
		mu   sync.Mutex
		errs []error
	)
	g.SetLimit(pollsAtOnce)
	for _, st := range due {
		g.Go(func() error {
			if timed.Err() != nil {
				return nil // still due at the next call
			}
			if err := i.pollOne(ctx, st, now); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
			return nil
		})
	}
	g.Wait() // the functions return no error
	return errors.Join(append(errs, ctx.Err())...)
}

// pollOne polls a source and records the outcome.
func (i *Ingest) pollOne(ctx context.Context, st tagwire.SourceState, now time.Time) error {
	src, ok := i.sources[st.Slug]
	if !ok {
		// Without this it would stay due and keep others from their turn.
		_, err := i.o.Store.RecordPoll(ctx, now, tagwire.Poll{Source: st.ID, Next: now.Add(longest), ETag: st.ETag, LastModified: st.LastModified,
			Failed: "the source is not in the catalogue any more"})
		return err
	}
	log := i.log.With("source", src.Slug, "source_id", st.ID)
	began := i.stopwatch()
	p, retryAfter, err := i.poll(ctx, src, st, now)
	if ctx.Err() != nil {
		return nil // we are stopping: that is not the source's fault
	}
	if err != nil {
		return fmt.Errorf("ingest: poll source=%s: %w", src.Slug, err)
	}
	p.Source = st.ID
	fails := 0
	if p.Failed != "" {
		fails = st.Fails + 1
	}
	p.Next = NextPoll(Outcome{
		Now:        now,
		Scheduled:  i.scheduled(src, now),
		Floor:      i.floor(src),
		Fails:      fails,
		RetryAfter: retryAfter,
		Seed:       string(src.Slug),
	})
	failpoint.Hit(failpoint.PollFetched)
	fresh, err := i.o.Store.RecordPoll(ctx, now, p)
	if err != nil {
		return fmt.Errorf("ingest: record poll source=%s: %w", src.Slug, err)
	}
	outcome := "ok"
	switch {
	case p.Failed != "":
		outcome = "failed"
		log.Warn("poll failed", "reason", p.Failed, "fails", fails, "next", p.Next)
	case p.Unchanged:
		outcome = "unchanged"
		log.Debug("poll: unchanged", "next", p.Next)
	default:
		log.Debug("poll", "entries", p.Entries, "articles", len(p.Articles), "fresh", fresh, "next", p.Next)
	}
	i.m.GetOrCreateCounter(fmt.Sprintf(`tagwire_polls_total{result=%q}`, outcome)).Inc()
	i.m.GetOrCreateCounter(`tagwire_articles_fresh_total`).Add(fresh)
	if began != nil {
		i.m.GetOrCreatePrometheusHistogram(`tagwire_poll_duration_seconds`).Update(began().Seconds())
	}
	if fresh > 0 {
		log.Info("new articles", "count", fresh)
		if i.o.Fresh != nil {
			i.o.Fresh()
		}
	}
	return nil
}

// poll reads a source. The error is the store's; what is wrong with the source is
// in the poll.
func (i *Ingest) poll(ctx context.Context, src tagwire.Source, st tagwire.SourceState, now time.Time) (p tagwire.Poll, retryAfter time.Duration, err error) {
	// What we know of the document stays known when it cannot be read this time.
	p = tagwire.Poll{ETag: st.ETag, LastModified: st.LastModified}
	defer func() {
		if r := recover(); r != nil {
			i.log.Error("poll panicked", "source", src.Slug, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			p = tagwire.Poll{ETag: st.ETag, LastModified: st.LastModified, Failed: fmt.Sprintf("what the source shows made the program stumble: %v", r)}
			err = nil
		}
	}()
	timed, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()

	entries, res, err := i.read(timed, src, st.ETag, st.LastModified, now)
	if err != nil {
		p.Failed = reason(err)
		var fault *fetch.Error
		if errors.As(err, &fault) {
			retryAfter = fault.RetryAfter
		}
		return p, retryAfter, nil
	}
	if res.NotModified {
		p.Unchanged, p.ETag, p.LastModified, p.Entries = true, res.ETag, res.LastModified, st.Entries
		return p, 0, nil
	}
	p.Entries = len(entries)
	unknown, err := i.unknown(ctx, src, st.ID, entries)
	if err != nil {
		return p, 0, err
	}
	partial := false
	if source.Lists(src.Kind) && len(unknown) > 0 {
		h := i.pages(timed, src, unknown, !st.Baselined, now)
		if h.failed != "" {
			p.Failed = h.failed
			return p, h.retryAfter, nil
		}
		unknown, partial, retryAfter = h.entries, h.waiting > 0, h.retryAfter
	}
	var firstBad error
	for _, e := range unknown {
		a, err := Normalize(e, src, now)
		if err != nil {
			firstBad = cmp.Or(firstBad, err)
			continue
		}
		a.Stale = st.Baselined && !a.Published.IsZero() && now.Sub(a.Published) > staleAfter
		a.Tags = i.tag(a, src)
		p.Articles = append(p.Articles, a)
	}
	if len(p.Articles) == 0 && firstBad != nil && len(unknown) == len(entries) {
		p.Failed = fmt.Sprintf("none of the %d entries can be used: %v", len(entries), firstBad)
		return p, retryAfter, nil
	}
	oldestFirst(p.Articles)
	p.ETag, p.LastModified = res.ETag, res.LastModified
	if partial {
		// With validators the server would say that nothing changed, and what is
		// left would wait until something does.
		p.ETag, p.LastModified = "", ""
	}
	return p, retryAfter, nil
}

// unknown are the entries that the store does not hold, each once.
func (i *Ingest) unknown(ctx context.Context, src tagwire.Source, id tagwire.SourceID, entries []tagwire.Entry) ([]tagwire.Entry, error) {
	var all []string
	keysOf := make([][]string, len(entries))
	for n, e := range entries {
		keysOf[n] = Keys(e, src)
		all = append(all, keysOf[n]...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	known, err := i.o.Store.KnownKeys(ctx, id, all)
	if err != nil {
		return nil, fmt.Errorf("known keys: %w", err)
	}
	seen := map[string]bool{}
	isKnown := func(k string) bool { return known[k] || seen[k] }
	var out []tagwire.Entry
	for n, e := range entries {
		if len(keysOf[n]) == 0 || slices.ContainsFunc(keysOf[n], isKnown) {
			continue
		}
		for _, k := range keysOf[n] {
			seen[k] = true
		}
		out = append(out, e)
	}
	return out, nil
}

// oldestFirst orders articles as they came out, so that their numbers and the
// posts follow that order. Sources list the newest first; where dates are
// missing the reverse of the list has to do.
func oldestFirst(articles []tagwire.Article) {
	slices.Reverse(articles)
	for _, a := range articles {
		if a.Published.IsZero() {
			return
		}
	}
	slices.SortStableFunc(articles, func(a, b tagwire.Article) int { return a.Published.Compare(b.Published) })
}

func (i *Ingest) scheduled(src tagwire.Source, now time.Time) time.Time {
	if i.o.Next != nil {
		next, err := i.o.Next(src.Schedule, now)
		if err == nil {
			return next
		}
		i.log.Error("schedule cannot be read", "source", src.Slug, "schedule", src.Schedule, "err", err)
	}
	return now.Add(firstRetry)
}

// floor is the least interval between polls: none for the operator's own hosts.
func (i *Ingest) floor(src tagwire.Source) time.Duration {
	if u, err := url.Parse(src.URL); err == nil && i.o.AllowPrivate && fetch.PrivateHost(u.Hostname()) {
		return 0
	}
	return floor
}

// reason puts an error into the operator's words.
func reason(err error) string {
	var fault *fetch.Error // may wrap a deadline of its own
	if !errors.As(err, &fault) && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("reading the source took longer than %s", pollTime)
	}
	return err.Error()
}

// stopwatch measures from now on; nil without a clock.
func (i *Ingest) stopwatch() func() time.Duration {
	if i.o.Now == nil {
		return nil
	}
	start := i.o.Now()
	return func() time.Duration { return i.o.Now().Sub(start) }
}
