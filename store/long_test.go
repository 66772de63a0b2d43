//go:build long

package store_test

import (
	"fmt"
	"testing"
	"time"

	"tagwire/store/storetest"
)

// The long form of the random sequences: two thousand of them, each round with
// a seed of its own.
func TestStore_agreesWithTheModelForLong(t *testing.T) {
	for round := range 20 {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			storetest.Random(t, time.Hour, storetest.OpenSQLite)
		})
	}
}

// A hundred thousand updates, shuffled, each handed over one to three times.
func TestStore_replayedUpdatesTakeEffectOnce(t *testing.T) {
	storetest.Replay(t, 100_000, storetest.OpenSQLite)
}
