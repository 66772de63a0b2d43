package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tagwire/internal/tagwire"
)

// model is the store's contract in memory, as plainly as it can be said: maps,
// and one list of deliveries in the order they were queued. It knows nothing of
// lanes, cursors or indexes; what it says of a chat is worked out from the list.
type model struct {
	now        time.Time
	step       int // counts changes, to tell before from after
	sources    []*modelSource
	articles   []*modelArticle
	fanouts    []*modelArticle // to be served, oldest first
	chats      map[tagwire.ChatID]tagwire.Chat
	dests      map[tagwire.Dest]*modelDest
	deliveries []*modelDelivery
	held       map[tagwire.ChatID]hold
	heldAll    time.Time // nothing is sent before
	updates    map[int64]time.Time
	pruned     bool // some deliveries have been forgotten
}

type modelSource struct {
	state  tagwire.SourceState
	url    string
	active bool
}

type modelArticle struct {
	tagwire.Article
	source   tagwire.SourceSlug
	keys     map[string]bool
	recorded int // the step it was recorded in
	served   map[tagwire.Dest]bool
}

// modelDest is a place: not every one is known by name, some have only been
// posted to.
type modelDest struct {
	known     bool
	name      string
	suspended string
	subs      map[tagwire.TagSlug]modelSub
	pending   map[tagwire.ArticleID]bool
	planned   map[tagwire.ArticleID]bool // have been in a digest
	slots     map[string]time.Time
	merged    bool // two places became this one
}

type modelSub struct {
	at   time.Time
	step int
}

type modelDelivery struct {
	tagwire.Delivery
	ref    string
	state  tagwire.State
	reason string
	done   time.Time
}

// hold is before when a chat takes no reply and no broadcast.
type hold struct{ reply, post time.Time }

func newModel() *model {
	return &model{
		now: Start(), chats: map[tagwire.ChatID]tagwire.Chat{}, dests: map[tagwire.Dest]*modelDest{},
		held: map[tagwire.ChatID]hold{}, updates: map[int64]time.Time{},
	}
}

func (m *model) dest(d tagwire.Dest) *modelDest {
	if m.dests[d] == nil {
		m.dests[d] = &modelDest{
			subs: map[tagwire.TagSlug]modelSub{}, pending: map[tagwire.ArticleID]bool{},
			planned: map[tagwire.ArticleID]bool{}, slots: map[string]time.Time{},
		}
	}
	return m.dests[d]
}

// destsOf are the places of a chat in order.
func (m *model) destsOf(chat tagwire.ChatID) []tagwire.Dest {
	var out []tagwire.Dest
	for d := range m.dests {
		if d.Chat == chat {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b tagwire.Dest) int { return cmp.Compare(a.Thread, b.Thread) })
	return out
}

func (m *model) syncSources(list []tagwire.Source) {
	for _, s := range m.sources {
		s.active = false
	}
	for _, in := range list {
		s := m.source(in.Slug)
		if s == nil {
			m.sources = append(m.sources, &modelSource{url: in.URL, active: true, state: tagwire.SourceState{Slug: in.Slug, NextPoll: m.now}})
			continue
		}
		s.active = true
		if s.url != in.URL {
			s.url = in.URL
			s.state.ETag, s.state.LastModified, s.state.Baselined, s.state.Fails, s.state.NextPoll = "", "", false, 0, m.now
		}
	}
}

func (m *model) source(slug tagwire.SourceSlug) *modelSource {
	for _, s := range m.sources {
		if s.state.Slug == slug {
			return s
		}
	}
	return nil
}

