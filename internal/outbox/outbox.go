// Package outbox sends what is queued: it claims deliveries, renders them,
// hands them to Telegram at the allowed pace, and records what became of each.
//
// It promises at least once: a delivery is claimed in one transaction and
// settled in another, and its slot among the requests on the wire is free again
// only after the second is committed. So a crash repeats at most as many
// messages as were on the wire. Decide holds the rules for every kind of fault.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/failpoint"
	"tagwire/internal/locale"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

// Store is what the outbox needs of the database.
type Store interface {
	Claim(ctx context.Context, now time.Time, n int) ([]tagwire.Delivery, error)
	Settle(ctx context.Context, now time.Time, outcomes []tagwire.Settlement) error
	NextReady(ctx context.Context) (time.Time, error)
	Chats(ctx context.Context, ids []tagwire.ChatID) (map[tagwire.ChatID]tagwire.Chat, error)
	Topics(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID]string, error)
	Articles(ctx context.Context, ids []tagwire.ArticleID) (map[tagwire.ArticleID]tagwire.Article, error)
}

// Gateway sends a message, or makes the edit it asks for. Its errors are
// *tagwire.SendError.
type Gateway interface {
	Send(ctx context.Context, to tagwire.Dest, m tagwire.Message) (messageID int, err error)
}

// Pace says when the next message may go out, overall and in one chat.
type Pace interface {
	Wait(ctx context.Context) error
	Next(chat tagwire.ChatID, paced, now time.Time) (post, reply time.Time)
}

// Options are what an Outbox needs; all but Rate and Hold are required.
type Options struct {
	Store   Store
	Gateway Gateway
	Pace    Pace
	Render  *render.Renderer
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *metrics.Set
	// Rate is how many messages a second Pace allows; it sizes the wire. 0 does
	// for up to 30.
	Rate float64
	// Hold says that nothing may be sent for now; nil: never.
	Hold func() bool
}

const (
	// leastOnWire is how many requests may be on the wire at once: enough for 25 a
	// second at answer times of 300 ms, and the bound of duplicates at a crash. A
	// higher rate needs more, as many as go out in onWireFor.
	leastOnWire = 8
	onWireFor   = 300 * time.Millisecond
	// together is how long outcomes wait for each other at higher rates, and free
	// places on the wire too: what comes together shares a commit.
	together = 50 * time.Millisecond
	// lookAgain bounds a wait, in case the wall clock was set.
	lookAgain = time.Minute
	// Calls to this many chats answered "too many requests" within the window
	// mean that the limit met is the bot's, not the chats'.
	floodChats  = 3
	floodWindow = 10 * time.Second
	// holdPause is the wait while sending is on hold or another program uses the
	// token.
	holdPause = 5 * time.Second
	// storePause is the wait after the database failed.
	storePause = 5 * time.Second
)

// Outbox sends queued deliveries. Wake it when there are new ones.
type Outbox struct {
	Options
	onWire int
	wake   chan struct{}
	flood  flood
	posts  posts
}

// New is an Outbox.
func New(o Options) *Outbox {
	o.Log = o.Log.With("component", "outbox")
	onWire := max(leastOnWire, int(math.Ceil(o.Rate*onWireFor.Seconds())))
	return &Outbox{Options: o, onWire: onWire, wake: make(chan struct{}, 1)}
}

// Wake makes the outbox look at the queue now.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends; then it waits for the requests on the wire and
// returns nil. It returns an error only when Telegram no longer accepts the
// token: everything stays queued.
func (o *Outbox) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slots := make(chan struct{}, o.onWire)
	var wire sync.WaitGroup
	defer wire.Wait()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return fatal(ctx)
		}
		o.gather(ctx)
		n := 1
		for free := true; free && n < o.onWire; {
			select {
			case slots <- struct{}{}:
				n++
			default:
				free = false
			}
		}
		claimed, wait := o.claim(ctx, n)
		for range n - len(claimed) {
			<-slots
		}
		chats, err := o.chats(ctx, claimed)
		for _, d := range claimed {
			wire.Go(func() {
				if err := o.deliver(ctx, d, chats[d.Dest.Chat], err); err != nil {
					cancel(err)
				}
				<-slots
				o.Wake()
			})
		}
		if len(claimed) > 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-o.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return fatal(ctx)
		}
	}
}

