package crash_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"tagwire/internal/tagwire"
)

// row is a delivery as the database has it.
type row struct {
	id            int64
	chat          int64
	thread        int
	class         int
	kind, ref     string
	title         string             // of an article
	page          tagwire.DigestPage // of a digest
	state, reason string
	message       int
	created       time.Time
	onWire        int // kills at which it was leased
}

// autopsy looks into the database after each death.
type autopsy struct {
	w      *world
	leased map[int64]int // delivery -> kills at which it was on the wire
	most   int           // rows on the wire at one kill
	sent   map[int64]int // delivery -> the message that some life recorded
}

func newAutopsy(w *world) *autopsy {
	return &autopsy{w: w, leased: map[int64]int{}, sent: map[int64]int{}}
}

// examine looks at a copy, so that the next life finds the files as the death
// left them, write-ahead log and all.
func (a *autopsy) examine() {
	w := a.w
	w.t.Helper()
	dir, err := os.MkdirTemp(w.dir, "autopsy")
	w.must(err)
	defer os.RemoveAll(dir)
	for _, suffix := range []string{"", "-wal"} {
		err := copyFile(filepath.Join(dir, "copy.db"+suffix), w.database()+suffix)
		if err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, "copy.db")))
	w.must(err)
	defer db.Close()
	// The check takes its time, and damage does not go away.
	if w.kills%8 == 0 {
		a.integrity(db)
	}
	var tables int
	w.must(db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'deliveries'").Scan(&tables))
	if tables == 0 {
		return // killed before there was a schema
	}
	wire := a.ids(db, "SELECT id, 0 FROM deliveries WHERE state = 'leased'")
	for id := range wire {
		a.leased[id]++
	}
	a.most = max(a.most, len(wire))
	sent := a.ids(db, "SELECT id, message_id FROM deliveries WHERE state = 'sent'")
	for id, message := range a.sent {
		if now, ok := sent[id]; !ok || now != message {
			w.t.Errorf("seed %d, kill %d: delivery %d was recorded as message %d and is no more", w.seed, w.kills, id, message)
		}
	}
	a.sent = sent
}

func (a *autopsy) integrity(db *sql.DB) {
	a.w.t.Helper()
	var verdict string
	a.w.must(db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		a.w.t.Errorf("seed %d, kill %d: integrity_check: %s", a.w.seed, a.w.kills, verdict)
	}
}

func (a *autopsy) ids(db *sql.DB, query string) map[int64]int {
	out := map[int64]int{}
	a.each(db, query, func(scan func(...any) error) error {
		var id int64
		var n int
		err := scan(&id, &n)
		out[id] = n
		return err
	})
	return out
}

func (a *autopsy) each(db *sql.DB, query string, visit func(scan func(...any) error) error) {
	a.w.t.Helper()
	rows, err := db.Query(query)
	a.w.must(err)
	defer rows.Close()
	for rows.Next() {
		a.w.must(visit(rows.Scan))
	}
	a.w.must(rows.Err())
}

// open reads the database beside the living program.
func (a *autopsy) open() *sql.DB {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(a.w.database())+"?mode=ro&_pragma=busy_timeout(5000)")
	a.w.must(err)
	return db
}

// todo says what the program could do right now and has not done, empty if
// nothing, and how many deliveries wait for their chat's turn.
func (a *autopsy) todo(db *sql.DB, articles int) (todo string, waiting int) {
	now := a.w.now().UnixMilli()
	var parts []string
	for _, q := range []struct{ what, query string }{
		{"chats have a request on the wire", "SELECT count(*) FROM lanes WHERE leased = 1"},
		{"chats could get something", fmt.Sprintf("SELECT count(*) FROM lanes WHERE replies = 1 AND reply_ms <= %[1]d OR class < 9 AND post_ms <= %[1]d", now)},
		{"fan-outs", "SELECT count(*) FROM fanouts"},
		{"articles unread", fmt.Sprintf("SELECT %d - count(*) FROM articles", articles)},
		{"digests due", fmt.Sprintf("SELECT count(*) FROM chats WHERE next_digest_ms BETWEEN 1 AND %d", now)},
	} {
		var n int
		if err := db.QueryRow(q.query).Scan(&n); err != nil {
			return err.Error(), 0 // no schema yet
		}
		if n != 0 {
			parts = append(parts, fmt.Sprint(n, " ", q.what))
		}
	}
	a.w.must(db.QueryRow("SELECT count(*) FROM deliveries WHERE state IN ('queued', 'leased')").Scan(&waiting))
	return strings.Join(parts, ", "), waiting
}

