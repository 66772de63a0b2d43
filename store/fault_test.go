package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tagwire/internal/tagwire"
)

// seen makes an update's effect: one chat.
func seen(db *DB, id int64) error {
	chat := tagwire.Chat{ID: tagwire.ChatID(id), Type: tagwire.Private, Language: "en", Zone: "UTC", Mode: tagwire.ModeBoth}
	_, err := db.ApplyUpdate(context.Background(), time.Unix(1e9, 0), id, []tagwire.Change{tagwire.SeeChat{Chat: chat}}, nil)
	return err
}

func known(db *DB, id int64) bool {
	_, err := db.Chat(context.Background(), tagwire.ChatID(id))
	return err == nil
}

// While the disk can't be written every write says so, Ping too, and what was
// refused is not there; afterwards all goes on by itself.
func TestFaults_ofTheDisk(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ breaks, heals, says string }{
		"full":      {`PRAGMA max_page_count = 1`, `PRAGMA max_page_count = 1000000`, "the disk is full"},
		"read-only": {`PRAGMA query_only = 1`, `PRAGMA query_only = 0`, "can't be written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			db, err := Open(ctx, filepath.Join(t.TempDir(), "fault.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			pragma := func(q string) { // the writer is idle
				t.Helper()
				if err := db.writer.tx.rows(q, nil, func(*sql.Rows) error { return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(seen(db, 1), db.Ping(ctx)); err != nil {
				t.Fatal(err)
			}
			pragma(tc.breaks)
			last, refused := int64(1), 0
			for i := int64(2); refused < 50; i++ { // some still find room
				err := seen(db, i)
				if stored := known(db, i); stored != (err == nil) {
					t.Fatalf("update %d: %v, and stored: %v", i, err, stored)
				}
				if last = i; err != nil {
					refused++
				}
			}
			if err := db.Ping(ctx); err == nil || !contains(err, tc.says) {
				t.Errorf("told: %v, want %q", err, tc.says)
			}
			pragma(tc.heals)
			if err := errors.Join(db.Ping(ctx), seen(db, last), seen(db, last+1), db.Ping(ctx)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			if !known(db, last) {
				t.Error("the update that was refused last has no effect when it comes again")
			}
		})
	}
}

// Another program that keeps the file locked delays writes by a while; then they
// fail in words, and are in order as soon as it lets go.
func TestFaults_aForeignLock(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "locked.db")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	foreign, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	hold := func() *sql.Tx {
		t.Helper()
		tx, err := foreign.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}

	short := hold()
	done := make(chan error)
	go func() { done <- seen(db, 1) }()
	for len(db.writer.queue) > 0 { // until the writer has taken it
		runtime.Gosched()
	}
	if err := short.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("a short lock: %v", err)
	}

	// SQLite waits in real time: not for the 5 s of the service, here.
	if err := db.writer.tx.rows(`PRAGMA busy_timeout = 50`, nil, func(*sql.Rows) error { return nil }); err != nil {
		t.Fatal(err)
	}
	long := hold()
	if err := seen(db, 2); err == nil || !contains(err, "locked") || known(db, 2) {
		t.Errorf("a long lock: %v", err)
	}
	if err := db.Ping(ctx); err == nil || !contains(err, "locked") {
		t.Errorf("told: %v", err)
	}
	if err := errors.Join(long.Rollback(), db.Ping(ctx), seen(db, 2)); err != nil || !known(db, 2) {
		t.Errorf("afterwards: %v", err)
	}
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }
