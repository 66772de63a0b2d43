package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

// A lane that promises what is not there, however it came about, holds up nobody
// and is put right.
func TestClaim_passesOverALaneThatIsWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lane.db")
	db := storetest.OpenFile(t, path)
	say(t, db, 1, tagwire.Dest{Chat: -100}, "here")
	raw(t, path, `INSERT INTO lanes (chat_id, replies, class) VALUES (-200, 1, 1)`)
	claimed := claim(t, db, storetest.Start(), 8)
	if len(claimed) != 1 || claimed[0].Dest.Chat != -100 {
		t.Errorf("claimed %+v", claimed)
	}
	if n := count(t, path, `SELECT count(*) FROM lanes WHERE chat_id = -200 AND (replies = 1 OR class < 9)`); n != 0 {
		t.Error("the lane is still wrong")
	}
}

// raw runs SQL on a database file, past the store.
func raw(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// count is the only number that a query on a database file gives.
func count(t *testing.T, path, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
