package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"tagwire/internal/fetch"
	"tagwire/internal/tagwire"
)

const (
	// pollPages are the article pages read in one poll; the rest waits for the
	// next. At a second each a site hardly notices.
	pollPages = 20
	// baselinePages are read of a new source: enough for /latest.
	baselinePages = 8
	// maxTries are the polls in which a page may fail before its article is stored
	// as it was listed, or, without a title, passed over.
	maxTries = 3
	// giveUp is the number of pages in a row whose failure means that the site is
	// down, not the page.
	giveUp = 3
)

// harvest is what reading the pages of listed entries gave.
type harvest struct {
	entries    []tagwire.Entry
	waiting    int           // left for the next poll
	failed     string        // the first reason, if nothing could be read
	retryAfter time.Duration // asked for by the server
}

// pages reads the page of each new entry, newest first. An article is stored with
// what its page says or not at all: half an article would be tagged by half its
// words, posted, and never be read again. So a page that fails is tried again
// at the next polls; only when that is hopeless (it is gone, forbidden, no page
// at all) or was in vain is the article stored as it was listed. On the baseline,
// where nothing is posted, all but the newest are stored as listed at once: what
// is not stored then would be news at the next poll.
func (i *Ingest) pages(ctx context.Context, src tagwire.Source, fresh []tagwire.Entry, baseline bool, now time.Time) harvest {
	var (
		h       harvest
		before  = i.triesOf(src.Slug)
		after   = map[string]int{}
		limit   = pollPages
		read    int // pages asked for
		ok      int
		inARow  int
		stopped bool
		reason  string
	)
	if baseline {
		limit = baselinePages
	}
	for _, e := range newestFirst(fresh) {
		key := Keys(e, src)[0]
		tries := before[key]
		switch {
		case e.Title == "" && tries >= maxTries:
			after[key] = tries // nothing to store, and no use in asking again
			continue
		case stopped || read == limit:
			if baseline {
				h.asListed(e, baseline)
				continue
			}
			h.waiting++
			if tries > 0 {
				after[key] = tries
			}
			continue
		}
		read++
		full, err := i.readArticle(ctx, src, e, now)
		i.m.GetOrCreateCounter(fmt.Sprintf(`tagwire_article_pages_total{result=%q}`, result(err))).Inc()
		if err == nil {
			ok++
			inARow = 0
			h.entries = append(h.entries, full)
			continue
		}
		i.log.Info("article page failed", "source", src.Slug, "url", e.URL, "try", tries+1, "err", err)
		if reason == "" {
			reason = err.Error()
		}
		var fault *fetch.Error
		if errors.As(err, &fault) {
			h.retryAfter = max(h.retryAfter, fault.RetryAfter)
		}
		hopeless := fault != nil && fault.Permanent
		if hopeless {
			inARow = 0
		} else {
			inARow++
		}
		stopped = ctx.Err() != nil || h.retryAfter > 0 || inARow == giveUp
		switch {
		case hopeless || tries+1 >= maxTries:
			if !h.asListed(e, baseline) {
				after[key] = maxTries
			}
		case baseline:
			h.asListed(e, baseline)
		default:
			after[key] = tries + 1
			h.waiting++
		}
		if baseline && !hopeless && ok == 0 && (stopped || read == limit) {
			break // the site is down: no baseline to speak of
		}
	}
	i.setTries(src.Slug, after)
	if reason != "" && (len(h.entries) == 0 || baseline && ok == 0 && inARow > 0) {
		h.failed = "the list was read, but no article's page: " + reason
	}
	return h
}

// asListed keeps an entry without its page, if there is enough of it.
func (h *harvest) asListed(e tagwire.Entry, baseline bool) bool {
	if e.Title == "" && baseline {
		e.Title = titleOf(e.URL) // only to know it again
	}
	if e.Title == "" {
		return false
	}
	h.entries = append(h.entries, e)
	return true
}

func result(err error) string {
	if err != nil {
		return "failed"
	}
	return "ok"
}

// newestFirst orders entries by date where all have one, and else trusts the list.
func newestFirst(entries []tagwire.Entry) []tagwire.Entry {
	for _, e := range entries {
		if e.Published.IsZero() {
			return entries
		}
	}
	out := slices.Clone(entries)
	slices.SortStableFunc(out, func(a, b tagwire.Entry) int { return b.Published.Compare(a.Published) })
	return out
}

// titleOf makes words of an address's last part.
func titleOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	if name = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ", "+", " ").Replace(name)); name == "" || name == "/" {
		return u.Hostname()
	}
	return name
}

func (i *Ingest) triesOf(src tagwire.SourceSlug) map[string]int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tries[src]
}

// setTries replaces what is remembered of a source, so that pages no longer
// listed are forgotten.
func (i *Ingest) setTries(src tagwire.SourceSlug, tries map[string]int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(tries) == 0 {
		delete(i.tries, src)
		return
	}
	i.tries[src] = tries
}
