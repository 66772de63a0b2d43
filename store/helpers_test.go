package store_test

import (
	"context"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

// say queues a reply for a place, as an update of its own.
func say(t *testing.T, db *store.DB, update int64, d tagwire.Dest, text string) {
	t.Helper()
	applied, err := db.ApplyUpdate(context.Background(), storetest.Start(), update, nil,
		[]tagwire.Reply{{Dest: d, Message: tagwire.Message{HTML: tagwire.HTML(text)}}})
	if err != nil || !applied {
		t.Fatal(applied, err)
	}
}

func claim(t *testing.T, db *store.DB, now time.Time, n int) []tagwire.Delivery {
	t.Helper()
	out, err := db.Claim(context.Background(), now, n)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
