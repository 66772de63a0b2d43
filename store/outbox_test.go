package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

// say queues a reply for a place, as an update of its own.
func say(t *testing.T, db *store.DB, update int64, d tagwire.Dest, text string) {
	t.Helper()
	applied, err := db.ApplyUpdate(context.Background(), storetest.Start(), update, nil,
		[]tagwire.Reply{{Dest: d, Message: tagwire.Message{HTML: tagwire.HTML(text)}}})
	if err != nil || !applied {
		t.Fatal(applied, err)
	}
}

func claim(t *testing.T, db *store.DB, now time.Time, n int) []tagwire.Delivery {
	t.Helper()
	out, err := db.Claim(context.Background(), now, n)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func describe(ds []tagwire.Delivery) []string {
	var out []string
	for _, d := range ds {
		what := fmt.Sprint(d.Article)
		switch {
		case d.Message != nil:
			what = string(d.Message.HTML)
		case d.Page != nil:
			what = d.Page.Slot
		}
		out = append(out, fmt.Sprintf("%s %s %s", d.Dest, d.Kind, what))
	}
	return out
}

func TestClaim_repliesOvertakeAndEachChatKeepsItsOrder(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	source := storetest.Source(t, db, "smelter")
	for i, d := range []tagwire.Dest{{Chat: -100}, {Chat: -200}} {
		storetest.Apply(t, db, int64(i+1), tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}})
	}
	storetest.Publish(t, db, source, storetest.Article("a", "copper"), storetest.Article("b", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Apply(t, db, 3, tagwire.PlanDigest{Dest: tagwire.Dest{Chat: -100}, Slot: "s", Class: tagwire.ClassDigest, Pages: []tagwire.DigestPage{{Slot: "s", Part: 1}}})
	say(t, db, 4, tagwire.Dest{Chat: -200}, "first")
	say(t, db, 5, tagwire.Dest{Chat: -200, Thread: 9}, "second")

	now := storetest.Start()
	got := describe(claim(t, db, now, 8))
	want := []string{"-200 message first", "-100 article 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("one a chat, replies first: %s", diff)
	}
	if more := claim(t, db, now, 8); len(more) != 0 {
		t.Fatalf("a chat with a request on the wire was given another: %v", describe(more))
	}
}

func TestClaim_sendsAllInOrder(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	source := storetest.Source(t, db, "smelter")
	d := tagwire.Dest{Chat: -100}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}})
	storetest.Apply(t, db, 2, tagwire.PlanDigest{Dest: d, Slot: "s", Class: tagwire.ClassDigest, Pages: []tagwire.DigestPage{{Slot: "p1", Part: 1}, {Slot: "p2", Part: 2}}})
	storetest.Publish(t, db, source, storetest.Article("a", "copper"), storetest.Article("b", "copper"))
	storetest.FanOut(t, db, 10)
	say(t, db, 3, d, "one")
	say(t, db, 4, tagwire.Dest{Chat: -100, Thread: 4}, "two")
	want := []string{"-100 message one", "-100/4 message two", "-100 article 1", "-100 article 2", "-100 digest p1", "-100 digest p2"}
	if diff := cmp.Diff(want, describe(storetest.Drain(t, db, storetest.Start()))); diff != "" {
		t.Error(diff)
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	now := storetest.Start()
	later := now.Add(time.Minute)
	d := tagwire.Dest{Chat: -100, Thread: 4}
	for name, tc := range map[string]struct {
		settle tagwire.Settlement
		now    []string // what may go out at once
		later  []string // and after the pause
		states map[tagwire.State]int
	}{
		"sent": {
			settle: tagwire.Settlement{State: tagwire.Sent, MessageID: 5},
			now:    []string{"-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"paused": {
			settle: tagwire.Settlement{State: tagwire.Queued, PostAfter: later, ReplyAfter: later},
			later:  []string{"-100/4 message one", "-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"dead": {
			settle: tagwire.Settlement{State: tagwire.Dead, Reason: "bad"},
			now:    []string{"-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 2, tagwire.Dead: 1},
		},
		"chat suspended": {
			settle: tagwire.Settlement{State: tagwire.Dropped, SuspendChat: "gone"},
			states: map[tagwire.State]int{tagwire.Dropped: 3},
		},
		"topic suspended": {
			settle: tagwire.Settlement{State: tagwire.Dropped, SuspendThread: "topic", Notice: &tagwire.Message{HTML: "notice"}},
			now:    []string{"-100 message three", "-100 message notice"},
			states: map[tagwire.State]int{tagwire.Dropped: 2, tagwire.Sent: 2},
		},
		"migrated": {
			settle: tagwire.Settlement{State: tagwire.Queued, MigrateTo: -1001, Attempt: true},
			now:    []string{"-1001/4 message one", "-1001/4 message two", "-1001 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t)
			storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)})
			say(t, db, 2, d, "one")
			say(t, db, 3, d, "two")
			say(t, db, 4, tagwire.Dest{Chat: d.Chat}, "three")
			claimed := claim(t, db, now, 8)
			if len(claimed) != 1 {
				t.Fatal(describe(claimed))
			}
			tc.settle.Delivery, tc.settle.Chat = claimed[0].ID, d.Chat
			storetest.Settle(t, db, now, tc.settle)
			storetest.Settle(t, db, now, tagwire.Settlement{Delivery: claimed[0].ID, State: tagwire.Dead}) // too late: passed over
			if diff := cmp.Diff(tc.now, describe(storetest.Drain(t, db, now))); diff != "" {
				t.Error("now", diff)
			}
			if tc.later != nil {
				next, err := db.NextReady(context.Background())
				if err != nil || !next.Equal(later) {
					t.Errorf("next ready at %v, want %v; %v", next, later, err)
				}
			}
			if diff := cmp.Diff(tc.later, describe(storetest.Drain(t, db, later))); diff != "" {
				t.Error("later", diff)
			}
			states, err := db.Queue(context.Background())
			if diff := cmp.Diff(tc.states, states); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

// What was on the wire at a crash is sent again, at most twice; then it is for
// a person to judge.
func TestRecover_boundsHowOftenAMessageMayRepeat(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	d := tagwire.Dest{Chat: -100}
	say(t, db, 1, d, "one")
	say(t, db, 2, d, "two")
	for crash := range 3 {
		claimed := claim(t, db, storetest.Start(), 8)
		if len(claimed) != 1 || claimed[0].Message.HTML != "one" || claimed[0].Ambiguous != crash {
			t.Fatalf("crash %d: %v", crash, claimed)
		}
		if n, err := db.Recover(ctx, storetest.Start()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if diff := cmp.Diff([]string{"-100 message two"}, describe(storetest.Drain(t, db, storetest.Start()))); diff != "" {
		t.Error(diff)
	}
	if states, _ := db.Queue(ctx); states[tagwire.Dead] != 1 {
		t.Errorf("the message of unknown outcome is not listed as dead: %v", states)
	}
}

func TestApplyUpdate_takesEffectOnce(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	d := tagwire.Dest{Chat: -100}
	changes := []tagwire.Change{tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"zinc", "copper"}}}
	replies := []tagwire.Reply{{Dest: d, Message: tagwire.Message{HTML: "done"}}}
	for i := range 3 {
		applied, err := db.ApplyUpdate(ctx, storetest.Start(), 7, changes, replies)
		if err != nil || applied != (i == 0) {
			t.Fatalf("time %d: applied %v, %v", i, applied, err)
		}
	}
	if got := storetest.Drain(t, db, storetest.Start()); len(got) != 1 {
		t.Errorf("%d replies, want 1", len(got))
	}
	subs, err := db.Subscriptions(ctx, d)
	if diff := cmp.Diff([]tagwire.TagSlug{"zinc", "copper"}, subs); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestApplyUpdate_aFailureLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	bad := storetest.Chat(-100)
	bad.Mode = "never"
	for range 2 {
		if applied, err := db.ApplyUpdate(ctx, storetest.Start(), 7, []tagwire.Change{tagwire.SeeChat{Chat: storetest.Chat(-200)}, tagwire.SeeChat{Chat: bad}}, nil); err == nil || applied {
			t.Fatal("a chat with an impossible mode was stored")
		}
	}
	if _, err := db.Chat(ctx, -200); err == nil {
		t.Error("half of a failed update was stored")
	}
	storetest.Apply(t, db, 7, tagwire.SeeChat{Chat: storetest.Chat(-200)})
}

// A thousand posts, a digest in the making, settings and marks of past digests
// move to the supergroup, whoever tells of it, however often.
func TestMigrate_losesNothing(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	from, to := tagwire.ChatID(-100), tagwire.ChatID(-1_001_234)
	old := storetest.Chat(from)
	old.Type, old.Language, old.Zone = tagwire.Group, "zh", "Europe/Berlin"
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: old}, tagwire.Subscribe{Dest: tagwire.Dest{Chat: from}, Tags: []tagwire.TagSlug{"copper", "zinc"}})
	var articles []tagwire.Article
	for i := range 1000 {
		articles = append(articles, storetest.Article(fmt.Sprint(i), "copper"))
	}
	storetest.Publish(t, db, source, articles...)
	storetest.FanOut(t, db, 400)
	onWire := claim(t, db, storetest.Start(), 1)[0]

	// The new chat speaks first and someone subscribes there.
	fresh := storetest.Chat(to)
	storetest.Apply(t, db, 2, tagwire.SeeChat{Chat: fresh}, tagwire.Subscribe{Dest: tagwire.Dest{Chat: to}, Tags: []tagwire.TagSlug{"copper", "tin"}})
	for update := range int64(3) {
		storetest.Apply(t, db, 10+update, tagwire.Migrate{From: from, To: to})
	}
	if more := claim(t, db, storetest.Start(), 8); len(more) != 0 {
		t.Fatal("a second request to the chat while one is on the wire")
	}
	storetest.Settle(t, db, storetest.Start(), tagwire.Settlement{Delivery: onWire.ID, Chat: from, State: tagwire.Queued, MigrateTo: to})
	sent := storetest.Drain(t, db, storetest.Start())
	if len(sent) != 1000 {
		t.Errorf("%d posts reach the new chat, want 1000", len(sent))
	}
	for i, d := range sent {
		if d.Dest.Chat != to || (i > 0 && d.ID < sent[i-1].ID) {
			t.Fatalf("post %d: %+v", i, d)
		}
	}
	if _, err := db.Chat(ctx, from); err == nil {
		t.Error("the old chat is still there")
	}
	c, err := db.Chat(ctx, to)
	if err != nil || c.Language != "zh" || c.Zone != "Europe/Berlin" || c.Type != tagwire.Supergroup {
		t.Errorf("settings did not move: %+v, %v", c, err)
	}
	subs, err := db.Subscriptions(ctx, tagwire.Dest{Chat: to})
	if len(subs) != 3 || err != nil {
		t.Errorf("subscriptions of both: %v, %v", subs, err)
	}
	if pending, err := db.PendingDigest(ctx, tagwire.Dest{Chat: to}); len(pending) != 1000 || err != nil {
		t.Errorf("%d articles wait for the digest, want 1000; %v", len(pending), err)
	}
}

// Someone presses buttons faster than a group may be written to: only the last
// look of the message is worth a call.
func TestEdits_thatWaitAreSuperseded(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	d := tagwire.Dest{Chat: -100}
	for i, m := range []tagwire.Message{{HTML: "a1", Edit: 7}, {HTML: "b1", Edit: 8}, {HTML: "new"}, {HTML: "a2", Edit: 7}, {HTML: "a3", Edit: 7}} {
		if _, err := db.ApplyUpdate(ctx, storetest.Start(), int64(i+1), nil, []tagwire.Reply{{Dest: d, Message: m}}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"-100 message b1", "-100 message new", "-100 message a3"}
	if diff := cmp.Diff(want, describe(storetest.Drain(t, db, storetest.Start()))); diff != "" {
		t.Error(diff)
	}
}
