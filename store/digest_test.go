package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

func TestDigests_areDueOnceAndTakeWhatWaits(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	d, topic := tagwire.Dest{Chat: -100}, tagwire.Dest{Chat: -100, Thread: 4}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)},
		tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}}, tagwire.Subscribe{Dest: topic, Tags: []tagwire.TagSlug{"copper"}})
	storetest.Publish(t, db, source, storetest.Article("a", "copper"), storetest.Article("b", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Drain(t, db, storetest.Start())

	due := storetest.Start().Add(30 * time.Minute)
	if early, err := db.DueDigests(ctx, due.Add(-time.Millisecond), 10); len(early) != 0 || err != nil {
		t.Fatalf("due before its time: %v, %v", early, err)
	}
	found, err := db.DueDigests(ctx, due, 10)
	if err != nil || len(found) != 1 || !cmp.Equal(found[0].Dests, []tagwire.Dest{d, topic}) {
		t.Fatalf("%+v, %v", found, err)
	}
	// An article that comes between the look and the plan waits for the next one.
	storetest.Publish(t, db, source, storetest.Article("c", "copper"))
	storetest.FanOut(t, db, 10)
	plan := tagwire.PlanDigest{Dest: d, Slot: "2026-07-28 08:30", Through: 2, Class: tagwire.ClassDigest,
		Pages: []tagwire.DigestPage{{Slot: "2026-07-28", Part: 1, Parts: 1, Groups: []tagwire.DigestGroup{{Tag: "copper", Articles: []tagwire.ArticleID{2, 1}}}}}}
	next := due.Add(24 * time.Hour)
	for range 2 { // the second time finds the due date moved
		if err := db.EnqueueDigests(ctx, due, d.Chat, due, next, []tagwire.PlanDigest{plan}); err != nil {
			t.Fatal(err)
		}
	}
	var digests []tagwire.Delivery
	for _, x := range storetest.Drain(t, db, due) {
		if x.Kind == tagwire.KindDigest {
			digests = append(digests, x)
		}
	}
	if len(digests) != 1 || !cmp.Equal(digests[0].Page, &plan.Pages[0]) {
		t.Errorf("digests: %+v", digests)
	}
	pending, err := db.PendingDigest(ctx, d)
	if err != nil || len(pending) != 1 || pending[0].Title != "Title c" {
		t.Errorf("waiting for the next: %+v, %v", pending, err)
	}
	if c, err := db.Chat(ctx, d.Chat); !c.NextDigest.Equal(next) || err != nil {
		t.Errorf("next digest %v, want %v; %v", c.NextDigest, next, err)
	}
}

func TestDigests_aTimeChangedMeanwhileWins(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	d := tagwire.Dest{Chat: -100}
	due := storetest.Start().Add(30 * time.Minute)
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}})
	chosen := due.Add(10 * time.Hour)
	storetest.Apply(t, db, 2, tagwire.SetTiming{Chat: d.Chat, Mode: tagwire.ModeBoth, Zone: "UTC", NextDigest: chosen})
	err := db.EnqueueDigests(ctx, due, d.Chat, due, due.Add(24*time.Hour), []tagwire.PlanDigest{{Dest: d, Slot: "s", Class: tagwire.ClassDigest, Pages: []tagwire.DigestPage{{Part: 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := db.Chat(ctx, d.Chat); !c.NextDigest.Equal(chosen) || err != nil {
		t.Errorf("next digest %v, want the chosen %v; %v", c.NextDigest, chosen, err)
	}
	if sent := storetest.Drain(t, db, due); len(sent) != 0 {
		t.Errorf("a digest went out at the old time: %+v", sent)
	}
}

func TestDigests_switchedOffForgetsWhatWaits(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	d := tagwire.Dest{Chat: -100}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}})
	storetest.Publish(t, db, source, storetest.Article("a", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Apply(t, db, 2, tagwire.SetTiming{Chat: d.Chat, Mode: tagwire.ModeInstant, Rhythm: tagwire.DefaultRhythm(), Zone: "UTC"})
	if due, err := db.DueDigests(ctx, storetest.Start().Add(1000*time.Hour), 10); len(due) != 0 || err != nil {
		t.Errorf("due although switched off: %v, %v", due, err)
	}
	if pending, err := db.PendingDigest(ctx, d); len(pending) != 0 || err != nil {
		t.Errorf("still waiting: %v, %v", pending, err)
	}
}
