package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tagwire/internal/tagwire"
)

// Run holds a store to its contract. open opens the store of a place, the path
// of a folder that is empty at first; opened again after Close, the place still
// has what was stored. An engine without files takes the path as a name.
func Run(t *testing.T, open func(t testing.TB, place string) Audited) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"sources", sourceTests()},
		{"articles", articleTests()},
		{"fan-out", fanOutTests()},
		{"digests", digestTests()},
		{"claim", claimTests()},
		{"settle", settleTests()},
		{"recover", recoverTests()},
		{"updates", updateTests()},
		{"migration", migrationTests()},
		{"housekeeping", housekeepingTests()},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					place := t.TempDir()
					b := &bench{Audited: open(t, place), T: t, now: Start()}
					b.restart = func() {
						t.Helper()
						b.ok(b.Close())
						b.Audited = open(t, place)
					}
					test.run(b)
				})
			}
		})
	}
	t.Run("a thousand updates replayed take effect once each", func(t *testing.T) {
		t.Parallel()
		Replay(t, 1000, open)
	})
	t.Run("random sequences agree with the model", func(t *testing.T) {
		t.Parallel()
		Random(t, 6*time.Second, open)
	})
}

type test struct {
	name string
	run  func(*bench)
}

// bench is a store under test with short ways to use it.
type bench struct {
	Audited
	*testing.T
	now     time.Time
	restart func() // closes and opens again
	updates int64
	source  tagwire.SourceID
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// same compares; nil stands for nothing of any kind.
func (b *bench) same(what string, want, got any) {
	b.Helper()
	if want == nil && reflect.ValueOf(got).Len() == 0 {
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}

func (b *bench) after(d time.Duration) time.Time { return Start().Add(d) }

// home and topic are the places most tests post to.
func home() tagwire.Dest  { return tagwire.Dest{Chat: -100} }
func topic() tagwire.Dest { return tagwire.Dest{Chat: -100, Thread: 4} }

// apply carries out changes as the next update.
func (b *bench) apply(changes ...tagwire.Change) {
	b.Helper()
	b.updates++
	applied, err := b.ApplyUpdate(background(), b.now, b.updates, changes, nil)
	if b.ok(err); !applied {
		b.Fatalf("update %d did nothing", b.updates)
	}
}

func (b *bench) reply(d tagwire.Dest, m tagwire.Message) {
	b.Helper()
	b.updates++
	_, err := b.ApplyUpdate(background(), b.now, b.updates, nil, []tagwire.Reply{{Dest: d, Message: m}})
	b.ok(err)
}

func (b *bench) say(d tagwire.Dest, texts ...string) {
	b.Helper()
	for _, text := range texts {
		b.reply(d, tagwire.Message{HTML: tagwire.HTML(text)})
	}
}

func (b *bench) subscribe(d tagwire.Dest, tags ...tagwire.TagSlug) {
	b.Helper()
	b.apply(tagwire.SeeChat{Chat: Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: tags})
}

// mode sets how a chat receives articles.
func (b *bench) mode(chat tagwire.ChatID, mode tagwire.Mode) {
	b.Helper()
	b.apply(tagwire.SetTiming{Chat: chat, Mode: mode, Rhythm: tagwire.DefaultRhythm(), Zone: "Asia/Shanghai", NextDigest: b.after(30 * time.Minute)})
}

func (b *bench) publish(articles ...tagwire.Article) {
	b.Helper()
	if b.source == 0 {
		b.source = Source(b, b, "smelter")
	}
	Publish(b, b, b.source, articles...)
}

func (b *bench) fanOut(chunk int) {
	b.Helper()
	FanOut(b, b, chunk)
}

// chunk serves the next places, at most n.
func (b *bench) chunk(n int) bool {
	b.Helper()
	more, err := b.FanOut(background(), b.now, n, Everything)
	b.ok(err)
	return more
}

// post publishes articles on copper, named by letters, and serves everybody.
func (b *bench) post(names ...string) {
	b.Helper()
	for _, name := range names {
		b.publish(Article(name, "copper"))
	}
	b.fanOut(1000)
}

func (b *bench) claim(n int) []tagwire.Delivery {
	b.Helper()
	out, err := b.Claim(background(), b.now, n)
	b.ok(err)
	return out
}

func (b *bench) claimOne() tagwire.Delivery {
	b.Helper()
	got := b.claim(8)
	if len(got) != 1 {
		b.Fatalf("claimed %v, want one", describe(got))
	}
	return got[0]
}

func (b *bench) settle(of tagwire.Delivery, s tagwire.Settlement) {
	b.Helper()
	s.Delivery, s.Chat = of.ID, of.Dest.Chat
	b.ok(b.Settle(background(), b.now, []tagwire.Settlement{s}))
}

// sends expects what goes out now, if nothing goes wrong, in order.
func (b *bench) sends(want ...string) {
	b.Helper()
	b.same("sent", want, describe(Drain(b, b, b.now)))
}

func (b *bench) states(want map[tagwire.State]int) {
	b.Helper()
	got, err := b.Queue(background())
	b.ok(err)
	b.same("states", want, got)
}

// waiting are the titles of the articles that wait for a place's next digest.
func (b *bench) waiting(d tagwire.Dest) (titles []string) {
	b.Helper()
	got, err := b.PendingDigest(background(), d)
	b.ok(err)
	for _, a := range got {
		titles = append(titles, a.Title)
	}
	return titles
}

// plan is a digest of all that waits for a place, on one page.
func (b *bench) plan(d tagwire.Dest, slot string) tagwire.PlanDigest {
	b.Helper()
	p := tagwire.PlanDigest{Dest: d, Slot: slot, Class: tagwire.ClassDigest}
	waiting, err := b.PendingDigest(background(), d)
	b.ok(err)
	if len(waiting) > 0 {
		p.Pages = []tagwire.DigestPage{{Slot: slot, Part: 1, Parts: 1, Groups: []tagwire.DigestGroup{{Tag: "copper"}}}}
	}
	for _, a := range waiting {
		p.Through = max(p.Through, a.ID)
		p.Pages[0].Groups[0].Articles = append(p.Pages[0].Groups[0].Articles, a.ID)
	}
	return p
}

// reasons are the dropped and dead lines of the books: "state reason" by count.
func (b *bench) reasons(want map[string]int) {
	b.Helper()
	lines, err := b.Ledger(background())
	b.ok(err)
	got := map[string]int{}
	for _, l := range lines {
		if l.State == tagwire.Dropped || l.State == tagwire.Dead {
			got[fmt.Sprintf("%s: %s", l.State, l.Reason)]++
		}
	}
	b.same("reasons", want, got)
}

// next expects when the next delivery may be claimed; the zero time for never.
func (b *bench) next(want time.Time) {
	b.Helper()
	got, err := b.NextReady(background())
	b.ok(err)
	if !got.Equal(want) && (want.IsZero() || want.After(Start()) || got.IsZero() || got.After(want)) {
		b.Errorf("next ready %v, want %v", got, want)
	}
}

func (b *bench) chat(id tagwire.ChatID) tagwire.Chat {
	b.Helper()
	c, err := b.Chat(background(), id)
	b.ok(err)
	return c
}

func (b *bench) tags(d tagwire.Dest) []tagwire.TagSlug {
	b.Helper()
	tags, err := b.Subscriptions(background(), d)
	b.ok(err)
	return tags
}

// describe is "place kind what" of deliveries.
func describe(ds []tagwire.Delivery) []string {
	var out []string
	for _, d := range ds {
		what := fmt.Sprint(d.Article)
		switch {
		case d.Message != nil:
			what = string(d.Message.HTML)
		case d.Page != nil:
			what = fmt.Sprint(d.Page.Slot, " ", d.Page.Part)
		}
		out = append(out, fmt.Sprintf("%s %s %s", d.Dest, d.Kind, what))
	}
	return out
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
