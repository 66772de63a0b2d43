package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

// Of old articles the bodies go, and the keys of those that no source can still
// be listing; headlines stay, and nothing that is listed comes as new.
func TestPrune_articles(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "old.db")
	db := storetest.OpenFile(t, path)
	source := storetest.Source(t, db, "wire")
	const old, entries = 1300, 300 // four listings are 1200
	day := func(n int) time.Time { return storetest.Start().Add(time.Duration(n) * 24 * time.Hour) }
	poll := func(at time.Time, from, to int) (fresh int) {
		t.Helper()
		var list []tagwire.Article
		for i := from; i < to; i++ {
			a := storetest.Article(fmt.Sprint("a", i), "copper")
			a.Body = "A long text."
			list = append(list, a)
		}
		fresh, err := db.RecordPoll(ctx, at, tagwire.Poll{Source: source, Next: at, Entries: entries, Articles: list})
		if err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	for i := range old / 100 {
		poll(day(i), i*100, i*100+100) // seen on the days 0 to 12
	}
	check := func(what string, now time.Time, bodies, keys int) {
		t.Helper()
		for range 2 { // the second finds nothing
			if err := db.Prune(ctx, now); err != nil {
				t.Fatal(err)
			}
		}
		if got := count(t, path, `SELECT count(*) FROM articles WHERE body <> ''`); got != bodies {
			t.Errorf("%s: %d bodies, want %d", what, got, bodies)
		}
		if got := count(t, path, `SELECT count(*) FROM article_keys`); got != keys {
			t.Errorf("%s: %d keys, want %d", what, got, keys)
		}
	}
	check("young", day(179), old, old)
	check("half of the bodies", day(180+6).Add(time.Hour), old-700, old)
	check("old, but of the newest 1200", day(2000), 0, 1200)
	if fresh := poll(day(2001), 100, old); fresh != 0 {
		t.Errorf("%d articles that are listed still came as new", fresh)
	}
	poll(day(2001), old, old+100)
	check("as news come", day(2001), 100, 1200)
	if got := count(t, path, `SELECT count(*) FROM articles WHERE title <> ''`); got != old+100 {
		t.Errorf("%d articles are left", got)
	}
}