// backlog tells what waits, chat by chat, with the state of its lane.
func (a *autopsy) backlog() string {
	db := a.open()
	defer db.Close()
	var out strings.Builder
	a.each(db, `SELECT d.chat_id, d.class, d.state, count(*), min(d.id), max(d.attempts), l.leased, l.replies, l.class, l.reply_ms, l.post_ms
		FROM deliveries d LEFT JOIN lanes l ON l.chat_id = d.chat_id
		WHERE d.state IN ('queued', 'leased') GROUP BY 1, 2, 3`, func(scan func(...any) error) error {
		var chat, class, n, id, attempts, leased, replies, lane, reply, post int64
		var state string
		err := scan(&chat, &class, &state, &n, &id, &attempts, &leased, &replies, &lane, &reply, &post)
		ahead := func(ms int64) time.Duration { return time.UnixMilli(ms).Sub(a.w.now()).Round(time.Second) }
		fmt.Fprintf(&out, "chat %d: %d of class %d %s from %d on, tried %d times; lane leased %d, replies %d in %s, class %d in %s\n",
			chat, n, class, state, id, attempts, leased, replies, ahead(reply), lane, ahead(post))
		return err
	})
	return out.String()
}

// rows are all deliveries in the order they were queued.
func (a *autopsy) rows() []row {
	db := a.open()
	defer db.Close()
	var out []row
	a.each(db, `SELECT d.id, d.chat_id, d.thread_id, d.class, d.kind, d.ref, d.payload, d.state, d.reason, d.message_id, d.created_ms,
		ifnull((SELECT title FROM articles WHERE id = d.article_id), '') FROM deliveries d ORDER BY d.id`, func(scan func(...any) error) error {
		var r row
		var payload string
		var created int64
		if err := scan(&r.id, &r.chat, &r.thread, &r.class, &r.kind, &r.ref, &payload, &r.state, &r.reason, &r.message, &created, &r.title); err != nil {
			return err
		}
		r.created, r.onWire = time.UnixMilli(created), a.leased[r.id]
		if r.kind == "digest" {
			if err := json.Unmarshal([]byte(payload), &r.page); err != nil {
				return err
			}
		}
		out = append(out, r)
		return nil
	})
	return out
}

// titles are the articles that the program has stored.
func (a *autopsy) titles() map[tagwire.ArticleID]string {
	db := a.open()
	defer db.Close()
	out := map[tagwire.ArticleID]string{}
	a.each(db, "SELECT id, title FROM articles", func(scan func(...any) error) error {
		var id tagwire.ArticleID
		var title string
		err := scan(&id, &title)
		out[id] = title
		return err
	})
	return out
}

// nextDigest is when the next digest of all falls due.
func (a *autopsy) nextDigest() time.Time {
	db := a.open()
	defer db.Close()
	var at int64
	a.w.must(db.QueryRow("SELECT min(next_digest_ms) FROM chats WHERE next_digest_ms > 0").Scan(&at))
	return time.UnixMilli(at)
}

// follows lists the chats that follow a tag.
func (a *autopsy) follows(tag string) map[int64]int {
	db := a.open()
	defer db.Close()
	return a.ids(db, fmt.Sprintf("SELECT chat_id, 1 FROM subscriptions WHERE tag = '%s'", tag))
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
