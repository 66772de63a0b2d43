package crash_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tagwire/internal/emulator"
	"tagwire/internal/tagwire"
)

// maxSends is how often a message may go out in all: once, and twice more when
// its outcome was unknown.
const maxSends = 3

// audit holds what Telegram and the database say in the end against what was
// published, subscribed to and typed.
type audit struct {
	w          *world
	rows       []row
	posts      map[int64][]emulator.Message // the bot's messages by chat, oldest first
	titles     map[tagwire.ArticleID]string
	expected   int // posts and digests that had to arrive
	lost       int
	duplicates int
	dead       int // given up after too many kills, for an operator to judge
	unseen     int // of them, what in truth never arrived
}

func (w *world) audit() *audit {
	w.t.Helper()
	a := &audit{w: w, rows: w.autopsy.rows(), posts: map[int64][]emulator.Message{}, titles: w.autopsy.titles()}
	for _, c := range w.tg.Chats() {
		family := c.ID
		for group, heir := range w.heirs {
			if c.ID == heir {
				family = group
			}
		}
		var said []emulator.Message
		for _, m := range w.tg.Transcript(c.ID) {
			if m.By == botID && m.Service == nil {
				said = append(said, m)
			}
		}
		if family == c.ID { // what was said in the group came before the supergroup
			a.posts[family] = append(said, a.posts[family]...)
		} else {
			a.posts[family] = append(a.posts[family], said...)
		}
	}
	for i, r := range a.rows {
		for group, heir := range w.heirs {
			if r.chat == heir {
				a.rows[i].chat = group
			}
		}
	}
	a.states()
	for _, p := range w.places {
		if p.instant {
			a.instants(p)
		}
		if p.digest {
			a.digests(p)
		}
	}
	a.order()
	a.commands()
	a.totals()
	db := w.autopsy.open()
	defer db.Close()
	w.autopsy.integrity(db)
	return a
}

func (a *audit) fail(format string, args ...any) {
	a.w.t.Helper()
	a.w.t.Errorf("seed %d: %s", a.w.seed, fmt.Sprintf(format, args...))
}

// states: every delivery has ended, and dead is only what was on the wire at
// more kills than the program may risk.
func (a *audit) states() {
	a.w.t.Helper()
	for _, r := range a.rows {
		switch {
		case r.state == "sent":
		case r.state == "dead" && r.onWire >= maxSends && strings.Contains(r.reason, "unknown outcome"):
			a.dead++
		default:
			a.fail("delivery %d (%s %s for chat %d) ended %s %q after %d kills on the wire", r.id, r.kind, r.ref, r.chat, r.state, r.reason, r.onWire)
		}
	}
}

// arrived checks how often a delivery was seen in its chat.
func (a *audit) arrived(r row, times int, what string) {
	a.w.t.Helper()
	a.expected++
	if times == 0 && r.state != "dead" {
		a.lost++
		a.fail("lost: %s for chat %d, although delivery %d ended %s", what, r.chat, r.id, r.state)
	}
	if times > 1+r.onWire || times > maxSends {
		a.fail("%s arrived %d times in chat %d; it was on the wire at %d kills", what, times, r.chat, r.onWire)
	}
	a.duplicates += max(0, times-1)
	if times == 0 && r.state == "dead" {
		a.unseen++
	}
}

func isDigest(m emulator.Message) bool { return strings.HasPrefix(m.Text, "🗞") }

// instants: every article of the tag came to the place, and nothing else did.
func (a *audit) instants(p place) {
	a.w.t.Helper()
	for _, art := range a.w.press.all() {
		times := 0
		for _, m := range a.posts[p.chat] {
			if m.Thread == p.thread && !isDigest(m) && strings.Contains(m.Text, art.title()) {
				times++
			}
		}
		if art.old || art.tag != p.tag {
			if times > 0 {
				a.fail("%q came to chat %d and should not have", art.title(), p.chat)
			}
			continue
		}
		i := slices.IndexFunc(a.rows, func(r row) bool {
			return r.kind == "article" && r.chat == p.chat && r.thread == p.thread && r.title == art.title()
		})
		if i < 0 {
			a.lost++
			a.fail("lost: no delivery of %q to chat %d", art.title(), p.chat)
			continue
		}
		a.arrived(a.rows[i], times, fmt.Sprintf("%q", art.title()))
	}
}

