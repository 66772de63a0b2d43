package demo

import (
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

// pollEvery is the timetable of the demo's sources.
const pollEvery = time.Minute

// publish puts the next sample on a site, "" on each in turn, and moves the
// clock on to when the source is looked at again.
func (w *world) publish(site string) (emulator.SiteArticle, error) {
	if site == "" {
		site = w.sites.take(w.web.Sites())
	}
	a, err := w.web.Publish(site)
	if err != nil {
		return a, err
	}
	w.clock.Advance(pollEvery + time.Second)
	return a, nil
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
