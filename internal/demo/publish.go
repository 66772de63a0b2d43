package demo

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"tagwire/internal/emulator"
)

// turns takes the sites in turn, the one without a feed first.
type turns struct {
	mu   sync.Mutex
	next int
}

func (t *turns) take(sites []emulator.Site) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	return sites[len(sites)-1-(t.next-1)%len(sites)].Key
}

// pollEvery is the timetable of the demo's sources, and the least that the
// program grants to any site on the open web.
const pollEvery = 5 * time.Minute

// publish puts the next sample on a site, "" on each in turn, and moves the
// clock on to when the source is looked at again.
func (w *world) publish(ctx context.Context, site string) (emulator.SiteArticle, error) {
	return w.publishWith(ctx, site, w.web.Publish)
}

// publishSample does so with a certain sample.
func (w *world) publishSample(ctx context.Context, site, slug string) (emulator.SiteArticle, error) {
	return w.publishWith(ctx, site, func(site string) (emulator.SiteArticle, error) { return w.web.PublishSample(site, slug) })
}

func (w *world) publishWith(ctx context.Context, site string, put func(site string) (emulator.SiteArticle, error)) (emulator.SiteArticle, error) {
	if site == "" {
		site = w.sites.take(w.web.Sites())
	}
	if err := w.awaitBaseline(ctx, site); err != nil {
		return emulator.SiteArticle{}, err
	}
	a, err := put(site)
	if err != nil {
		return a, err
	}
	w.clock.Advance(pollEvery + time.Second)
	return a, nil
}

// awaitBaseline waits until the program has looked at a site for the first time:
// what it finds then is the baseline, and posted to nobody. That takes a second
// or two from the start.
func (w *world) awaitBaseline(ctx context.Context, site string) error {
	for range 500 {
		if len(w.web.Requests(site)) > 0 {
			return nil
		}
		if !pause(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	return errors.New("the program has not looked at the news sites yet; is it running?")
}

// lead is how long before the digest the morning begins.
const lead = 3 * time.Second

// morning is the moment to jump to so that the digest is about to come: the one
// due next if it is known, else that of 08:30 in the demo's zone.
func (w *world) morning(due time.Time) time.Time {
	now := w.clock.Now()
	if due.Sub(now) <= lead || due.Sub(now) > 8*24*time.Hour {
		local := now.In(w.zone)
		due = time.Date(local.Year(), local.Month(), local.Day(), 8, 30, 0, 0, w.zone)
		if due.Sub(now) <= lead {
			due = due.AddDate(0, 0, 1)
		}
	}
	return due.Add(-lead)
}

// siteOf is the site that an address belongs to.
func (w *world) siteOf(address string) (emulator.Site, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return emulator.Site{}, false
	}
	for _, s := range w.web.Sites() {
		if s.Host == u.Host {
			return s, true
		}
	}
	return emulator.Site{}, false
}
