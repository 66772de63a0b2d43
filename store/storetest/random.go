package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tagwire/internal/tagwire"
)

// Random compares a store with the model in random sequences of everything that
// can happen to it. A sequence that fails is shrunk to the shortest that still
// does, and printed with its seed.
//
// New sequences are begun until the budget is spent, or -rapid.checks of them
// have run.
func Random(t *testing.T, budget time.Duration, open func(t testing.TB, place string) Audited) {
	end, failing, sequences := time.Now().Add(budget), false, 0
	defer func() { t.Logf("%d sequences", sequences) }()
	rapid.Check(t, func(rt *rapid.T) {
		if !failing && time.Now().After(end) {
			return
		}
		sequences++
		defer func() { failing = failing || rt.Failed() }()
		place := t.TempDir()
		r := &run{model: newModel(), store: open(t, place), reopen: func() Audited { return open(t, place) }}
		defer func() { r.store.Close() }()
		r.begin(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"":            r.check,
			"publish":     r.publish,
			"publish 2":   r.publish,
			"catalogue":   r.catalogue,
			"update":      r.update,
			"update 2":    r.update,
			"update 3":    r.update,
			"fan out":     r.fanOut,
			"fan out 2":   r.fanOut,
			"fan out 3":   r.fanOut,
			"digests":     r.digests,
			"claim":       r.claim,
			"claim 2":     r.claim,
			"settle":      r.settle,
			"settle 2":    r.settle,
			"time passes": r.pass,
			"restart":     r.restart,
			"prune":       r.prune,
			"set back":    r.clockBack,
		})
		r.end(rt)
	})
}

// run is a store and the model of it on the same way.
type run struct {
	*model
	store      Audited
	reopen     func() Audited
	lastUpdate int64
	names      int // articles, texts and slots made so far
	checks     int
}

func background() context.Context { return context.Background() }

func (r *run) name() string {
	r.names++
	return fmt.Sprint(r.names)
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *rapid.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (- model, + store):\n%s", what, diff)
	}
}

// The world is small, so that its inhabitants meet: a person, two groups and the
// supergroups they may become, in them two places each, three tags.
func drawChat(t *rapid.T) tagwire.ChatID {
	return rapid.SampledFrom([]tagwire.ChatID{-100, -200, 7, -1000, -2000}).Draw(t, "chat")
}

func drawDest(t *rapid.T) tagwire.Dest {
	return tagwire.Dest{Chat: drawChat(t), Thread: rapid.SampledFrom([]tagwire.ThreadID{0, 4}).Draw(t, "thread")}
}

func drawTags(t *rapid.T) []tagwire.TagSlug {
	return rapid.SampledFrom([][]tagwire.TagSlug{{"copper"}, {"copper", "zinc"}, {"zinc"}, {"tin", "copper"}, {"tin", "zinc", "copper"}}).Draw(t, "tags")
}

// begin is where most sequences get interesting: sources with their baseline,
// chats that subscribed.
func (r *run) begin(t *rapid.T) {
	r.sync(t, []tagwire.Source{{Slug: "mill", Name: "Mill", URL: "u1"}, {Slug: "mine", Name: "Mine", URL: "u2"}})
	for _, s := range r.sources {
		r.poll(t, s, tagwire.Poll{Source: s.state.ID, Next: r.now})
	}
	for i, chat := range []tagwire.ChatID{-100, -200, 7} {
		c := Chat(chat)
		c.Mode = []tagwire.Mode{tagwire.ModeBoth, tagwire.ModeDigest, tagwire.ModeInstant}[i]
		r.apply1(t, tagwire.SeeChat{Chat: c}, tagwire.Subscribe{Dest: tagwire.Dest{Chat: chat}, Tags: []tagwire.TagSlug{"copper"}},
			tagwire.Subscribe{Dest: tagwire.Dest{Chat: chat, Thread: 4}, Tags: []tagwire.TagSlug{"zinc", "copper"}})
	}
}

func (r *run) apply1(t *rapid.T, changes ...tagwire.Change) {
	r.lastUpdate++
	r.applyAs(t, r.lastUpdate, changes, nil)
}

