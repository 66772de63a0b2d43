package emulator

import (
	"math"
	"time"
)

// absorbed is how long the server itself holds a call back before it answers
// 429, if it is told to absorb.
const absorbed = 8 * time.Second

// withDefaults fills in Telegram's published guidance.
func (l Limits) withDefaults() Limits {
	set := func(v *float64, standard float64) {
		if *v == 0 {
			*v = standard
		}
	}
	count := func(v *int, standard int) {
		if *v == 0 {
			*v = standard
		}
	}
	set(&l.Overall, 30)
	count(&l.OverallBurst, 30)
	set(&l.Private, 1)
	count(&l.PrivateBurst, 3)
	count(&l.GroupPerMinute, 20)
	set(&l.GroupPerSecond, 1)
	count(&l.GroupBurst, 5)
	return l
}

// pace is a token bucket with the penalty for having overdrawn it.
type pace struct {
	tokens float64
	last   time.Time
	until  time.Time // of the penalty
}

// wait is how long until a token is there.
func (p *pace) wait(now time.Time, rate float64, burst int) time.Duration {
	if p.last.IsZero() {
		p.tokens, p.last = float64(burst), now
	}
	if passed := now.Sub(p.last); passed > 0 {
		p.tokens = math.Min(float64(burst), p.tokens+passed.Seconds()*rate)
		p.last = now
	}
	// A hair's breadth of tolerance, so that sending at exactly the rate is
	// not refused for the rounding of fractions.
	if p.tokens >= 1-1e-6 {
		return 0
	}
	return time.Duration((1 - p.tokens) / rate * float64(time.Second))
}

// chatPace is the pace of one bot in one chat: a bucket, and for groups and
// channels also the messages of the last minute.
type chatPace struct {
	pace
	sent []time.Time
}

func (p *chatPace) minuteWait(now time.Time, limit int) time.Duration {
	for len(p.sent) > 0 && now.Sub(p.sent[0]) >= time.Minute {
		p.sent = p.sent[1:]
	}
	if len(p.sent) < limit {
		return 0
	}
	return p.sent[len(p.sent)-limit].Add(time.Minute).Sub(now)
}

// slowMode refuses a message that comes too soon in a group with slow mode; the
// server tells it like any other flood.
func (c *call) slowMode(to *chat) *apiError {
	if wait := to.slow(c.bot.ID, c.now()); wait > 0 {
		c.record.Flood = true
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	return nil
}

// flow counts a message to a chat against the rates. It waits if the server
// absorbs, or refuses with 429; then every message repeats it until the time
// named has passed.
func (c *call) flow(to *chat) *apiError {
	limits := c.options.Limits
	if limits.Off {
		return nil
	}
	paid := c.flag("allow_paid_broadcast")
	for held := time.Duration(0); ; {
		wait := c.due(to, limits, paid)
		if wait <= 0 {
			c.record.Paid = paid
			return nil
		}
		c.record.Flood = true
		seconds := int(math.Ceil(wait.Seconds() - 1e-6))
		seconds = max(seconds, 1)
		hold := time.Duration(seconds) * time.Second
		if !limits.Absorb || held+hold > absorbed {
			return tooMany(seconds)
		}
		held += hold
		c.mu.Unlock()
		pause(c.ctx, hold)
		c.mu.Lock()
	}
}

// due is how long the message must wait; 0 takes it off the buckets.
func (c *call) due(to *chat, limits Limits, paid bool) time.Duration {
	now := c.now()
	own := to.paces[c.bot.ID]
	if own == nil {
		own = &chatPace{}
		to.paces[c.bot.ID] = own
	}
	if left := own.until.Sub(now); left > 0 {
		return left
	}
	if left := c.bot.pace.until.Sub(now); left > 0 && !paid {
		return left
	}
	var wait time.Duration
	if to.isPrivate() {
		wait = own.wait(now, limits.Private, limits.PrivateBurst)
	} else {
		wait = max(own.wait(now, limits.GroupPerSecond, limits.GroupBurst), own.minuteWait(now, limits.GroupPerMinute))
	}
	overall := time.Duration(0)
	if !paid {
		overall = c.bot.pace.wait(now, limits.Overall, limits.OverallBurst)
	}
	if !limits.Absorb {
		own.until = penalty(now, wait)
		c.bot.pace.until = penalty(now, overall)
	}
	if wait = max(wait, overall); wait > 0 {
		return wait
	}
	own.tokens--
	own.sent = append(own.sent, now)
	if !paid {
		c.bot.pace.tokens--
	}
	return 0
}

// penalty is the end of a wait in whole seconds, as the bot is told.
func penalty(now time.Time, wait time.Duration) time.Time {
	if wait <= 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(math.Ceil(wait.Seconds()-1e-6)) * time.Second)
}
