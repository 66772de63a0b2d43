package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

// files are the names in a folder.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A backup made while others write is whole, of one moment, private, and the
// only file left behind.
func TestBackup_ofADatabaseInUse(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	path, to := filepath.Join(dir, "live.db"), filepath.Join(t.TempDir(), "copy.db")
	db := storetest.OpenFile(t, path)
	var done atomic.Bool
	stopped := make(chan error)
	go func() {
		for i := int64(1); !done.Load(); i++ {
			// Each write makes a chat and its place: a torn copy would have one.
			chat := storetest.Chat(tagwire.ChatID(-i))
			_, err := db.ApplyUpdate(ctx, storetest.Start(), i, []tagwire.Change{
				tagwire.SeeChat{Chat: chat}, tagwire.SeeTopic{Dest: tagwire.Dest{Chat: chat.ID}, Name: "x"}}, nil)
			if err != nil {
				stopped <- err
				return
			}
		}
		stopped <- nil
	}()
	for {
		if _, err := db.Chat(ctx, -20); err == nil {
			break
		}
	}
	err := store.Backup(ctx, path, to)
	done.Store(true)
	if err := errors.Join(err, <-stopped); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if got := files(t, filepath.Dir(to)); len(got) != 1 {
		t.Error("left behind:", got)
	}
	chats, dests := count(t, to, `SELECT count(*) FROM chats`), count(t, to, `SELECT count(*) FROM dests`)
	if chats < 20 || chats != dests {
		t.Errorf("%d chats, %d places", chats, dests)
	}
	before, _ := os.ReadFile(to)
	if err := store.Backup(ctx, path, to); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Error("over a file that exists:", err)
	}
	if after, _ := os.ReadFile(to); string(after) != string(before) {
		t.Error("the earlier backup was changed")
	}
}

func TestBackup_refusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	to := filepath.Join(dir, "copy.db")
	for name, content := range map[string]string{"missing.db": "", "text.db": strings.Repeat("no database\n", 1000)} {
		path := filepath.Join(t.TempDir(), name)
		if content != "" {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Backup(context.Background(), path, to); err == nil {
			t.Errorf("%s was backed up", name)
		}
	}
	if got := files(t, dir); len(got) != 0 {
		t.Error("left behind:", got)
	}
}

// live is a database with something in every state that a restore must quieten.
func live(t *testing.T, path string) (db *store.DB, source tagwire.SourceID) {
	t.Helper()
	db = storetest.OpenFile(t, path)
	soon, late := storetest.Chat(-1), storetest.Chat(-2) // digests at 08:30 and 20:00
	late.Rhythm.Minute, late.NextDigest = 20*60, storetest.Start().Add(12*time.Hour)
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: soon}, tagwire.SeeChat{Chat: late}, tagwire.SeeChat{Chat: storetest.Chat(-3)},
		tagwire.Subscribe{Dest: tagwire.Dest{Chat: -1}, Tags: []tagwire.TagSlug{"copper"}},
		tagwire.Subscribe{Dest: tagwire.Dest{Chat: -2}, Tags: []tagwire.TagSlug{"copper"}})
	source = storetest.Source(t, db, "wire")
	storetest.Publish(t, db, source, storetest.Article("sent", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Drain(t, db, storetest.Start())
	storetest.Publish(t, db, source, storetest.Article("waits", "copper"))
	storetest.FanOut(t, db, 10)
	storetest.Publish(t, db, source, storetest.Article("not handed out", "copper"))
	say(t, db, 2, tagwire.Dest{Chat: -1}, "an answer")
	say(t, db, 3, tagwire.Dest{Chat: -3}, "an answer on the wire")
	if on := claim(t, db, storetest.Start().Add(time.Minute), 3); len(on) != 3 || on[2].Class != tagwire.ClassInstant {
		t.Fatalf("on the wire: %+v", on)
	}
	return db, source
}

// After a restore nothing goes out by itself that may have been sent since the
// backup was made; what waited is there for an operator; what is new goes on.
func TestRestore_sendsNothingTwice(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	path, backup := filepath.Join(dir, "live.db"), filepath.Join(t.TempDir(), "backup.db")
	db, source := live(t, path)
	if err := store.Backup(ctx, path, backup); err != nil {
		t.Fatal(err)
	}
	now := storetest.Start().Add(2 * time.Hour) // 10:00, after one of the digests
	if _, err := store.Restore(ctx, now, backup, path, true, storetest.Everything); !errors.Is(err, store.ErrInUse) {
		t.Fatal("over a database in use:", err)
	}
	storetest.Apply(t, db, 9, tagwire.SeeChat{Chat: storetest.Chat(-99)})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(ctx, now, backup, path, false, storetest.Everything); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Fatal("over a database that exists:", err)
	}
	done, err := store.Restore(ctx, now, backup, path, true, storetest.Everything)
	if err != nil {
		t.Fatal(err)
	}
	// Two posts wait in each chat; of -1 three articles wait for the digest.
	if done.Held != 4 || done.Digested != 3 || done.Sources != 1 {
		t.Errorf("%+v", done)
	}
	if n := count(t, done.Aside, `SELECT count(*) FROM chats WHERE id = -99`); n != 1 {
		t.Error("the database before was not kept")
	}
	db = storetest.OpenFile(t, path)
	if _, err := db.Recover(ctx, now); err != nil {
		t.Fatal(err)
	}
	storetest.FanOut(t, db, 10)
	if sent := storetest.Drain(t, db, now.Add(24*time.Hour)); len(sent) != 0 {
		t.Errorf("sent by itself: %+v", sent)
	}
	if due, err := db.DueDigests(ctx, now, 10); err != nil || len(due) != 0 {
		t.Errorf("due: %+v, %v", due, err)
	}
	for chat, want := range map[tagwire.ChatID]int{-1: 0, -2: 3} {
		if got, err := db.PendingDigest(ctx, tagwire.Dest{Chat: chat}); err != nil || len(got) != want {
			t.Errorf("chat %d: %d articles wait for its digest, want %d; %v", chat, len(got), want, err)
		}
	}
	for _, next := range []struct {
		article string
		fresh   int
	}{{"since the backup", 0}, {"news", 1}} {
		fresh, err := db.RecordPoll(ctx, now, tagwire.Poll{Source: source, Next: now, Articles: []tagwire.Article{storetest.Article(next.article, "copper")}})
		if err != nil || fresh != next.fresh {
			t.Errorf("%s: %d fresh, want %d; %v", next.article, fresh, next.fresh, err)
		}
	}
	storetest.FanOut(t, db, 10)
	if sent := storetest.Drain(t, db, now.Add(time.Hour)); len(sent) != 2 {
		t.Errorf("of the news: %+v", sent)
	}
	dead, total, err := db.DeadDeliveries(ctx, 10)
	if err != nil || total != 4 {
		t.Fatal(total, err)
	}
	for _, d := range dead {
		if d.Reason != tagwire.ReasonRestored || d.Kind != tagwire.KindArticle {
			t.Errorf("%+v", d)
		}
	}
	storetest.Apply(t, db, 50, tagwire.Requeue{Through: now})
	if sent := storetest.Drain(t, db, now.Add(24*time.Hour)); len(sent) != 4 {
		t.Errorf("at the operator's press: %d", len(sent))
	}
}

