package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"golang.org/x/sync/errgroup"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

const (
	batchSize   = 100 // the most Telegram gives at once
	chatsAtOnce = 8

	minWait = time.Second
	maxWait = time.Minute
	// What fails to be handled fails for a reason of our own, a full disk for one:
	// it is tried again often, so that people are answered soon after it works.
	maxStall = 10 * time.Second
	// Two programs that poll with one token end each other's polls; waiting keeps
	// the fight slow. A conflict counts as over after a quiet while, for between
	// its two blows polls do succeed.
	minConflictWait = 3 * time.Second
	maxConflictWait = 30 * time.Second
	conflictQuiet   = 2 * time.Minute
)

// allowedUpdates are the kinds of update the bot has a use for. Telegram
// remembers the list, so every poll says it.
func allowedUpdates() []string {
	return []string{"message", "channel_post", "callback_query", "my_chat_member"}
}

// Status is how polling for updates goes, for health checks.
type Status struct {
	Started time.Time // when Updates began; zero while it does not run
	Polled  time.Time // the last answer to a poll; zero before the first
	// Fault is the class of the last poll's failure, empty while all is well.
	// FaultConflict means that another program polls with this token.
	Fault tagwire.Fault
	Err   string
	// Stuck is the lowest update whose handling fails for now, 0 for none.
	Stuck int64
}

// Status tells how polling goes.
func (g *Gateway) Status() Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.status
}

func (g *Gateway) setStatus(set func(*Status)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	set(&g.status)
}

// Updates polls until ctx ends (then it returns nil) or the token proves invalid
// (then it returns the *tagwire.SendError). Updates of one chat are handled in
// order, one after the other; up to 8 chats go side by side. Telegram is told
// that an update is done only after handle returned nil for it and for all
// before it; one whose handling fails is handled again after a while, and what
// its chat sent later waits. After a restart handled updates may come again. An
// update that cannot be read, or makes handle panic, is logged and left.
func (g *Gateway) Updates(ctx context.Context, handle func(ctx context.Context, u Update) error) error {
	g.setStatus(func(s *Status) { *s = Status{Started: g.now()} })
	defer g.setStatus(func(s *Status) { s.Started = time.Time{} })
	p := poller{Gateway: g, handle: handle}
	for ctx.Err() == nil {
		start := g.now()
		if p.offset != 0 {
			failpoint.Hit(failpoint.OffsetUnsent)
		}
		batch, err := g.poll(ctx, p.offset)
		var wait time.Duration
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			if fault(err) == tagwire.FaultUnauthorized {
				g.setStatus(func(s *Status) { s.Fault, s.Err = tagwire.FaultUnauthorized, err.Error() })
				return err
			}
			wait = p.failed(ctx, err)
		default:
			if p.offset != 0 {
				failpoint.Hit(failpoint.OffsetConfirmed)
			}
			p.answered()
			wait = p.work(ctx, batch)
			if len(batch) == 0 && g.now().Sub(start) < minWait {
				wait = minWait // a server that does not hold a long poll must not be hammered
			}
		}
		if !sleep(ctx, wait) {
			return nil
		}
	}
	return nil
}

// poll asks for updates from an offset on, which confirms all before it.
func (g *Gateway) poll(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	params := tgbotapi.Params{}
	params.AddNonZero64("offset", offset)
	params.AddNonZero("limit", batchSize)
	params.AddNonZero("timeout", int(pollWait/time.Second))
	if err := params.AddInterface("allowed_updates", allowedUpdates()); err != nil {
		return nil, fmt.Errorf("telegram: allowed updates: %w", err)
	}
	raw, err := g.call(ctx, "getUpdates", pollTimeout, func(bot *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return bot.MakeRequest("getUpdates", params)
	})
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(raw, &batch); err != nil {
		return nil, unreadable(fmt.Errorf("result of getUpdates: %w", err))
	}
	return batch, nil
}

// poller is the state of the loop between polls.
type poller struct {
	*Gateway
	handle   func(ctx context.Context, u Update) error
	offset   int64
	done     map[int64]bool // handled, but behind one that is not
	fails    int            // polls failed in a row
	stalls   int            // batches in a row with an update that failed
	conflict time.Time      // when the last conflict was
	clashes  int            // conflicts since the last quiet while
}

// answered notes a poll that went well.
func (p *poller) answered() {
	now := p.now()
	if p.fails > 0 {
		p.log.Info("telegram answers again", "failed_polls", p.fails)
		p.fails = 0
	}
	if p.clashes > 0 && now.Sub(p.conflict) >= conflictQuiet {
		p.log.Info("no other program polls with this token any more")
		p.clashes = 0
	}
	p.setStatus(func(s *Status) {
		s.Polled = now
		if p.clashes == 0 {
			s.Fault, s.Err = "", ""
		}
	})
}

// failed notes a poll that failed and says how long to wait.
func (p *poller) failed(ctx context.Context, err error) time.Duration {
	class := fault(err)
	p.setStatus(func(s *Status) { s.Fault, s.Err = class, err.Error() })
	switch class {
	case tagwire.FaultConflict:
		return p.clashed(ctx, err)
	case tagwire.FaultRetryAfter:
		var e *tagwire.SendError
		errors.As(err, &e)
		p.log.Warn("told to poll less", "retry_after", e.RetryAfter)
		return e.RetryAfter + jitter(e.RetryAfter/10)
	}
	p.fails++
	wait := backoff(p.fails, minWait, maxWait)
	p.log.Warn("poll failed", "err", err, "attempt", p.fails, "wait", wait)
	return wait
}