func (r *run) sync(t *rapid.T, list []tagwire.Source) {
	must(t, r.store.SyncSources(background(), r.now, list))
	r.syncSources(list)
	states, err := r.store.Sources(background())
	must(t, err)
	for _, s := range states {
		r.source(s.Slug).state.ID = s.ID
	}
}

func (r *run) catalogue(t *rapid.T) {
	r.step++
	list := []tagwire.Source{{Slug: "mill", Name: "Mill", URL: rapid.SampledFrom([]string{"u1", "u1", "u3"}).Draw(t, "address")}}
	if rapid.Bool().Draw(t, "both") {
		list = append(list, tagwire.Source{Slug: "mine", Name: "Mine", URL: "u2"})
	}
	r.sync(t, list)
}

func (r *run) publish(t *rapid.T) {
	r.step++
	s := rapid.SampledFrom(r.sources).Draw(t, "source")
	p := tagwire.Poll{Source: s.state.ID, Next: r.now.Add(time.Minute), ETag: r.name(), Entries: 1}
	switch rapid.IntRange(0, 7).Draw(t, "answer") {
	case 7:
		p.Failed = "503"
	case 6:
		p.Unchanged = true
	default:
		for range rapid.IntRange(1, 3).Draw(t, "articles") {
			a := Article("k"+r.name(), drawTags(t)...)
			if rapid.IntRange(0, 5).Draw(t, "known") == 0 && len(r.articles) > 0 {
				old := rapid.SampledFrom(r.articles).Draw(t, "old")
				a.Keys = append(a.Keys, slices.Sorted(maps.Keys(old.keys))[0])
			}
			a.Stale = rapid.IntRange(0, 9).Draw(t, "stale") == 0
			p.Articles = append(p.Articles, a)
		}
	}
	r.poll(t, s, p)
}

func (r *run) poll(t *rapid.T, s *modelSource, p tagwire.Poll) {
	fresh, err := r.store.RecordPoll(background(), r.now, p)
	must(t, err)
	want, stored := r.recordPoll(s, p)
	if fresh != len(want) {
		t.Fatalf("%d fresh articles, want %d", fresh, len(want))
	}
	if len(stored) == 0 {
		return
	}
	latest, err := r.store.Latest(background(), "", len(r.articles))
	must(t, err)
	highest := tagwire.ArticleID(0)
	for _, a := range r.articles { // in the order they were stored
		i := slices.IndexFunc(latest, func(b tagwire.Article) bool { return a.Title == b.Title })
		if i < 0 {
			t.Fatalf("article %q is not there", a.Title)
		}
		if a.ID != 0 && a.ID != latest[i].ID || latest[i].ID <= highest {
			t.Fatalf("article %q: id %d, was %d, the one before has %d", a.Title, latest[i].ID, a.ID, highest)
		}
		a.ID, highest = latest[i].ID, latest[i].ID
	}
}

func (r *run) update(t *rapid.T) {
	r.step++
	var changes []tagwire.Change
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		change := r.drawChange(t)
		if _, plan := change.(tagwire.PlanDigest); plan { // made from what waits now
			changes = []tagwire.Change{change}
			break
		}
		changes = append(changes, change)
	}
	var replies []tagwire.Reply
	for range rapid.IntRange(0, 2).Draw(t, "replies") {
		replies = append(replies, tagwire.Reply{Dest: drawDest(t), Message: tagwire.Message{HTML: tagwire.HTML("reply " + r.name()), Edit: rapid.SampledFrom([]int{0, 0, 5, 6}).Draw(t, "edit")}})
	}
	id := r.lastUpdate + 1
	if rapid.IntRange(0, 4).Draw(t, "again") == 0 {
		id = rapid.Int64Range(1, r.lastUpdate).Draw(t, "id")
	}
	r.lastUpdate = max(r.lastUpdate, id)
	r.applyAs(t, id, changes, replies)
}

func (r *run) applyAs(t *rapid.T, id int64, changes []tagwire.Change, replies []tagwire.Reply) {
	applied, err := r.store.ApplyUpdate(background(), r.now, id, changes, replies)
	if _, seen := r.updates[id]; !seen && r.refused(changes) {
		if err == nil || applied {
			t.Fatalf("accepted: %+v", changes)
		}
		return
	}
	want, _ := r.applyUpdate(id, changes, replies)
	if err != nil || applied != want {
		t.Fatalf("update %d: applied %v, want %v; %v", id, applied, want, err)
	}
}

