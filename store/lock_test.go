package store_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

// One process owns a database, by whatever name it calls the file; others may
// look. A process that was killed owns nothing.
func TestOpen_oneProcessOwnsADatabase(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	path := filepath.Join(dir, "owned.db")
	owner := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestOwner$")
	owner.Env = append(os.Environ(), "TAGWIRE_TEST_OWN="+path)
	owner.Stderr = os.Stderr
	in, err1 := owner.StdinPipe()
	out, err2 := owner.StdoutPipe()
	if err := errors.Join(err1, err2, owner.Start()); err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("%q, %v", line, err)
	}
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		if db, err := store.Open(ctx, name); !errors.Is(err, store.ErrInUse) {
			t.Errorf("%s was opened a second time: %v %v", name, db, err)
		}
	}
	if found, err := store.Inspect(ctx, path); err != nil || found != (store.Inspection{}) {
		t.Errorf("looking beside the owner: %+v, %v", found, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() //nolint:errcheck // it was killed
	db := storetest.OpenFile(t, path)
	if _, err := db.Chat(ctx, -100); err != nil {
		t.Error("what the owner had stored:", err)
	}
}

// TestOwner is the owner of the test above.
func TestOwner(t *testing.T) {
	path := os.Getenv("TAGWIRE_TEST_OWN")
	if path == "" {
		t.Skip("a part of another test")
	}
	db := storetest.OpenFile(t, path)
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(-100)})
	os.Stdout.WriteString("open\n")
	io.Copy(io.Discard, os.Stdin) //nolint:errcheck // until killed
}

func TestInspect_changesNothing(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "none.db")
	if found, err := store.Inspect(ctx, path); err != nil || !found.Missing {
		t.Errorf("no file: %+v, %v", found, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("it made a file:", err)
	}
	raw(t, path, `PRAGMA application_id = 1952540535; CREATE TABLE updates (id)`)
	found, err := store.Inspect(ctx, path)
	if err != nil || found.Behind < 1 {
		t.Errorf("an old schema: %+v, %v", found, err)
	}
	if again, err := store.Inspect(ctx, path); err != nil || again != found {
		t.Errorf("looked at again: %+v, %v", again, err)
	}
}