// clashed deals with a conflict: a webhook left from earlier is removed, another
// program is waited out, and both are said once.
func (p *poller) clashed(ctx context.Context, err error) time.Duration {
	p.clashes++
	p.conflict = p.now()
	if webhookActive(err) {
		p.log.Warn("a webhook is set for this bot and keeps updates away; removing it")
		if err := p.deleteWebhook(ctx); err != nil {
			p.log.Error("webhook not removed", "err", err)
		} else if p.clashes == 1 { // a leftover; whoever sets it again is a rival
			p.setStatus(func(s *Status) { s.Fault, s.Err = "", "" })
		}
	} else if p.clashes == 1 {
		p.log.Error("another program polls with this token; stop one of the two", "err", err)
	}
	return backoff(p.clashes, minConflictWait, maxConflictWait)
}

func (g *Gateway) deleteWebhook(ctx context.Context) error {
	var ok bool
	return g.ask(ctx, "deleteWebhook", nil, &ok)
}

// work handles a batch and moves the offset over what is done. It says how long
// to wait before the next poll: not at all, unless something failed.
func (p *poller) work(ctx context.Context, batch []json.RawMessage) time.Duration {
	ids, lanes := p.sort(batch)
	var mu sync.Mutex
	group := new(errgroup.Group)
	group.SetLimit(chatsAtOnce)
	for _, lane := range lanes {
		group.Go(func() error {
			for _, u := range lane {
				if err := p.one(ctx, u); err != nil {
					if ctx.Err() == nil {
						p.meter.update("failed")
						p.log.Error("update not handled", "update_id", u.ID, "attempt", p.stalls+1, "err", err)
					}
					return nil // what the chat sent later waits, too
				}
				mu.Lock()
				p.done[u.ID] = true
				mu.Unlock()
			}
			return nil
		})
	}
	group.Wait() //nolint:errcheck // the functions above give none

	stuck := p.advance(ids)
	p.setStatus(func(s *Status) { s.Stuck = stuck })
	switch {
	case stuck != 0, len(batch) > 0 && len(ids) == 0: // the latter: not even a number could be read
		p.stalls++
		return backoff(p.stalls, minWait, maxStall)
	}
	p.stalls = 0
	return 0
}

// sort decodes a batch: the numbers in order, and what is still to be handled by
// chat. Updates that cannot be read are done with.
func (p *poller) sort(batch []json.RawMessage) (ids []int64, lanes [][]Update) {
	before := p.done
	p.done = make(map[int64]bool, len(batch))
	lane := map[tagwire.ChatID]int{}
	for _, raw := range batch {
		var number struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(raw, &number); err != nil || number.ID == 0 {
			p.meter.update("undecodable")
			p.log.Error("update without number", "err", err)
			continue
		}
		id := number.ID
		ids = append(ids, id)
		if before[id] {
			p.done[id] = true
			continue
		}
		u, err := DecodeUpdate(raw)
		if err != nil {
			p.meter.update("undecodable")
			p.log.Error("update passed over", "update_id", id, "err", err)
			p.done[id] = true
			continue
		}
		if u.empty() {
			p.meter.update("ignored")
			p.done[id] = true
			continue
		}
		chat := u.Chat().ID
		n, ok := lane[chat]
		if !ok {
			n = len(lanes)
			lane[chat] = n
			lanes = append(lanes, nil)
		}
		lanes[n] = append(lanes[n], u)
	}
	return ids, lanes
}

// advance moves the offset behind the first updates that are done. Numbers may
// start anew, lower, after a silent week; so the last one counts, not the
// highest. It returns the first update that is not done, 0 if all are.
func (p *poller) advance(ids []int64) (stuck int64) {
	for _, id := range ids {
		if !p.done[id] {
			return id
		}
		p.offset = id + 1
	}
	return 0
}

// one handles an update. A panic would come back with the update after every
// restart, so it is logged and the update given up.
func (p *poller) one(ctx context.Context, u Update) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p.meter.update("panicked")
			p.log.Error("panic while handling an update", "update_id", u.ID, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = nil
		}
	}()
	failpoint.Hit(failpoint.UpdateReceived)
	if err := p.handle(ctx, u); err != nil {
		return err
	}
	failpoint.Hit(failpoint.UpdateHandled)
	p.meter.update("handled")
	return nil
}

// fault is the class of an error of this package.
func fault(err error) tagwire.Fault {
	var e *tagwire.SendError
	if errors.As(err, &e) {
		return e.Fault
	}
	return tagwire.FaultUnknown
}

// backoff is the n-th wait: doubling from the least to the most, with jitter.
func backoff(n int, least, most time.Duration) time.Duration {
	wait := least
	for ; n > 1 && wait < most; n-- {
		wait *= 2
	}
	return min(wait+jitter(wait/4), most)
}

// jitter is a random time below d.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// sleep waits, unless ctx ends first; then it is false.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
