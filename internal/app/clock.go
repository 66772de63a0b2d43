package app

import (
	"context"
	"time"
)

// setBack is how far the clock must have gone back to be noticed; what waits a
// few seconds longer for less is no harm.
const setBack = 10 * time.Second

// clock notices that the wall clock was set back. Forward is no concern: what
// then is due is late, and lateness is provided for.
type clock struct {
	wall    time.Time // of the last look, by Options.Now
	elapsed time.Time // of the last look, for the time that passed since
}

// back is by how much the clock was set back since the last look.
func (c *clock) back(now time.Time) time.Duration {
	last, passed := c.wall, time.Since(c.elapsed)
	c.wall, c.elapsed = now.Round(0), time.Now() // without Round, Sub would see no step
	if last.IsZero() {
		return 0
	}
	return last.Add(passed).Sub(c.wall)
}

// heedClock brings the database in line with a clock that was set back by so
// much, or by so little that it does not matter.
func (a *App) heedClock(ctx context.Context, now time.Time, by time.Duration) error {
	if by < setBack {
		return nil
	}
	a.Log.Warn("the clock was set back; what was planned by the old time is planned anew", "by", by.Round(time.Second))
	if err := a.db.SetBack(ctx, now, by); err != nil {
		return err
	}
	a.outbox.Wake()
	return nil
}
