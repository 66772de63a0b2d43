package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

func TestFanOut_servesEachPlaceOnceWhateverTheChunk(t *testing.T) {
	t.Parallel()
	for _, chunk := range []int{1, 2, 3, 7, 1000} {
		t.Run(fmt.Sprint(chunk), func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t)
			source := storetest.Source(t, db, "smelter")
			want := map[tagwire.Dest]int{}
			for i := range int64(7) {
				chat := storetest.Chat(tagwire.ChatID(-100 - i))
				changes := []tagwire.Change{tagwire.SeeChat{Chat: chat}}
				for thread := range tagwire.ThreadID(2) {
					d := tagwire.Dest{Chat: chat.ID, Thread: thread * 5}
					want[d] = 2
					changes = append(changes, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper", "prices"}})
				}
				storetest.Apply(t, db, i+1, changes...)
			}
			storetest.Publish(t, db, source, storetest.Article("a", "copper", "prices", "zinc"), storetest.Article("b", "prices"), storetest.Article("c", "zinc"))
			storetest.FanOut(t, db, chunk)
			got := map[tagwire.Dest]int{}
			for now := storetest.Start(); now.Before(storetest.Start().Add(time.Minute)); now = now.Add(time.Second) {
				for _, d := range storetest.Drain(t, db, now) {
					got[d.Dest]++
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			pending, err := db.PendingDigest(context.Background(), tagwire.Dest{Chat: -100})
			if err != nil || len(pending) != 2 {
				t.Errorf("the digest holds %d articles, want 2; %v", len(pending), err)
			}
		})
	}
}

// A group that becomes a supergroup in the middle of a fan-out changes its
// place in the order that the fan-out goes by.
func TestFanOut_missesNoChatThatMigratesMeanwhile(t *testing.T) {
	t.Parallel()
	const chats = 6
	for served := range chats {
		for moving := range chats {
			db, ctx := storetest.Open(t), context.Background()
			source := storetest.Source(t, db, "smelter")
			for i := range int64(chats) {
				id := tagwire.ChatID(-100 - i)
				storetest.Apply(t, db, i+1, tagwire.SeeChat{Chat: storetest.Chat(id)},
					tagwire.Subscribe{Dest: tagwire.Dest{Chat: id}, Tags: []tagwire.TagSlug{"copper"}})
			}
			storetest.Publish(t, db, source, storetest.Article("a", "copper"))
			for range served {
				if _, err := db.FanOut(ctx, storetest.Start(), 1, storetest.Everything); err != nil {
					t.Fatal(err)
				}
			}
			from, to := tagwire.ChatID(-100-moving), tagwire.ChatID(-1_001_000_000_000)
			storetest.Apply(t, db, 100, tagwire.Migrate{From: from, To: to})
			storetest.FanOut(t, db, 1)
			got := map[tagwire.ChatID]int{}
			for _, d := range storetest.Drain(t, db, storetest.Start()) {
				got[d.Dest.Chat]++
			}
			if len(got) != chats || got[to] != 1 || got[from] != 0 {
				t.Errorf("served %d, moving %d: %v", served, moving, got)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestFanOut_aSuspendedPlaceGetsNothingAndItShows(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	d := tagwire.Dest{Chat: -100}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper"}},
		tagwire.Suspend{Chat: d.Chat, Reason: "gone"})
	storetest.Publish(t, db, source, storetest.Article("a", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Apply(t, db, 2, tagwire.Resume{Dest: d})
	storetest.Publish(t, db, source, storetest.Article("b", "copper"))
	storetest.FanOut(t, db, 10)
	if got := storetest.Drain(t, db, storetest.Start()); len(got) != 1 {
		t.Errorf("sent %d after the return, want the one article that came since", len(got))
	}
	states, err := db.Queue(ctx)
	if diff := cmp.Diff(map[tagwire.State]int{tagwire.Dropped: 1, tagwire.Sent: 1}, states); diff != "" || err != nil {
		t.Error(diff, err)
	}
	subs, err := db.Subscriptions(ctx, d)
	if len(subs) != 1 || err != nil {
		t.Errorf("the subscription is kept: %v, %v", subs, err)
	}
}

// The second tag of an article finds its post queued by the first and sent: it
// must not open the lane again for nothing.
func TestFanOut_aSecondTagAfterThePostWasSent(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	source := storetest.Source(t, db, "smelter")
	d := tagwire.Dest{Chat: -100}
	other := tagwire.Dest{Chat: -200}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}, tagwire.SeeChat{Chat: storetest.Chat(other.Chat)},
		tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{"copper", "zinc"}},
		tagwire.Subscribe{Dest: other, Tags: []tagwire.TagSlug{"zinc"}})
	storetest.Publish(t, db, source, storetest.Article("a", "copper", "zinc"))
	sent := 0
	for more := true; more; {
		var err error
		if more, err = db.FanOut(context.Background(), storetest.Start(), 10, storetest.Everything); err != nil {
			t.Fatal(err)
		}
		sent += len(storetest.Drain(t, db, storetest.Start()))
	}
	if sent != 2 {
		t.Errorf("sent %d, want one for each place", sent)
	}
}
