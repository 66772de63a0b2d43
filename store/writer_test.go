package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// SQLite ends a transaction by itself when the disk is full. Whatever shared it
// must be stored just when it is reported as done: a claim that is stored and
// reported as failed would hold its chat until the next start.
func TestWrites_thatShareACommitWithAFullDisk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "full.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	for _, pragma := range []string{`PRAGMA page_count`, `PRAGMA max_page_count = %d`} {
		if strings.Contains(pragma, "%d") {
			pragma = fmt.Sprintf(pragma, n+20)
		}
		if err := db.writer.do(ctx, func(tx *tx) error { return tx.row(pragma, nil, &n) }); err != nil {
			t.Fatal(err)
		}
	}

	const huge = 4
	var ops []write
	for i := range 9 {
		ops = append(ops, write{func(tx *tx) error {
			if i == huge {
				return tx.exec(`INSERT INTO sources (slug, name, url) VALUES ('huge', ?, '')`, strings.Repeat("x", 1<<20))
			}
			return tx.exec(`INSERT INTO updates (id, seen_ms) VALUES (?, 1)`, i+1)
		}, make(chan error, 1)})
	}
	db.writer.commit(ops)
	for i, op := range ops {
		reported := <-op.result
		if i == huge {
			if text := fmt.Sprint(wrap("write", reported)); !strings.Contains(text, "the disk is full") {
				t.Errorf("the huge write: %s", text)
			}
			continue
		}
		missing := db.writer.do(ctx, func(tx *tx) error { return tx.row(`SELECT id FROM updates WHERE id = ?`, []any{i + 1}, &n) })
		if (reported == nil) != (missing == nil) {
			t.Errorf("write %d: reported %v, stored %v", i, reported, missing == nil)
		}
	}
	if err := db.Ping(ctx); err == nil {
		t.Error("nothing is told of the full disk")
	}
	limit := func(tx *tx) error { return tx.row(`PRAGMA max_page_count = 1000000`, nil, &n) }
	if err := errors.Join(db.writer.do(ctx, limit), db.Ping(ctx), db.Ping(ctx)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