// refused tells whether one of the changes is impossible, so that none may take
// effect.
func (r *run) refused(changes []tagwire.Change) bool {
	known := maps.Clone(r.chats)
	for _, change := range changes {
		switch c := change.(type) {
		case tagwire.SeeChat:
			if c.Chat.Mode == "impossible" {
				return true
			}
			known[c.Chat.ID] = c.Chat
		case tagwire.Subscribe:
			if _, ok := known[c.Dest.Chat]; !ok {
				return true
			}
		case tagwire.Migrate:
			if _, ok := known[c.From]; ok && c.From != c.To {
				known[c.To] = tagwire.Chat{}
				delete(known, c.From)
			}
		}
	}
	return false
}

func (r *run) drawChange(t *rapid.T) tagwire.Change {
	switch rapid.SampledFrom([]string{"subscribe", "subscribe", "unsubscribe", "see", "topic", "language", "timing", "suspend", "resume", "migrate", "digest now", "requeue", "impossible"}).Draw(t, "change") {
	case "subscribe":
		return tagwire.Subscribe{Dest: drawDest(t), Tags: drawTags(t)}
	case "unsubscribe":
		return tagwire.Unsubscribe{Dest: drawDest(t), Tags: drawTags(t)}
	case "see":
		c := Chat(drawChat(t))
		c.Title, c.NextDigest = "title "+r.name(), r.now.Add(time.Minute)
		return tagwire.SeeChat{Chat: c}
	case "topic":
		return tagwire.SeeTopic{Dest: drawDest(t), Name: rapid.SampledFrom([]string{"", "Prices", "Talk"}).Draw(t, "name")}
	case "language":
		return tagwire.SetLanguage{Chat: drawChat(t), Language: rapid.SampledFrom([]string{"en", "zh"}).Draw(t, "language")}
	case "timing":
		c := tagwire.SetTiming{Chat: drawChat(t), Mode: rapid.SampledFrom([]tagwire.Mode{tagwire.ModeInstant, tagwire.ModeDigest, tagwire.ModeBoth}).Draw(t, "mode"), Rhythm: tagwire.DefaultRhythm(), Zone: "UTC"}
		if c.Mode.Digest() {
			c.NextDigest = r.now.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Hour}).Draw(t, "digest in"))
		}
		return c
	case "suspend":
		return tagwire.Suspend{Chat: drawChat(t), Reason: "kicked"}
	case "resume":
		return tagwire.Resume{Dest: drawDest(t)}
	case "migrate":
		return rapid.SampledFrom([]tagwire.Migrate{{From: -100, To: -1000}, {From: -200, To: -2000}, {From: -1000, To: -1000}, {From: -1000, To: -200}}).Draw(t, "migrate")
	case "digest now":
		return r.drawPlan(t, drawDest(t))
	case "requeue":
		if rapid.Bool().Draw(t, "all") {
			return tagwire.Requeue{Through: r.now.Add(-rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "died before"))}
		}
		if len(r.deliveries) > 0 {
			return tagwire.Requeue{Delivery: rapid.SampledFrom(r.deliveries).Draw(t, "delivery").ID}
		}
		return tagwire.Requeue{Delivery: 999_999}
	}
	bad := Chat(-300)
	bad.Mode = "impossible"
	return tagwire.SeeChat{Chat: bad}
}

// drawPlan plans what waits for a place, as dispatch does; now and then a slot
// that was planned before.
func (r *run) drawPlan(t *rapid.T, d tagwire.Dest) tagwire.PlanDigest {
	p := tagwire.PlanDigest{Dest: d, Slot: "slot " + r.name(), Class: tagwire.ClassDigest}
	if rapid.IntRange(0, 9).Draw(t, "reply class") == 0 {
		p.Class = tagwire.ClassReply
	}
	if old := slices.Sorted(maps.Keys(r.dest(d).slots)); len(old) > 0 && rapid.IntRange(0, 4).Draw(t, "slot again") == 0 {
		p.Slot = rapid.SampledFrom(old).Draw(t, "slot")
	}
	waiting, err := r.store.PendingDigest(background(), d)
	must(t, err)
	for i, a := range waiting {
		p.Through = max(p.Through, a.ID)
		if i%2 == 0 {
			p.Pages = append(p.Pages, tagwire.DigestPage{Slot: p.Slot, Part: len(p.Pages) + 1, Groups: []tagwire.DigestGroup{{}}})
		}
		g := &p.Pages[len(p.Pages)-1].Groups[0]
		g.Articles = append(g.Articles, a.ID)
	}
	return p
}

