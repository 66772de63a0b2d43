package emulator

import (
	"encoding/json"
	"slices"
	"time"
)

// How long updates wait for the bot, and how many.
const (
	updateLife   = 24 * time.Hour
	callbackLife = 150 * time.Second
	maxQueue     = 100_000
	longestPoll  = 50 * time.Second
	maxAnswer    = 4 << 20
)

// update is one event waiting for a bot.
type update struct {
	id      int
	kind    string
	body    []byte // the whole update object
	expires time.Time
}

// queue holds a bot's updates.
type queue struct {
	waiting   []update
	next      int // the id of the next update
	delivered []update
	repeats   []update      // to be delivered once more
	wake      chan struct{} // closed when an update comes; nil while nobody polls
	evict     chan struct{} // closed when a newer poll takes over
	byWebhook bool          // the eviction was a setWebhook
	allowed   map[string]bool
	offset    int       // of the previous poll
	polled    time.Time // when that began
	conflict  time.Time // before this, a conflict is told with delay
}

// inDefault reports whether a bot that chose nothing gets a kind of update.
func inDefault(kind string) bool {
	switch kind {
	case "chat_member", "message_reaction", "message_reaction_count":
		return false
	}
	return true
}

// allow sets the kinds of update that are queued from now on. What cannot be
// read changes nothing; an empty list is the default.
func (q *queue) allow(text string) {
	var names []string
	if text == "" || json.Unmarshal([]byte(text), &names) != nil || names == nil {
		return
	}
	if len(names) == 0 {
		q.allowed = nil
		return
	}
	q.allowed = map[string]bool{}
	for _, name := range names {
		q.allowed[asciiLower(name)] = true
	}
}

func (q *queue) wants(kind string) bool {
	if q.allowed == nil {
		return inDefault(kind)
	}
	return q.allowed[kind]
}

// allowedNames is what getWebhookInfo shows; nil for the default.
func (q *queue) allowedNames() []string {
	var names []string
	for name := range q.allowed {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// push queues an update of a kind, unless the bot does not want it.
func (w *world) push(b *bot, kind string, payload any) {
	if !b.queue.wants(kind) {
		return
	}
	life := updateLife
	if kind == "callback_query" {
		life = callbackLife
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return // only bytes of our own making come here
	}
	w.enqueue(b, map[string]json.RawMessage{kind: body}, kind, life)
}

func (w *world) enqueue(b *bot, fields map[string]json.RawMessage, kind string, life time.Duration) int {
	q := &b.queue
	id := q.next
	if _, own := fields["update_id"]; !own {
		fields["update_id"], _ = json.Marshal(id)
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return 0 // no JSON; only PushUpdate could bring that
	}
	q.next++
	if len(q.waiting) < maxQueue {
		q.waiting = append(q.waiting, update{id, kind, body, w.now().Add(life)})
	}
	q.rouse()
	w.touch()
	return id
}

// rouse wakes the poll that waits.
func (q *queue) rouse() {
	if q.wake != nil {
		close(q.wake)
		q.wake = nil
	}
}

// expire forgets what has waited too long.
func (q *queue) expire(now time.Time) {
	q.waiting = slices.DeleteFunc(q.waiting, func(u update) bool { return !u.expires.After(now) })
}

// confirm applies a poll's offset: everything below it is forgotten. A negative
// one keeps only the last ones. One that lies far beyond the queue is ignored;
// one from before a renumbering lies below it, or beyond, and confirms nothing.
func (q *queue) confirm(offset int) {
	switch {
	case offset < 0:
		if over := len(q.waiting) + offset; over > 0 {
			q.waiting = slices.Clone(q.waiting[over:])
		}
	case offset > 0 && offset <= q.next+10:
		q.waiting = slices.DeleteFunc(q.waiting, func(u update) bool { return u.id < offset })
	}
}

// take is the next batch, which stays queued until it is confirmed.
func (q *queue) take(limit int) []json.RawMessage {
	var out []json.RawMessage
	size := 0
	serve := func(u update) bool {
		if size += 50 + len(u.body); size > maxAnswer || len(out) == limit {
			return false
		}
		out = append(out, u.body)
		return true
	}
	for len(q.repeats) > 0 && serve(q.repeats[0]) {
		q.repeats = q.repeats[1:]
	}
	for _, u := range q.waiting {
		if !serve(u) {
			break
		}
		q.remember(u)
	}
	return out
}

// remember keeps the last updates delivered, for Repeat.
func (q *queue) remember(u update) {
	const kept = 1000
	q.delivered = append(q.delivered, u)
	if len(q.delivered) > 2*kept {
		q.delivered = slices.Clone(q.delivered[kept:])
	}
}

// Repeat delivers the last n updates a bot received once more, with their ids.
func (t *Telegram) Repeat(bot int64, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.botByID(bot); b != nil {
		q := &b.queue
		q.repeats = append(q.repeats, q.delivered[max(0, len(q.delivered)-n):]...)
		q.rouse()
	}
}

// PushUpdate queues an update of the caller's own making: its fields are merged
// with an update_id unless they hold one. The values must be JSON, but need not
// be what a client can decode. The id returned is 0 if nothing was queued.
func (t *Telegram) PushUpdate(bot int64, fields map[string]json.RawMessage) (id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.botByID(bot)
	if b == nil {
		return 0
	}
	merged := map[string]json.RawMessage{}
	for name, value := range fields {
		merged[name] = value
	}
	return t.enqueue(b, merged, "", updateLife)
}

// Renumber makes the next update carry this id, as after a silent week. Updates
// that still wait are lost.
func (t *Telegram) Renumber(bot int64, next int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.botByID(bot); b != nil {
		b.queue.waiting, b.queue.next = nil, next
	}
}

// Pending is how many updates wait for a bot, unconfirmed ones included.
func (t *Telegram) Pending(bot int64) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.botByID(bot)
	if b == nil {
		return 0
	}
	b.queue.expire(t.now())
	return len(b.queue.waiting)
}