// recordPoll gives the articles it stored for the first time; their ids are the
// store's to choose.
func (m *model) recordPoll(s *modelSource, p tagwire.Poll) (fresh []*modelArticle, stored []*modelArticle) {
	s.state.NextPoll = p.Next
	if p.Failed != "" {
		s.state.Fails++
		s.state.LastError = p.Failed
		return nil, nil
	}
	s.state.Fails, s.state.LastError, s.state.LastOK = 0, "", m.now
	if p.Unchanged {
		return nil, nil
	}
	for _, a := range p.Articles {
		if known := m.known(s.state.Slug, a.Keys); known != nil {
			for _, k := range a.Keys {
				if m.known(s.state.Slug, []string{k}) == nil {
					known.keys[k] = true
				}
			}
			continue
		}
		ma := &modelArticle{Article: a, source: s.state.Slug, keys: map[string]bool{}, recorded: m.step, served: map[tagwire.Dest]bool{}}
		ma.FirstSeen = m.now
		for _, k := range a.Keys {
			ma.keys[k] = true
		}
		m.articles = append(m.articles, ma)
		stored = append(stored, ma)
		if s.state.Baselined && !a.Stale {
			m.fanouts = append(m.fanouts, ma)
			fresh = append(fresh, ma)
		}
	}
	s.state.ETag, s.state.LastModified, s.state.Entries, s.state.Baselined = p.ETag, p.LastModified, p.Entries, true
	return fresh, stored
}

// known is the article of a source that has the first of the keys anyone has.
func (m *model) known(source tagwire.SourceSlug, keys []string) *modelArticle {
	for _, k := range keys {
		for _, a := range m.articles {
			if a.source == source && a.keys[k] {
				return a
			}
		}
	}
	return nil
}

// serve is what one place gets of an article.
func (m *model) serve(a *modelArticle, d tagwire.Dest, match tagwire.Match) {
	a.served[d] = true
	place := m.dest(d)
	if match.Digest && !place.planned[a.ID] {
		place.pending[a.ID] = true
	}
	x := &modelDelivery{Delivery: tagwire.Delivery{Dest: d, Class: tagwire.ClassInstant, Kind: tagwire.KindArticle, Article: a.ID}, ref: fmt.Sprint(a.ID), state: tagwire.Queued}
	switch {
	case match.Dropped != "":
		x.state, x.reason, x.done = tagwire.Dropped, match.Dropped, m.now
	case !match.Instant:
		return
	}
	m.enqueue(x)
}

func (m *model) enqueue(x *modelDelivery) {
	for _, y := range m.deliveries {
		if y.Dest == x.Dest && y.Kind == x.Kind && y.ref == x.ref {
			return
		}
	}
	m.deliveries = append(m.deliveries, x)
}

func (m *model) enqueueMessage(d tagwire.Dest, ref string, msg tagwire.Message) {
	for _, y := range m.deliveries {
		if msg.Edit != 0 && y.Dest.Chat == d.Chat && y.state == tagwire.Queued && y.Kind == tagwire.KindMessage && y.Message.Edit == msg.Edit {
			m.finish(y, tagwire.Dropped, "superseded")
		}
	}
	m.enqueue(&modelDelivery{Delivery: tagwire.Delivery{Dest: d, Class: tagwire.ClassReply, Kind: tagwire.KindMessage, Message: &msg}, ref: ref, state: tagwire.Queued})
}

func (m *model) finish(x *modelDelivery, state tagwire.State, reason string) {
	x.state, x.reason, x.done = state, reason, m.now
}

func (m *model) dropQueued(reason string, of func(*modelDelivery) bool) {
	for _, x := range m.deliveries {
		if x.state == tagwire.Queued && of(x) {
			m.finish(x, tagwire.Dropped, reason)
		}
	}
}

var errRefused = errors.New("the store refuses this")

// applyUpdate tells what ApplyUpdate answers. A refused update changes nothing,
// so whoever calls keeps a copy.
func (m *model) applyUpdate(id int64, changes []tagwire.Change, replies []tagwire.Reply) (bool, error) {
	if _, seen := m.updates[id]; seen {
		return false, nil
	}
	m.updates[id] = m.now
	for _, c := range changes {
		if err := m.apply(c); err != nil {
			return false, err
		}
	}
	for i, r := range replies {
		m.enqueueMessage(r.Dest, fmt.Sprintf("update %d %d %v", id, i, m.now), r.Message)
	}
	return true, nil
}