func (r *run) fanOut(t *rapid.T) {
	r.step++
	r.fanOutChunk(t, rapid.SampledFrom([]int{1, 2, 3, 10}).Draw(t, "limit"))
}

// fanOutChunk believes the store which subscribers it serves when, and checks
// that they are right: of the oldest article that is to be served, subscribed
// now, as their settings are now; and nobody was left out when it goes on to the
// next.
func (r *run) fanOutChunk(t *rapid.T, limit int) (more bool) {
	served := 0
	more, err := r.store.FanOut(background(), r.now, limit, func(a tagwire.Article, s tagwire.Subscriber) tagwire.Match {
		for len(r.fanouts) > 0 && r.fanouts[0].ID != a.ID {
			r.fannedOut(t)
		}
		if len(r.fanouts) == 0 {
			t.Fatalf("article %d is served once more", a.ID)
		}
		chat, place := r.chats[s.Dest.Chat], r.dest(s.Dest)
		_, subscribed := place.subs[s.Tag]
		suspended := chat.Suspended
		if suspended == "" {
			suspended = place.suspended
		}
		if !subscribed || !a.Has(s.Tag) || s.Mode != chat.Mode || s.Suspended != suspended {
			t.Fatalf("article %+v served to %+v; the chat is %+v, the place %+v", a, s, chat, place)
		}
		served++
		match := Everything(a, s)
		r.serve(r.fanouts[0], s.Dest, match)
		return match
	})
	must(t, err)
	if served > limit {
		t.Fatalf("%d served at once, want at most %d", served, limit)
	}
	for !more && len(r.fanouts) > 0 {
		r.fannedOut(t)
	}
	return more
}

// fannedOut ends the oldest fan-out: each place that has been subscribed since
// before the article came was served.
func (r *run) fannedOut(t *rapid.T) {
	a := r.fanouts[0]
	r.fanouts = r.fanouts[1:]
	for d, place := range r.dests {
		for tag, sub := range place.subs {
			if a.Has(tag) && sub.step < a.recorded && !a.served[d] {
				t.Fatalf("article %d never reached %s, which subscribed to %s before it came", a.ID, d, tag)
			}
		}
	}
}

func (r *run) digests(t *rapid.T) {
	r.step++
	if rapid.Bool().Draw(t, "wait for one") {
		tomorrow := r.now.Add(25 * time.Hour)
		for _, c := range r.chats {
			if c.NextDigest.Before(tomorrow) {
				r.now = later(r.now, c.NextDigest)
			}
		}
	}
	for _, due := range r.checkDue(t) {
		var plans []tagwire.PlanDigest
		for _, d := range due.Dests {
			plans = append(plans, r.drawPlan(t, d))
		}
		at, next := due.Chat.NextDigest, r.now.Add(24*time.Hour)
		if rapid.IntRange(0, 5).Draw(t, "outdated") == 0 {
			at = at.Add(-time.Second) // someone changed the time meanwhile
		}
		must(t, r.store.EnqueueDigests(background(), r.now, due.Chat.ID, at, next, plans))
		r.enqueueDigests(due.Chat.ID, at, next, plans)
	}
}

func (r *run) claim(t *rapid.T) {
	r.step++
	r.claimUpTo(t, rapid.IntRange(1, 5).Draw(t, "slots"))
}

