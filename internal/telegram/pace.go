package telegram

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"

	"tagwire/internal/tagwire"
)

// Telegram's guidance (its bot FAQ): about 30 messages a second overall, one a
// second in one chat, twenty a minute in one group, with short bursts tolerated.
const (
	privateInterval = time.Second
	groupInterval   = 3 * time.Second
	// replyBurst is how many replies may run ahead of the even pace; what
	// follows in the chat waits until the debt is paid.
	replyBurst = 4
)

// Pace keeps sends below Telegram's ceilings, so that a 429 is the exception.
type Pace struct{ overall *rate.Limiter }

// NewPace is a pace of so many messages a second over all chats. It starts
// without credit: a program that restarts often must not exceed the rate.
func NewPace(perSecond float64) *Pace {
	burst := max(1, int(math.Ceil(perSecond/20)))
	l := rate.NewLimiter(rate.Limit(perSecond), burst)
	l.AllowN(time.Now(), burst)
	return &Pace{overall: l}
}

// Wait waits for the next message's turn.
func (p *Pace) Wait(ctx context.Context) error { return p.overall.Wait(ctx) }

// Next is when a chat may take its next broadcast and its next reply after a
// message sent now; paced is when its next broadcast was due before.
func (p *Pace) Next(chat tagwire.ChatID, paced, now time.Time) (post, reply time.Time) {
	interval := groupInterval
	if chat > 0 {
		interval = privateInterval
	}
	post = now
	if paced.After(now) {
		post = paced
	}
	post = post.Add(interval)
	return post, post.Add(-replyBurst * interval)
}