// A backup that is damaged, foreign or too new replaces nothing.
func TestRestore_refusesABadBackup(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	good, path := filepath.Join(dir, "good.db"), filepath.Join(dir, "live.db")
	db := storetest.OpenFile(t, path)
	for i := range int64(300) {
		storetest.Apply(t, db, i+1, tagwire.SeeChat{Chat: storetest.Chat(tagwire.ChatID(-1 - i))})
	}
	if err := errors.Join(store.Backup(ctx, path, good), db.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	scribbled := []byte(string(whole))
	for i := 4096 * 2; i < len(scribbled); i += 97 {
		scribbled[i] ^= 0x55
	}
	for name, content := range map[string][]byte{
		"empty": {}, "text": []byte(strings.Repeat("no database\n", 1000)), "cut": whole[:len(whole)/2], "scribbled": scribbled,
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Restore(ctx, storetest.Start(), bad, path, true, storetest.Everything); err == nil {
			t.Errorf("%s: restored", name)
		}
	}
	for name, damage := range map[string]string{
		"a value that cannot be": `PRAGMA ignore_check_constraints = 1; INSERT INTO sources (slug, name, url, active) VALUES ('s', 's', 's', 7)`,
		"a row without parent":   `INSERT INTO dests (chat_id, thread_id) VALUES (12345, 0)`,
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		raw(t, bad, damage)
		if _, err := store.Restore(ctx, storetest.Start(), bad, path, true, storetest.Everything); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	newer := filepath.Join(dir, "newer.db")
	if err := os.WriteFile(newer, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	raw(t, newer, `PRAGMA user_version = 999`)
	if _, err := store.Restore(ctx, storetest.Start(), newer, path, true, storetest.Everything); err == nil || !strings.Contains(err.Error(), "newer tagwire") {
		t.Error("of a newer tagwire:", err)
	}
	if _, err := store.Restore(ctx, storetest.Start(), filepath.Join(dir, "none.db"), path, true, storetest.Everything); !errors.Is(err, os.ErrNotExist) {
		t.Error("no file:", err)
	}
	if n := count(t, path, `SELECT count(*) FROM chats`); n != 300 {
		t.Errorf("the database has %d chats now", n)
	}
	for _, name := range files(t, dir) {
		if strings.Contains(name, "restoring") || strings.Contains(name, "before") {
			t.Error("left behind:", name)
		}
	}
}
