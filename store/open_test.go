package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