func (r *run) claimUpTo(t *rapid.T, n int) (claimed []tagwire.Delivery) {
	claimed, err := r.store.Claim(background(), r.now, n)
	must(t, err)
	if len(claimed) > n {
		t.Fatalf("%d claimed, want at most %d", len(claimed), n)
	}
	if r.heldAll.After(r.now) {
		if len(claimed) > 0 {
			t.Fatalf("claimed although nothing may be sent before %v: %v", r.heldAll, describe(claimed))
		}
		return nil
	}
	var last tagwire.Class
	var lastReady time.Time
	for _, got := range claimed {
		x, ready := r.head(got.Dest.Chat, got.Class)
		if x == nil || ready.After(r.now) {
			t.Fatalf("claimed %+v; the chat may be given %+v from %v", got, x, ready)
		}
		if got.Class < last || got.Class == last && ready.Before(lastReady) {
			t.Fatalf("claimed class %d ready %v after class %d ready %v", got.Class, ready, last, lastReady)
		}
		last, lastReady = got.Class, ready
		want := x.Delivery
		want.ID, want.Pace = got.ID, r.held[got.Dest.Chat].post
		same(t, "claimed", want, got)
		if x.ID != 0 && x.ID != got.ID {
			t.Fatalf("delivery %d comes as %d", x.ID, got.ID)
		}
		x.ID, x.state = got.ID, tagwire.Leased
	}
	for _, chat := range r.queuedChats() {
		for class := range tagwire.ClassDigest + 1 {
			x, ready := r.head(chat, class)
			mayWait := len(claimed) == n && (class > last || class == last && !ready.Before(lastReady))
			if x != nil && !ready.After(r.now) && !mayWait {
				t.Fatalf("left behind: %+v of class %d, ready since %v; claimed up to class %d, %v", x, class, ready, last, lastReady)
			}
		}
	}
	return claimed
}

func (r *run) leased() (out []*modelDelivery) {
	for _, x := range r.deliveries {
		if x.state == tagwire.Leased {
			out = append(out, x)
		}
	}
	return out
}

func (r *run) settle(t *rapid.T) {
	r.step++
	var outcomes []tagwire.Settlement
	for _, x := range r.leased() {
		if rapid.IntRange(0, 2).Draw(t, "still on the wire") > 0 {
			outcomes = append(outcomes, r.drawOutcome(t, x))
		}
	}
	if rapid.IntRange(0, 5).Draw(t, "late") == 0 { // about a delivery that is settled already, or none at all
		late := tagwire.Settlement{Delivery: 999_999, State: tagwire.Dead}
		if len(outcomes) > 0 {
			late.Delivery = outcomes[0].Delivery
		}
		if !slices.ContainsFunc(outcomes, func(s tagwire.Settlement) bool { return s.State == tagwire.Queued }) {
			outcomes = append(outcomes, late)
		}
	}
	if len(outcomes) == 0 {
		t.Skip("nothing on the wire")
	}
	must(t, r.store.Settle(background(), r.now, outcomes))
	for _, s := range outcomes {
		r.model.settle(s)
	}
}

func (r *run) drawOutcome(t *rapid.T, x *modelDelivery) tagwire.Settlement {
	s := tagwire.Settlement{Delivery: x.ID, Chat: x.Dest.Chat, State: tagwire.Queued}
	pause := r.now.Add(rapid.SampledFrom([]time.Duration{time.Second, 3 * time.Second, time.Hour}).Draw(t, "pause"))
	switch rapid.SampledFrom([]string{"sent", "sent", "sent", "flood", "flood of all", "unsent", "unknown", "markup", "dead", "gone", "topic", "migrated"}).Draw(t, "outcome") {
	case "sent":
		s.State, s.MessageID, s.PostAfter = tagwire.Sent, 1, pause
	case "flood":
		s.Reason, s.PostAfter, s.ReplyAfter = "429", pause, pause
	case "flood of all":
		s.Reason, s.PostAfter, s.ReplyAfter, s.HoldAll = "429", pause, pause, pause
	case "unsent":
		s.Attempt, s.PostAfter = true, pause
	case "unknown":
		s.Attempt, s.Ambiguous, s.ReplyAfter = true, true, pause
	case "markup":
		s.Attempt, s.Plain = true, true
	case "dead":
		s.State, s.Reason = tagwire.Dead, "bad"
	case "gone":
		s.State, s.Reason, s.SuspendChat = tagwire.Dropped, "gone", "gone"
	case "topic":
		s.State, s.Reason, s.SuspendThread = tagwire.Dropped, "topic-gone", "topic-gone"
		if x.Dest.Thread != 0 {
			s.Notice = &tagwire.Message{HTML: tagwire.HTML("notice " + r.name())}
		}
	case "migrated":
		s.MigrateTo = map[tagwire.ChatID]tagwire.ChatID{-100: -1000, -200: -2000, 7: 7, -1000: -1000, -2000: -1000}[x.Dest.Chat]
	}
	return s
}

