//go:build long

package crash_test

import (
	"testing"
	"time"
)

// A hundred kills at random moments of busy lives, one of the groups becoming a
// supergroup now and then.
func TestCrashLong(t *testing.T) {
	t.Parallel()
	w := begin(t, seed(), "25")
	for i := range 100 {
		w.happen()
		if i%20 == 10 {
			w.upgrade()
		}
		w.dieAfter(time.Duration(20+w.chance.IntN(1500)) * time.Millisecond)
		if i%3 == 2 {
			w.dieIdle()
		}
	}
	w.finish()
	if most := w.autopsy.most; most > 8 {
		t.Errorf("seed %d: %d requests were on the wire at once, 8 are promised", w.seed, most)
	}
}