func (m *model) apply(change tagwire.Change) error {
	switch c := change.(type) {
	case tagwire.SeeChat:
		if c.Chat.Mode == "impossible" {
			return errRefused
		}
		if old, known := m.chats[c.Chat.ID]; known {
			old.Type, old.Title = c.Chat.Type, c.Chat.Title
			m.chats[c.Chat.ID] = old
		} else {
			m.chats[c.Chat.ID] = c.Chat
		}
	case tagwire.SeeTopic:
		m.see(c.Dest, c.Name)
	case tagwire.Subscribe:
		m.see(c.Dest, "")
		if !m.dest(c.Dest).known {
			return errRefused
		}
		for i, tag := range c.Tags {
			if _, has := m.dest(c.Dest).subs[tag]; !has {
				m.dest(c.Dest).subs[tag] = modelSub{m.now.Add(time.Duration(i) * time.Millisecond), m.step}
			}
		}
	case tagwire.Unsubscribe:
		for _, tag := range c.Tags {
			delete(m.dest(c.Dest).subs, tag)
		}
	case tagwire.SetLanguage:
		if chat, known := m.chats[c.Chat]; known {
			chat.Language = c.Language
			m.chats[c.Chat] = chat
		}
	case tagwire.SetTiming:
		m.setTiming(c)
	case tagwire.Suspend:
		m.suspendChat(c.Chat, c.Reason)
	case tagwire.Resume:
		m.resume(c.Dest)
	case tagwire.Migrate:
		m.migrate(c.From, c.To)
	case tagwire.PlanDigest:
		m.plan(c)
	case tagwire.Requeue:
		m.requeue(c)
	}
	return nil
}

func (m *model) requeue(c tagwire.Requeue) {
	for _, x := range m.deliveries {
		if x.state == tagwire.Dead && (x.ID == c.Delivery || !c.Through.IsZero() && !x.done.After(c.Through)) {
			x.state, x.reason, x.Attempts, x.Ambiguous = tagwire.Queued, "", 0, 0
		}
	}
}

func (m *model) see(d tagwire.Dest, name string) {
	if _, known := m.chats[d.Chat]; known {
		m.dest(d).known = true
		m.dest(d).name = cmp.Or(name, m.dest(d).name)
	}
}

func (m *model) setTiming(c tagwire.SetTiming) {
	chat, known := m.chats[c.Chat]
	if !known {
		return
	}
	chat.Mode, chat.Rhythm, chat.Zone, chat.NextDigest = c.Mode, c.Rhythm, c.Zone, c.NextDigest
	m.chats[c.Chat] = chat
	if c.Mode.Digest() {
		return
	}
	for _, d := range m.destsOf(c.Chat) {
		for _, id := range slices.Sorted(maps.Keys(m.dest(d).pending)) {
			m.enqueue(&modelDelivery{
				Delivery: tagwire.Delivery{Dest: d, Class: tagwire.ClassInstant, Kind: tagwire.KindArticle, Article: id},
				ref:      fmt.Sprint(id), state: tagwire.Dropped, reason: "digest switched off", done: m.now,
			})
		}
		clear(m.dest(d).pending)
	}
}

func (m *model) suspendChat(id tagwire.ChatID, reason string) {
	if chat, known := m.chats[id]; known {
		chat.Suspended = reason
		m.chats[id] = chat
	}
	m.dropQueued(reason, func(x *modelDelivery) bool { return x.Dest.Chat == id })
}

func (m *model) suspendThread(d tagwire.Dest, reason string) {
	if _, known := m.chats[d.Chat]; known {
		m.dest(d).known = true
		m.dest(d).suspended = reason
	}
	m.dropQueued(reason, func(x *modelDelivery) bool { return x.Dest == d })
}

func (m *model) resume(d tagwire.Dest) {
	if chat, known := m.chats[d.Chat]; known {
		chat.Suspended = ""
		m.chats[d.Chat] = chat
	}
	m.dest(d).suspended = ""
}