func (r *run) pass(t *rapid.T) {
	r.step++
	r.now = r.now.Add(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Minute, time.Hour, 25 * time.Hour, 31 * 24 * time.Hour}).Draw(t, "time"))
}

func (r *run) clockBack(t *rapid.T) {
	const by = time.Hour
	if r.now.Add(-by).Before(Start()) {
		t.Skip("at the beginning of time")
	}
	r.step++
	r.now = r.now.Add(-by)
	must(t, r.store.SetBack(background(), r.now, by))
	r.model.setBack(by)
}

// restart is what a crash leaves: what was on the wire may have been sent.
func (r *run) restart(t *rapid.T) {
	r.step++
	must(t, r.store.Close())
	r.store = r.reopen()
	r.recoverAll(t)
}

func (r *run) recoverAll(t *rapid.T) {
	n, err := r.store.Recover(background(), r.now)
	must(t, err)
	if want := r.recover(); n != want {
		t.Fatalf("%d taken back, want %d", n, want)
	}
}

func (r *run) prune(t *rapid.T) {
	r.step++
	must(t, r.store.Prune(background(), r.now))
	r.model.prune()
}

// check compares the books and the queue after each step, and the rest that can
// be seen after every third: what differs once stays different.
func (r *run) check(t *rapid.T) {
	r.checkQueue(t)
	if r.checks++; r.checks%3 == 0 {
		r.checkSettings(t)
	}
}

func (r *run) checkQueue(t *rapid.T) {
	ctx := background()
	lines, err := r.store.Ledger(ctx)
	must(t, err)
	same(t, "ledger", r.ledger(), sortLines(lines))
	states, err := r.store.Queue(ctx)
	must(t, err)
	counted := map[tagwire.State]int{}
	for _, x := range r.deliveries {
		counted[x.state]++
	}
	same(t, "queue", counted, states)
	newest, dead, err := r.store.DeadDeliveries(ctx, 2)
	must(t, err)
	if dead != counted[tagwire.Dead] || len(newest) != min(2, dead) {
		t.Fatalf("%d dead, %d of them shown; want %d", dead, len(newest), counted[tagwire.Dead])
	}
	r.checkNext(t)
}

func (r *run) checkSettings(t *rapid.T) {
	ctx := background()
	for _, chat := range []tagwire.ChatID{-100, -200, 7, -1000, -2000, -300} {
		got, err := r.store.Chat(ctx, chat)
		want, known := r.chats[chat]
		if errors.Is(err, tagwire.ErrNotFound) == known {
			t.Fatalf("chat %d: known %v, %v", chat, known, err)
		}
		if known {
			same(t, "chat", want, got)
		}
		r.checkPlaces(t, chat)
	}
	r.checkDue(t)
	r.checkSources(t)
}

func (r *run) checkPlaces(t *rapid.T, chat tagwire.ChatID) {
	subs, names := map[tagwire.ThreadID][]tagwire.TagSlug{}, map[tagwire.ThreadID]string{}
	for _, d := range r.destsOf(chat) {
		if place := r.dest(d); place.name != "" {
			names[d.Thread] = place.name
		}
		if tags := r.chosen(d); len(tags) > 0 {
			subs[d.Thread] = tags
		}
	}
	got, err := r.store.ChatSubscriptions(background(), chat)
	must(t, err)
	same(t, "subscriptions", subs, got)
	topics, err := r.store.Topics(background(), chat)
	must(t, err)
	same(t, "topics", names, topics)
}

