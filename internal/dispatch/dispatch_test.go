package dispatch_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/dispatch"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		mode      tagwire.Mode
		suspended string
		want      tagwire.Match
	}{
		"at once":   {tagwire.ModeInstant, "", tagwire.Match{Instant: true}},
		"digest":    {tagwire.ModeDigest, "", tagwire.Match{Digest: true}},
		"both":      {tagwire.ModeBoth, "", tagwire.Match{Instant: true, Digest: true}},
		"suspended": {tagwire.ModeBoth, "gone", tagwire.Match{Dropped: "gone"}},
	} {
		got := dispatch.Match(tagwire.Article{}, tagwire.Subscriber{Mode: tc.mode, Suspended: tc.suspended})
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// digests runs the planner at an instant and tells what is queued for each place.
func digests(t *testing.T, db *store.DB, now time.Time) map[tagwire.Dest][]tagwire.DigestPage {
	t.Helper()
	d := dispatch.New(db, render.New([]tagwire.Tag{{Slug: "copper"}, {Slug: "zinc"}}), slog.New(slog.DiscardHandler), func() {})
	if err := d.Digests(context.Background(), now); err != nil {
		t.Fatal(err)
	}
	out := map[tagwire.Dest][]tagwire.DigestPage{}
	for _, x := range storetest.Drain(t, db, now) {
		if x.Kind == tagwire.KindDigest {
			out[x.Dest] = append(out[x.Dest], *x.Page)
		}
	}
	return out
}

// setup subscribes chats to copper and zinc, publishes one article on each, and
// empties the outbox of the posts.
func setup(t *testing.T, chats ...tagwire.Chat) *store.DB {
	t.Helper()
	db := storetest.Open(t)
	source := storetest.Source(t, db, "smelter")
	for i, c := range chats {
		storetest.Apply(t, db, int64(i+1), tagwire.SeeChat{Chat: c}, tagwire.Subscribe{Dest: tagwire.Dest{Chat: c.ID}, Tags: []tagwire.TagSlug{"copper", "zinc"}})
	}
	storetest.Publish(t, db, source, storetest.Article("c", "copper"), storetest.Article("z", "zinc"))
	d := dispatch.New(db, render.New(nil), slog.New(slog.DiscardHandler), func() {})
	if err := d.Instant(context.Background(), storetest.Start()); err != nil {
		t.Fatal(err)
	}
	storetest.Drain(t, db, storetest.Start())
	return db
}

func TestDigests_comeAtTheirTimeAndOnce(t *testing.T) {
	t.Parallel()
	due := storetest.Start().Add(30 * time.Minute)
	db := setup(t, storetest.Chat(-100), storetest.Chat(-200))
	if early := digests(t, db, due.Add(-time.Second)); len(early) != 0 {
		t.Errorf("before its time: %v", early)
	}
	got := digests(t, db, due)
	if len(got) != 2 || got[tagwire.Dest{Chat: -100}][0].Total != 2 || got[tagwire.Dest{Chat: -100}][0].Slot != "2026-07-28" {
		t.Errorf("at its time: %+v", got)
	}
	if again := digests(t, db, due.Add(time.Minute)); len(again) != 0 {
		t.Errorf("a second time: %v", again)
	}
	if empty := digests(t, db, due.Add(24*time.Hour)); len(empty) != 0 {
		t.Errorf("on a day without articles: %v", empty)
	}
	c, err := db.Chat(context.Background(), -100)
	if want := due.Add(48 * time.Hour); err != nil || !c.NextDigest.Equal(want) {
		t.Errorf("next %v, want %v; %v", c.NextDigest, want, err)
	}
}

func TestDigests_aLateOneIsOneCatchUpOrWaits(t *testing.T) {
	t.Parallel()
	due := storetest.Start().Add(30 * time.Minute)
	for late, want := range map[time.Duration]int{
		5 * time.Hour:           1,
		7 * time.Hour:           0,
		(7*24 + 1) * time.Hour:  0, // a week down: not seven digests
		(7*24 + 24) * time.Hour: 0,
	} {
		db := setup(t, storetest.Chat(-100))
		got := digests(t, db, due.Add(late))
		if len(got) != want {
			t.Errorf("%v late: %d digests, want %d", late, len(got), want)
		}
		if want == 0 { // what was skipped comes with the next one
			c, err := db.Chat(context.Background(), -100)
			if err != nil {
				t.Fatal(err)
			}
			next := digests(t, db, c.NextDigest)
			if pages := next[tagwire.Dest{Chat: -100}]; len(pages) != 1 || pages[0].Total != 2 {
				t.Errorf("%v late: the next digest has %+v", late, next)
			}
		}
	}
}

func TestDigests_leaveOutWhatWasUnsubscribed(t *testing.T) {
	t.Parallel()
	db := setup(t, storetest.Chat(-100))
	d := tagwire.Dest{Chat: -100}
	storetest.Apply(t, db, 50, tagwire.Unsubscribe{Dest: d, Tags: []tagwire.TagSlug{"zinc"}})
	got := digests(t, db, storetest.Start().Add(30*time.Minute))[d]
	if len(got) != 1 || got[0].Total != 1 || got[0].Groups[0].Tag != "copper" {
		t.Errorf("%+v", got)
	}
}

func TestDigests_oneChatThatFailsStopsNoOther(t *testing.T) {
	t.Parallel()
	broken := storetest.Chat(-50)
	broken.Zone = "Nowhere/Town"
	db := setup(t, broken, storetest.Chat(-100), storetest.Chat(-200))
	if got := digests(t, db, storetest.Start().Add(30*time.Minute)); len(got) != 2 {
		t.Errorf("%d of the 2 sound chats got their digest", len(got))
	}
}
