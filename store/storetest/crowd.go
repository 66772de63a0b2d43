package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"tagwire/store"
)

// Crowd fills a fresh database file with private chats 1 to chats, each
// subscribed to the tags t0, t1 and so on, as fast as SQL can: for tests and
// benchmarks of size.
func Crowd(t testing.TB, path string, chats, tags int) {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `
	script := []string{
		`INSERT INTO chats (id, type, title, language, zone, mode, digest_days, digest_minute, created_ms)` +
			fmt.Sprintf(numbers, chats) + `SELECT i, 'private', 'chat ' || i, 'en', 'Asia/Shanghai', 'instant', 127, 510, 1 FROM n`,
		`INSERT INTO dests (chat_id, thread_id) SELECT id, 0 FROM chats`,
	}
	for i := range tags {
		script = append(script, fmt.Sprintf(`INSERT INTO subscriptions (tag, chat_id, thread_id, created_ms) SELECT 't%d', id, 0, 1 FROM chats`, i))
	}
	Exec(t, path, script...)
}

// Exec runs SQL on a database file that no program has open, in one
// transaction: for states that no sequence of steps reaches in reasonable time.
func Exec(t testing.TB, path string, script ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range script {
		if _, err := tx.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
