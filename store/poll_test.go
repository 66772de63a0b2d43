package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

func TestRecordPoll_firstSuccessIsTheBaseline(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	src := tagwire.Source{Slug: "smelter", Name: "Smelter News", URL: "https://smelter.example/feed"}
	if err := db.SyncSources(ctx, storetest.Start(), []tagwire.Source{src}); err != nil {
		t.Fatal(err)
	}
	due, err := db.DueSources(ctx, storetest.Start(), 10)
	if err != nil || len(due) != 1 || due[0].Baselined {
		t.Fatalf("a new source is due at once and not baselined: %+v, %v", due, err)
	}
	poll := func(wantFresh int, p tagwire.Poll) {
		t.Helper()
		p.Source, p.Next = due[0].ID, storetest.Start().Add(time.Hour)
		fresh, err := db.RecordPoll(ctx, storetest.Start(), p)
		if err != nil || fresh != wantFresh {
			t.Fatalf("fresh %d, want %d; %v", fresh, wantFresh, err)
		}
	}
	poll(0, tagwire.Poll{Failed: "the server answered 503"})
	if s := sourceState(t, db); s.Baselined || s.Fails != 1 || s.LastError != "the server answered 503" {
		t.Errorf("a failure is no baseline: %+v", s)
	}
	poll(0, tagwire.Poll{Entries: 2, ETag: `"1"`, Articles: []tagwire.Article{storetest.Article("a", "copper"), storetest.Article("b")}})
	poll(1, tagwire.Poll{Entries: 3, ETag: `"2"`, Articles: []tagwire.Article{storetest.Article("a", "copper"), storetest.Article("c", "copper")}})
	stale := storetest.Article("old", "copper")
	stale.Stale = true
	poll(0, tagwire.Poll{Entries: 1, ETag: `"2"`, Articles: []tagwire.Article{stale}})
	poll(0, tagwire.Poll{Unchanged: true})
	want := tagwire.SourceState{ID: due[0].ID, Slug: "smelter", ETag: `"2"`, NextPoll: storetest.Start().Add(time.Hour),
		LastOK: storetest.Start(), Baselined: true, Entries: 1}
	if diff := cmp.Diff(want, sourceState(t, db)); diff != "" {
		t.Error(diff)
	}
	latest, err := db.Latest(ctx, "copper", 10)
	if err != nil || len(latest) != 3 {
		t.Errorf("all three articles on copper can be asked for: %d, %v", len(latest), err)
	}
}

func sourceState(t *testing.T, db *store.DB) tagwire.SourceState {
	t.Helper()
	states, err := db.Sources(context.Background())
	if err != nil || len(states) != 1 {
		t.Fatalf("%v, %v", states, err)
	}
	return states[0]
}

// A publisher may change the address, the headline or the number of an article,
// but rarely all at once: one key in common makes it the same, and keys learned
// later count too.
func TestRecordPoll_oneKeyInCommonIsTheSameArticle(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	first := storetest.Article("id:7")
	first.Keys = append(first.Keys, "url:x")
	storetest.Publish(t, db, source, first)
	for _, keys := range [][]string{{"id:8", "url:x"}, {"id:8", "url:y"}, {"url:y"}} {
		again := storetest.Article("")
		again.Keys = keys
		fresh, err := db.RecordPoll(ctx, storetest.Start(), tagwire.Poll{Source: source, Articles: []tagwire.Article{again}})
		if err != nil || fresh != 0 {
			t.Errorf("%v: fresh %d, %v; want the known article", keys, fresh, err)
		}
	}
	known, err := db.KnownKeys(ctx, source, []string{"id:7", "id:8", "url:y", "id:9"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"id:7": true, "id:8": true, "url:y": true}, known); diff != "" {
		t.Error(diff)
	}
}

func TestSyncSources_keepsWhatLeftAndRereadsWhatMoved(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	storetest.Source(t, db, "smelter")
	later := storetest.Start().Add(time.Minute)
	sync := func(url string) {
		t.Helper()
		var sources []tagwire.Source
		if url != "" {
			sources = append(sources, tagwire.Source{Slug: "smelter", Name: "The smelter", URL: url})
		}
		if err := db.SyncSources(ctx, later, sources); err != nil {
			t.Fatal(err)
		}
	}
	sync("https://smelter.example/feed")
	if s := sourceState(t, db); !s.Baselined {
		t.Error("an unchanged source lost its baseline")
	}
	sync("")
	if due, _ := db.DueSources(ctx, later.Add(48*time.Hour), 10); len(due) != 0 {
		t.Errorf("a source that left the catalogue is polled: %v", due)
	}
	sync("https://smelter.example/new")
	if s := sourceState(t, db); s.Baselined || !s.NextPoll.Equal(later) {
		t.Errorf("a source with a new address needs a new baseline now: %+v", s)
	}
}

func TestArticles_comeBackAsStored(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	source := storetest.Source(t, db, "smelter")
	a := tagwire.Article{
		Keys: []string{"k"}, URL: "https://smelter.example/1", Title: "稀土 prices", Summary: "S", Body: "B", Language: "zh",
		DateText: "Jul 28,2020 08:19CST", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), Image: "https://smelter.example/1.jpg",
		PublisherTags: []string{"Rare earths", `"quoted"`}, Categories: []string{"Copper"}, Translated: true,
		Tags: []tagwire.TagMatch{
			{Tag: "rare-earths", Score: 30, Reason: `title: "稀土"`},
			{Tag: "metals", Implied: true, Reason: "parent"},
		},
	}
	storetest.Publish(t, db, source, a)
	latest, err := db.Latest(ctx, "", 1)
	if err != nil || len(latest) != 1 {
		t.Fatal(latest, err)
	}
	want := a
	want.ID, want.Source, want.SourceName, want.FirstSeen = latest[0].ID, "smelter", "The smelter", storetest.Start()
	want.Keys, want.Body = nil, ""
	if diff := cmp.Diff(want, latest[0]); diff != "" {
		t.Error(diff)
	}
	counts, err := db.TagCounts(ctx, a.Published)
	if diff := cmp.Diff(map[tagwire.TagSlug]int{"rare-earths": 1, "metals": 1}, counts); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
