package storetest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/store"
)

// Open opens a fresh database that is closed at the end of the test.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenFile(t, filepath.Join(t.TempDir(), "test.db"))
}

// OpenFile opens the database in a file.
func OpenFile(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// SQLite is store.DB with the auditor's look at its tables.
type SQLite struct {
	*store.DB
	books *sql.DB
}

// Close closes both.
func (s SQLite) Close() error { return errors.Join(s.books.Close(), s.DB.Close()) }

// OpenSQLite opens the database in a folder.
func OpenSQLite(t testing.TB, place string) Audited {
	t.Helper()
	path := filepath.Join(place, "test.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	books, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	s := SQLite{db, books}
	t.Cleanup(func() { s.Close() })
	return s
}

const ledgerSQL = `
	SELECT chat_id, thread_id, article_id, state, reason, class, kind, payload FROM deliveries
	UNION ALL SELECT chat_id, thread_id, article_id, 'pending', '', 2, 'digest', '' FROM digest_items`

// Ledger reads the tables beside the store, on a connection of its own.
func (s SQLite) Ledger(ctx context.Context) (lines []Line, err error) {
	rows, err := s.books.QueryContext(ctx, ledgerSQL)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		var payload string
		if err := rows.Scan(&l.Dest.Chat, &l.Dest.Thread, &l.Article, &l.State, &l.Reason, &l.Class, &l.Kind, &payload); err != nil {
			return nil, err
		}
		switch {
		case l.Kind == tagwire.KindMessage:
			var m tagwire.Message
			err = json.Unmarshal([]byte(payload), &m)
			l.Text = string(m.HTML)
		case payload != "":
			var p tagwire.DigestPage
			err = json.Unmarshal([]byte(payload), &p)
			l.Text, l.Digest = p.Slot, p.IDs()
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}
