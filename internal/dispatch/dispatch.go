// Package dispatch turns stored articles into deliveries: it decides which
// place gets an article as a post, which keeps it for a digest, and what a
// digest that has fallen due contains.
//
// The rules are pure (Match, Due); the store carries them out within its
// transactions, so a crash at any point leaves a state from which the next call
// goes on. Nothing is sent here: that is the outbox's part.
package dispatch

import (
	"context"
	"log/slog"
	"time"

	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

// Store is what dispatch needs of the database.
type Store interface {
	FanOut(ctx context.Context, now time.Time, limit int, match func(tagwire.Article, tagwire.Subscriber) tagwire.Match) (more bool, err error)
	DueDigests(ctx context.Context, now time.Time, limit int) ([]tagwire.DueDigest, error)
	PendingDigest(ctx context.Context, d tagwire.Dest) ([]tagwire.Article, error)
	Subscriptions(ctx context.Context, d tagwire.Dest) ([]tagwire.TagSlug, error)
	EnqueueDigests(ctx context.Context, now time.Time, chat tagwire.ChatID, due, next time.Time, plans []tagwire.PlanDigest) error
}

// Dispatch plans deliveries. Its methods may run at the same time.
type Dispatch struct {
	store  Store
	render *render.Renderer
	log    *slog.Logger
	queued func()
}

// New is a Dispatch; queued is called after deliveries were queued.
func New(store Store, r *render.Renderer, log *slog.Logger, queued func()) *Dispatch {
	return &Dispatch{store: store, render: r, log: log.With("component", "dispatch"), queued: queued}
}

// chunk is how many subscribers one transaction serves: enough to be fast, few
// enough that a command in between waits some milliseconds only.
const chunk = 500

// Instant serves the subscribers of all articles that are to be posted.
func (d *Dispatch) Instant(ctx context.Context, now time.Time) error {
	for {
		more, err := d.store.FanOut(ctx, now, chunk, Match)
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		d.queued()
	}
}
