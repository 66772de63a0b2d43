package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

func TestOpen_refusesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ sql, want string }{
		"another program's": {`CREATE TABLE notes (text)`, "not a tagwire database"},
		"a newer tagwire's": {`PRAGMA application_id = 1952540535; PRAGMA user_version = 999`, "newer tagwire"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "x.db")
			raw, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.Exec(tc.sql); err != nil {
				t.Fatal(err)
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(context.Background(), path)
			if err == nil {
				db.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %q does not say %q", err, tc.want)
			}
		})
	}
}

func TestOpen_fileIsPrivateAndOddNamesWork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a dir", "100% odd?name#.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(-100)})
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", suffix, info.Mode())
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again := storetest.OpenFile(t, path)
	if _, err := again.Chat(context.Background(), -100); err != nil {
		t.Error("what was stored is gone after opening again:", err)
	}
}

// Writers that come together share a commit; each gets its own result, and
// none is half done.
func TestWrites_together(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	var all sync.WaitGroup
	for i := range int64(300) {
		all.Go(func() {
			chat := storetest.Chat(tagwire.ChatID(-1000 - i))
			timing := tagwire.SetTiming{Chat: chat.ID, Mode: tagwire.ModeBoth, Zone: "UTC"}
			if i%3 == 0 {
				timing.Mode = "impossible"
			}
			_, err := db.ApplyUpdate(ctx, storetest.Start(), i+1, []tagwire.Change{tagwire.SeeChat{Chat: chat}, timing}, nil)
			if (err != nil) != (i%3 == 0) {
				t.Errorf("chat %d: %v", i, err)
			}
		})
	}
	all.Wait()
	for i := range int64(300) {
		_, err := db.Chat(ctx, tagwire.ChatID(-1000-i))
		if errors.Is(err, tagwire.ErrNotFound) != (i%3 == 0) {
			t.Errorf("chat %d: %v", i, err)
		}
	}
}

func TestClose_refusesWhatComesLater(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Recover(context.Background(), storetest.Start()); err == nil {
		t.Error("a write after the end was accepted")
	}
}

func TestPrune_keepsWhatIsStillNeeded(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.Open(t), context.Background()
	d := tagwire.Dest{Chat: -100}
	say(t, db, 1, d, "sent long ago")
	storetest.Drain(t, db, storetest.Start())
	say(t, db, 2, d, "still queued")
	if err := db.Prune(ctx, storetest.Start().Add(47*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if applied, err := db.ApplyUpdate(ctx, storetest.Start(), 2, nil, nil); applied || err != nil {
		t.Errorf("an update of two days ago acts again: %v", err)
	}
	if err := db.Prune(ctx, storetest.Start().Add(31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	states, err := db.Queue(ctx)
	if err != nil || states[tagwire.Sent] != 0 || states[tagwire.Queued] != 1 {
		t.Errorf("%v, %v", states, err)
	}
}
