package app

import (
	"context"
	"errors"

	"tagwire/internal/schedule"
)

// timetable lists the duties. Who is due stands in the database, so a duty that
// is late or was missed makes up for it at its next turn.
func (a *App) timetable() (*schedule.Timetable, error) {
	t := schedule.New(a.Log)
	for _, job := range []struct {
		name, spec string
		run        func(ctx context.Context) error
	}{
		{"poll", a.Tick, func(ctx context.Context) error { return a.ingest.PollDue(ctx, a.Now()) }},
		{"digests", a.Tick, func(ctx context.Context) error {
			now := a.Now()
			by := a.clock.back(now)
			if err := a.heedClock(ctx, now, by); err != nil {
				a.clock.wall = a.clock.wall.Add(by) // to be noticed again
				return err
			}
			return a.dispatch.Digests(ctx, now)
		}},
		// What was to be woken by an event is looked at all the same: the clock may
		// have been set, or the event's moment met a failing disk.
		{"look again", a.Tick, func(context.Context) error { a.Nudge(); return nil }},
		{"housekeeping", "17 3 * * *", func(ctx context.Context) error { return a.db.Prune(ctx, a.Now()) }},
	} {
		err := t.AddPrompt(job.name, job.spec, func(ctx context.Context) {
			if err := job.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				a.Log.Error("a duty failed; it is tried again at its next turn", "duty", job.name, "err", err)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Nudge makes the program look at its queues now.
func (a *App) Nudge() {
	a.wakeFanout()
	a.outbox.Wake()
}

func (a *App) wakeFanout() {
	select {
	case a.fanout <- struct{}{}:
	default:
	}
}

// keepFanningOut serves the subscribers of new articles as soon as they are
// stored.
func (a *App) keepFanningOut(ctx context.Context) {
	a.wakeFanout() // what an earlier run left
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.fanout:
		}
		if err := a.dispatch.Instant(ctx, a.Now()); err != nil && ctx.Err() == nil {
			a.Log.Error("new articles could not be queued; they are tried again within a minute", "err", err)
		}
	}
}