func (m *model) migrate(from, to tagwire.ChatID) {
	if from == to {
		return
	}
	if old, known := m.chats[from]; known {
		chat, exists := m.chats[to]
		if !exists {
			chat = tagwire.Chat{ID: to, Type: tagwire.Supergroup, Title: old.Title}
		}
		chat.Language, chat.Zone, chat.Mode, chat.Rhythm, chat.NextDigest, chat.Suspended = old.Language, old.Zone, old.Mode, old.Rhythm, old.NextDigest, ""
		m.chats[to] = chat
		delete(m.chats, from)
	}
	for _, d := range m.destsOf(from) {
		m.mergeDest(d, tagwire.Dest{Chat: to, Thread: d.Thread})
	}
	onWire := false
	for _, x := range m.deliveries {
		if x.Dest.Chat != from {
			continue
		}
		there := tagwire.Dest{Chat: to, Thread: x.Dest.Thread}
		if !slices.ContainsFunc(m.deliveries, func(y *modelDelivery) bool { return y.Dest == there && y.Kind == x.Kind && y.ref == x.ref }) {
			x.Dest = there
			continue
		}
		if x.state == tagwire.Queued {
			m.finish(x, tagwire.Dropped, "migrated")
		}
		onWire = onWire || x.state == tagwire.Leased
	}
	old, now := m.held[from], m.held[to]
	m.held[to] = hold{later(old.reply, now.reply), later(old.post, now.post)}
	if !onWire {
		delete(m.held, from)
	}
}

func (m *model) mergeDest(from, to tagwire.Dest) {
	a, b := m.dest(from), m.dest(to)
	if a.known && !b.known {
		b.known, b.name, b.suspended = true, a.name, a.suspended
	}
	b.merged = true
	for tag, sub := range a.subs {
		if has, ok := b.subs[tag]; ok {
			sub = modelSub{has.at, min(sub.step, has.step)}
		}
		b.subs[tag] = sub
	}
	maps.Copy(b.pending, a.pending)
	maps.Copy(b.planned, a.planned)
	for slot, at := range a.slots {
		if _, has := b.slots[slot]; !has {
			b.slots[slot] = at
		}
	}
	delete(m.dests, from)
	for _, article := range m.articles {
		if article.served[from] {
			delete(article.served, from)
			article.served[to] = true
		}
	}
}

func (m *model) plan(p tagwire.PlanDigest) {
	d := m.dest(p.Dest)
	if _, planned := d.slots[p.Slot]; planned {
		return
	}
	d.slots[p.Slot] = m.now
	for _, page := range p.Pages {
		m.enqueue(&modelDelivery{Delivery: tagwire.Delivery{Dest: p.Dest, Class: p.Class, Kind: tagwire.KindDigest, Page: &page},
			ref: fmt.Sprintf("%s/%d", p.Slot, page.Part), state: tagwire.Queued})
	}
	for id := range d.pending {
		if id <= p.Through {
			delete(d.pending, id)
			d.planned[id] = true
		}
	}
}

func (m *model) enqueueDigests(chat tagwire.ChatID, due, next time.Time, plans []tagwire.PlanDigest) {
	c, known := m.chats[chat]
	if !known || !c.NextDigest.Equal(due) {
		return
	}
	c.NextDigest = next
	m.chats[chat] = c
	for _, p := range plans {
		m.plan(p)
	}
}

func (m *model) settle(s tagwire.Settlement) {
	i := slices.IndexFunc(m.deliveries, func(x *modelDelivery) bool { return x.ID == s.Delivery && x.state == tagwire.Leased })
	if i < 0 {
		return
	}
	x := m.deliveries[i]
	x.Plain = x.Plain || s.Plain
	if s.Attempt {
		x.Attempts++
	}
	if s.Ambiguous {
		x.Ambiguous++
	}
	m.finish(x, s.State, s.Reason)
	chat := x.Dest.Chat
	m.held[chat] = hold{later(m.held[chat].reply, s.ReplyAfter), later(m.held[chat].post, s.PostAfter)}
	m.heldAll = later(m.heldAll, s.HoldAll)
	d := x.Dest
	if s.State == tagwire.Sent {
		m.resume(d)
	}
	if s.MigrateTo != 0 {
		m.migrate(d.Chat, s.MigrateTo)
		d.Chat = s.MigrateTo
	}
	if s.SuspendChat != "" {
		m.suspendChat(d.Chat, s.SuspendChat)
	}
	if s.SuspendThread != "" {
		m.suspendThread(d, s.SuspendThread)
	}
	if s.Notice != nil {
		m.enqueueMessage(tagwire.Dest{Chat: d.Chat}, fmt.Sprint("notice ", s.Delivery), *s.Notice)
	}
}

// maxAmbiguous is how often a message of unknown outcome is sent again.
const maxAmbiguous = 2