// chosen are the tags of a place in the order they were chosen.
func (r *run) chosen(d tagwire.Dest) []tagwire.TagSlug {
	subs := r.dest(d).subs
	tags := slices.Sorted(maps.Keys(subs))
	slices.SortStableFunc(tags, func(a, b tagwire.TagSlug) int { return subs[a].at.Compare(subs[b].at) })
	return tags
}

func (r *run) checkNext(t *rapid.T) {
	var want time.Time
	waits := false
	for _, chat := range r.queuedChats() {
		for class := range tagwire.ClassDigest + 1 {
			x, ready := r.head(chat, class)
			if x != nil && (!waits || ready.Before(want)) {
				want, waits = ready, true
			}
		}
	}
	want = later(want, r.heldAll)
	got, err := r.store.NextReady(background())
	must(t, err)
	past := !want.After(Start()) && !got.After(Start()) // long ago is long ago
	if waits == got.IsZero() || waits && !past && !got.Equal(want) {
		t.Fatalf("next ready %v, want %v (waits: %v)", got, want, waits)
	}
}

func (r *run) checkDue(t *rapid.T) []tagwire.DueDigest {
	var want []tagwire.DueDigest
	for _, id := range slices.Sorted(maps.Keys(r.chats)) {
		c := r.chats[id]
		if c.NextDigest.IsZero() || c.NextDigest.After(r.now) || c.Suspended != "" {
			continue
		}
		due := tagwire.DueDigest{Chat: c}
		for _, d := range r.destsOf(id) {
			if place := r.dest(d); len(place.pending) > 0 && place.suspended == "" {
				due.Dests = append(due.Dests, d)
			}
		}
		want = append(want, due)
	}
	got, err := r.store.DueDigests(background(), r.now, 100)
	must(t, err)
	if !slices.IsSortedFunc(got, func(a, b tagwire.DueDigest) int { return a.Chat.NextDigest.Compare(b.Chat.NextDigest) }) {
		t.Fatalf("due digests out of order: %+v", got)
	}
	byID := cmpopts.SortSlices(func(a, b tagwire.DueDigest) bool { return a.Chat.ID < b.Chat.ID })
	if diff := cmp.Diff(want, got, byID, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("due digests:\n%s", diff)
	}
	return got
}

func (r *run) checkSources(t *rapid.T) {
	var want, due []tagwire.SourceState
	for _, s := range r.sources {
		if s.active {
			want = append(want, s.state)
		}
		if s.active && !s.state.NextPoll.After(r.now) {
			due = append(due, s.state)
		}
	}
	bySlug := cmpopts.SortSlices(func(a, b tagwire.SourceState) bool { return a.Slug < b.Slug })
	got, err := r.store.Sources(background())
	must(t, err)
	if diff := cmp.Diff(want, got, bySlug, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("sources:\n%s", diff)
	}
	got, err = r.store.DueSources(background(), r.now, 100)
	must(t, err)
	if diff := cmp.Diff(due, got, bySlug, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("due sources:\n%s", diff)
	}
	for _, a := range r.articles {
		known, err := r.store.KnownKeys(background(), r.source(a.source).state.ID, slices.Collect(maps.Keys(a.keys)))
		must(t, err)
		same(t, "known keys", a.keys, known)
	}
}

// end lets everything run its course, as it does when nothing more goes wrong:
// the fan-outs, a restart, all that waits is sent. Then the books are closed.
func (r *run) end(t *rapid.T) {
	r.step++
	for range 10_000 {
		if !r.fanOutChunk(t, 2) {
			break
		}
	}
	if len(r.fanouts) > 0 {
		t.Fatal("the fan-out does not end")
	}
	r.restart(t)
	for range 10_000 {
		claimed := r.claimUpTo(t, 8)
		if len(claimed) == 0 {
			next, err := r.store.NextReady(background())
			must(t, err)
			if next.IsZero() {
				break
			}
			r.now = later(r.now, next)
			continue
		}
		var outcomes []tagwire.Settlement
		for _, d := range claimed {
			outcomes = append(outcomes, tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Sent, MessageID: 1})
		}
		must(t, r.store.Settle(background(), r.now, outcomes))
		for _, s := range outcomes {
			r.model.settle(s)
		}
	}
	r.checkQueue(t)
	r.checkSettings(t)
	r.audit(t)
}