// gather waits, at rates that need it, until the next multiple of a short time.
func (o *Outbox) gather(ctx context.Context) {
	if o.onWire > leastOnWire {
		sleep(ctx, together-time.Duration(o.Now().UnixNano())%together)
	}
}

// fatal is the error that ended the run, nil if it was the caller's wish.
func fatal(ctx context.Context) error {
	if err, ok := errors.AsType[*tagwire.SendError](context.Cause(ctx)); ok {
		return err
	}
	return nil
}

// claim leases up to n deliveries; where there are none it says how long to wait.
func (o *Outbox) claim(ctx context.Context, n int) ([]tagwire.Delivery, time.Duration) {
	if o.Hold != nil && o.Hold() {
		return nil, holdPause
	}
	now := o.Now()
	if until := o.flood.until(); until.After(now) {
		return nil, min(lookAgain, until.Sub(now))
	}
	// What is leased must be settled: the claim is not given up half-way.
	claimed, err := o.Store.Claim(context.WithoutCancel(ctx), now, n)
	if err != nil {
		o.Log.Error("the queue could not be read", "err", err)
		return nil, storePause
	}
	if len(claimed) > 0 {
		return claimed, 0
	}
	next, err := o.Store.NextReady(ctx)
	if err != nil || next.IsZero() {
		return nil, lookAgain
	}
	return nil, max(time.Millisecond, min(lookAgain, next.Sub(now)))
}

// chats loads the chats of deliveries, all at once.
func (o *Outbox) chats(ctx context.Context, claimed []tagwire.Delivery) (map[tagwire.ChatID]tagwire.Chat, error) {
	if len(claimed) == 0 {
		return nil, nil
	}
	ids := make([]tagwire.ChatID, len(claimed))
	for i, d := range claimed {
		ids[i] = d.Dest.Chat
	}
	return o.Store.Chats(context.WithoutCancel(ctx), ids)
}

// deliver makes one call and settles it; unread is why its chat could not be
// loaded. It returns an error only when the token was refused.
func (o *Outbox) deliver(ctx context.Context, d tagwire.Delivery, chat tagwire.Chat, unread error) error {
	settlement, err := o.attempt(ctx, d, chat, unread)
	o.gather(ctx)
	for {
		// The outcome of a call must be recorded although the program is ending.
		serr := o.Store.Settle(context.WithoutCancel(ctx), o.Now(), []tagwire.Settlement{settlement})
		if serr == nil {
			break
		}
		o.Log.Error("an outcome could not be recorded", "delivery_id", d.ID, "err", serr)
		if !sleep(ctx, storePause) {
			break // left leased: the next start takes it back as ambiguous
		}
	}
	if send, ok := errors.AsType[*tagwire.SendError](err); ok && send.Fault == tagwire.FaultUnauthorized {
		return err
	}
	return nil
}

func (o *Outbox) attempt(ctx context.Context, d tagwire.Delivery, chat tagwire.Chat, unread error) (tagwire.Settlement, error) {
	message, err := tagwire.Message{}, unread
	if err == nil {
		message, err = o.load(ctx, d, chat)
	}
	if errors.Is(err, tagwire.ErrNotFound) {
		return tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Dropped, Reason: "its article or chat is gone"}, nil
	}
	if err != nil {
		o.Log.Error("a delivery could not be read; it is tried again", "delivery_id", d.ID, "chat_id", d.Dest.Chat, "err", err)
		return unsent(d, o.Now().Add(storePause)), nil
	}
	if o.Pace.Wait(ctx) != nil { // stopping
		return unsent(d, o.Now()), nil
	}
	message.Plain = message.Plain || d.Plain
	started := o.Now()
	// A request on the wire is finished, not cut off: its outcome would be unknown.
	failpoint.Hit(failpoint.SendBefore)
	id, err := o.Gateway.Send(context.WithoutCancel(ctx), d.Dest, message)
	failpoint.Hit(failpoint.SendAfter)
	now := o.Now()
	s := Decide(d, id, err, now, rand.Float64())
	switch {
	case err == nil:
		s.PostAfter, s.ReplyAfter = o.Pace.Next(d.Dest.Chat, d.Pace, now)
	case s.SuspendThread != "" && d.Dest.Thread != 0:
		s.Notice = o.topicLost(ctx, d.Dest, chat)
	}
	if o.note(d, s, err, now.Sub(started), now) {
		s.HoldAll = s.PostAfter
	}
	return s, err
}