// digests: one for a local date, on time; every article in one of them.
func (a *audit) digests(p place) {
	a.w.t.Helper()
	shown, gathered := map[string]int{}, 0
	dates := map[string]string{}
	for _, r := range a.rows {
		if r.kind != "digest" || r.chat != p.chat || r.thread != p.thread {
			continue
		}
		if !strings.Contains(r.page.Slot, "now-") && r.page.Part == 1 {
			date, _, _ := strings.Cut(r.page.Slot, " ")
			if dates[date] != "" {
				a.fail("chat %d got two digests for %s: %s and %s", p.chat, date, dates[date], r.ref)
			}
			dates[date] = r.ref
			a.onTime(r)
		}
		for _, g := range r.page.Groups {
			if !g.Continued {
				gathered += g.Count
			}
		}
		var first string
		for _, id := range r.page.IDs() {
			first = a.titles[id]
			shown[first]++
		}
		times := 0
		for _, m := range a.posts[p.chat] {
			if m.Thread == p.thread && isDigest(m) && strings.Contains(m.Text, first) {
				times++
			}
		}
		a.arrived(r, times, "digest "+r.ref)
	}
	published, absent := 0, []string(nil)
	for _, art := range a.w.press.all() {
		if art.old || art.tag != p.tag {
			continue
		}
		published++
		if shown[art.title()] == 0 {
			absent = append(absent, art.title()+art.at.UTC().Format(" 02 15:04")) // or counted only, in a long digest
		}
	}
	if gathered != published {
		a.lost += max(0, published-gathered)
		a.fail("the digests of chat %d hold %d articles, %d were published; not shown: %q, digests: %v; it is %s", p.chat, gathered, published, absent, dates, a.w.now().UTC().Format("02 15:04"))
	}
	for title, n := range shown {
		if n > 1 {
			a.fail("%q is in %d digests of chat %d", title, n, p.chat)
		}
	}
}

// onTime: a digest was planned after it fell due, and less than six hours later.
func (a *audit) onTime(r row) {
	a.w.t.Helper()
	zone, err := time.LoadLocation(r.page.Zone)
	a.w.must(err)
	_, clock, _ := strings.Cut(r.ref, " ")
	date, _, _ := strings.Cut(r.ref, " ")
	clock, _, _ = strings.Cut(clock, "/")
	due, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, zone)
	a.w.must(err)
	if late := r.created.Sub(due); late < 0 || late > 6*time.Hour {
		a.fail("digest %s of chat %d was planned %s after it was due", r.ref, r.chat, late)
	}
}

// order: articles came to each place in the order they were queued, but for
// those whose outcome a kill left unknown.
func (a *audit) order() {
	a.w.t.Helper()
	for chat, posts := range a.posts {
		last, of := -1, row{}
		for _, r := range a.rows {
			if r.kind != "article" || r.chat != chat || r.onWire > 0 || r.state != "sent" {
				continue
			}
			at := slices.IndexFunc(posts, func(m emulator.Message) bool {
				return m.Thread == r.thread && !isDigest(m) && strings.Contains(m.Text, r.title)
			})
			if at < last {
				a.fail("chat %d got %q before %q", chat, r.title, of.title)
			}
			last, of = at, r
		}
	}
}

// commands: each was answered, by one delivery, and all together took effect in
// the order they were typed, each once.
func (a *audit) commands() {
	a.w.t.Helper()
	follows := a.w.autopsy.follows(silent)
	for id, k := range a.w.talkers {
		replies, onWire := 0, 0
		for _, r := range a.rows {
			if r.chat == id {
				replies++
				onWire += r.onWire
			}
		}
		said := len(a.posts[id])
		if replies != k.said {
			a.fail("talker %d typed %d commands and has %d answers", id, k.said, replies)
		}
		if said < replies || said > replies+onWire {
			a.fail("talker %d saw %d of %d answers, of which %d were on the wire at kills", id, said, replies, onWire)
		}
		a.expected += replies
		a.duplicates += max(0, said-replies)
		if (follows[id] == 1) != k.follows {
			a.fail("talker %d follows: %v, although the last command said %v", id, follows[id] == 1, k.follows)
		}
	}
}

// totals: all duplicates together stay within what was on the wire.
func (a *audit) totals() {
	a.w.t.Helper()
	onWire := 0
	for _, n := range a.w.autopsy.leased {
		onWire += n
	}
	if a.duplicates > onWire {
		a.fail("%d duplicates, but only %d requests were on the wire at the kills", a.duplicates, onWire)
	}
	for _, c := range a.w.tg.Ledger("sendMessage", "editMessageText") {
		if c.Flood || len(c.Unknown) > 0 {
			a.fail("Telegram objects: %+v", c)
		}
	}
	a.w.t.Logf("seed %d: %d kills, %d deliveries, lost %d, duplicates %d of %d requests on the wire (at most %d at a kill), given up %d, of which %d had not arrived; slowest restart %s",
		a.w.seed, a.w.kills, a.expected, a.lost, a.duplicates, onWire, a.w.autopsy.most, a.dead, a.unseen, a.w.slowest.Round(time.Millisecond))
	if a.w.slowest > 5*time.Second {
		a.fail("a restart took %s", a.w.slowest)
	}
}
