package demo

import (
	"sync"
	"time"
)

// clock is the demo's time: it runs like the real one and can jump ahead.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func newClock(start time.Time) *clock {
	return &clock{offset: time.Until(start)}
}

// opening is when the demo's day begins: on today's date, after the hour of the
// digest, so that the next morning is tomorrow's.
func opening(now time.Time) time.Time {
	local := now.In(zone())
	return time.Date(local.Year(), local.Month(), local.Day(), 9, 41, 0, 0, local.Location())
}

// Now is the demo's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Advance jumps ahead.
func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// JumpTo jumps ahead to a moment; never back.
func (c *clock) JumpTo(t time.Time) {
	if d := t.Sub(c.Now()); d > 0 {
		c.Advance(d)
	}
}