func (m *model) recover() (n int) {
	for _, x := range m.deliveries {
		if x.state != tagwire.Leased {
			continue
		}
		n++
		if x.Ambiguous >= maxAmbiguous {
			m.finish(x, tagwire.Dead, "unknown outcome")
		} else {
			x.state, x.reason = tagwire.Queued, ""
		}
		x.Ambiguous++
	}
	return n
}

func (m *model) prune() {
	maps.DeleteFunc(m.updates, func(_ int64, at time.Time) bool { return at.Before(m.now.Add(-48 * time.Hour)) })
	before := len(m.deliveries)
	month := m.now.Add(-30 * 24 * time.Hour)
	m.deliveries = slices.DeleteFunc(m.deliveries, func(x *modelDelivery) bool {
		return (x.state == tagwire.Sent || x.state == tagwire.Dead || x.state == tagwire.Dropped) && x.done.Before(month)
	})
	m.pruned = m.pruned || len(m.deliveries) < before
	for _, d := range m.dests {
		maps.DeleteFunc(d.slots, func(_ string, at time.Time) bool { return at.Before(month) })
	}
}

// setBack is a clock that was ahead and shows the right time now: waits are as
// long as they were, what happened in the future happened now.
func (m *model) setBack(by time.Duration) {
	shift := func(t time.Time) time.Time {
		if t.After(m.now) {
			return later(m.now, t.Add(-by))
		}
		return t
	}
	until := func(t time.Time) time.Time {
		if t.After(m.now) {
			return m.now
		}
		return t
	}
	for id, h := range m.held {
		m.held[id] = hold{shift(h.reply), shift(h.post)}
	}
	m.heldAll = shift(m.heldAll)
	for _, s := range m.sources {
		s.state.NextPoll, s.state.LastOK = shift(s.state.NextPoll), until(s.state.LastOK)
	}
	for id, c := range m.chats {
		if c.NextDigest.After(m.now) {
			c.NextDigest = time.UnixMilli(1).UTC() // overdue since ever
			m.chats[id] = c
		}
	}
	for id, at := range m.updates {
		m.updates[id] = until(at)
	}
	for _, d := range m.dests {
		for slot, at := range d.slots {
			d.slots[slot] = until(at)
		}
	}
	for _, x := range m.deliveries {
		x.done = until(x.done)
	}
}

// head is the delivery of a chat and class that is to go next, if the chat may
// be given one now, and when it became ready.
func (m *model) head(chat tagwire.ChatID, class tagwire.Class) (*modelDelivery, time.Time) {
	var first *modelDelivery
	for _, x := range m.deliveries {
		if x.Dest.Chat != chat {
			continue
		}
		switch {
		case x.state == tagwire.Leased:
			return nil, time.Time{} // one request a chat is on the wire
		case x.state != tagwire.Queued:
		case class > tagwire.ClassReply && x.Class > tagwire.ClassReply && x.Class < class:
			return nil, time.Time{} // posts before digests
		case first == nil && x.Class == class:
			first = x
		}
	}
	if class == tagwire.ClassReply {
		return first, m.held[chat].reply
	}
	return first, m.held[chat].post
}

// queuedChats are all chats something waits for.
func (m *model) queuedChats() []tagwire.ChatID {
	chats := map[tagwire.ChatID]bool{}
	for _, x := range m.deliveries {
		if x.state == tagwire.Queued {
			chats[x.Dest.Chat] = true
		}
	}
	return slices.Sorted(maps.Keys(chats))
}

func (m *model) ledger() []Line {
	var lines []Line
	for _, x := range m.deliveries {
		l := Line{Dest: x.Dest, Article: x.Article, State: x.state, Reason: x.reason, Class: x.Class, Kind: x.Kind}
		if x.Message != nil {
			l.Text = string(x.Message.HTML)
		}
		if x.Page != nil {
			l.Text, l.Digest = x.Page.Slot, x.Page.IDs()
		}
		lines = append(lines, l)
	}
	for d, place := range m.dests {
		for id := range place.pending {
			lines = append(lines, Line{Dest: d, Article: id, State: Pending, Class: tagwire.ClassDigest, Kind: tagwire.KindDigest})
		}
	}
	return sortLines(lines)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
