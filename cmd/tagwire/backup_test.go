package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"tagwire/internal/emulator"
)

// service runs the bot until stop is called, which gives its exit code and log.
func service(t *testing.T, environ []string, telegram *emulator.Telegram) (stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	var out, errOut bytes.Buffer
	done := make(chan int, 1)
	polled := len(telegram.Ledger("getUpdates"))
	go func() { done <- execute(ctx, []string{"run"}, environ, &out, &errOut) }()
	for len(telegram.Ledger("getUpdates")) == polled {
		_, changed := telegram.Changes()
		select {
		case <-changed:
		case code := <-done:
			t.Fatalf("it ended by itself with %d: %s", code, errOut.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	return func() (int, string) {
		cancel()
		return <-done, errOut.String()
	}
}

// The life of a backup: made beside the service, refused while it runs, made the
// database after it.
func TestBackupAndRestore(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, telegram := world(t, "")
	must := func(wantCode int, wantText string, args ...string) {
		t.Helper()
		code, out, errOut := tagwire(t, environ, args...)
		if text := out + errOut; code != wantCode || !strings.Contains(text, wantText) || code == 1 && strings.Count(errOut, "\n") != 1 {
			t.Errorf("%v: exit %d, want %d and %q in:\n%s", args, code, wantCode, wantText, text)
		}
	}
	must(1, "no such file", "backup", "early.db")
	stop := service(t, environ, telegram)
	must(0, "the copy is sound", "backup", "copy.db")
	must(1, "there already", "backup", "copy.db")
	must(0, "ok     database", "check")
	must(1, "another tagwire is running", "run")
	must(1, "another tagwire is running", "restore", "copy.db", "--force")
	if code, log := stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	must(1, "--force", "restore", "copy.db")
	must(1, "no such file", "restore", "none.db", "--force")
	must(0, "kept as tagwire.db.before-restore-", "restore", "copy.db", "--force")
	if err := os.Remove("tagwire.db"); err != nil {
		t.Fatal(err)
	}
	must(0, "sources to be read without posting: 1", "restore", "copy.db")
	stop = service(t, environ, telegram)
	if code, log := stop(); code != 0 {
		t.Errorf("on the restored database: exit %d: %s", code, log)
	}
}