// unsent puts a delivery back as it was, not to be taken before the time.
func unsent(d tagwire.Delivery, until time.Time) tagwire.Settlement {
	return tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Queued, PostAfter: until, ReplyAfter: until}
}

// load makes the text of a delivery. The chat is none for a reply to a chat that
// was never stored.
func (o *Outbox) load(ctx context.Context, d tagwire.Delivery, chat tagwire.Chat) (tagwire.Message, error) {
	ctx = context.WithoutCancel(ctx)
	switch {
	case d.Kind == tagwire.KindMessage:
		return *d.Message, nil
	case chat.ID == 0:
		return tagwire.Message{}, tagwire.ErrNotFound
	case d.Kind == tagwire.KindArticle:
		return o.posts.get(d.Article, chat, func() (tagwire.Message, error) {
			articles, err := o.Store.Articles(ctx, []tagwire.ArticleID{d.Article})
			a, ok := articles[d.Article]
			if err == nil && !ok {
				err = tagwire.ErrNotFound
			}
			if err != nil {
				return tagwire.Message{}, err
			}
			return o.Render.Article(a, chat), nil
		})
	}
	articles, err := o.Store.Articles(ctx, d.Page.IDs())
	if err != nil {
		return tagwire.Message{}, err
	}
	message := o.Render.Digest(*d.Page, articles)
	if message.HTML == "" { // none of its articles is stored any more
		return message, tagwire.ErrNotFound
	}
	return message, nil
}

// topicLost tells a chat which of its topics receives nothing any more.
func (o *Outbox) topicLost(ctx context.Context, d tagwire.Dest, chat tagwire.Chat) *tagwire.Message {
	t := locale.For(chat.Language)
	names, err := o.Store.Topics(context.WithoutCancel(ctx), d.Chat)
	if name := names[d.Thread]; err == nil && name != "" {
		return &tagwire.Message{HTML: t.HTML(locale.TopicLost, locale.Str("topic", name)), Silent: true}
	}
	return &tagwire.Message{HTML: t.HTML(locale.TopicLostUnnamed), Silent: true}
}

// note counts and logs an outcome, and reports whether it tells of a limit of the
// whole bot.
func (o *Outbox) note(d tagwire.Delivery, s tagwire.Settlement, err error, took time.Duration, now time.Time) (holdAll bool) {
	o.Metrics.GetOrCreateCounter(fmt.Sprintf(`tagwire_deliveries_total{kind=%q,state=%q}`, d.Kind, s.State)).Inc()
	o.Metrics.GetOrCreatePrometheusHistogram(`tagwire_send_seconds`).Update(took.Seconds())
	if s.Ambiguous {
		o.Metrics.GetOrCreateCounter(`tagwire_deliveries_ambiguous_total`).Inc()
	}
	if err == nil {
		return false
	}
	level := slog.LevelInfo
	if s.State == tagwire.Dead || s.Plain {
		level = slog.LevelError
	}
	o.Log.Log(context.Background(), level, "Telegram refused or lost a message", "delivery_id", d.ID,
		"chat_id", d.Dest.Chat, "thread_id", d.Dest.Thread, "attempt", d.Attempts+d.Ambiguous+1, "then", s.State, "err", err)
	send, ok := errors.AsType[*tagwire.SendError](err)
	switch {
	case ok && send.Fault == tagwire.FaultConflict:
		o.flood.pause(now.Add(holdPause))
	case ok && send.Fault == tagwire.FaultRetryAfter:
		if holdAll = o.flood.note(d.Dest.Chat, now, s.PostAfter); holdAll {
			o.Log.Warn("too many requests in several chats: all sending pauses", "until", s.PostAfter)
		}
	}
	return holdAll
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
