// Package crash_test kills the real program, as a process of its own, at every
// failpoint and at random moments, lets it start again on the files it left, and
// audits in the end what people received against what was published.
//
// Sockets, processes and the clock are real here; so is the time it takes. A
// test waits for conditions, never for time to have passed, but for the moment
// of a random kill. A run is told by its seed: go test -run Crash -seed 7.
package crash_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"tagwire/internal/failpoint"
)

var seedFlag = flag.Uint64("seed", 0, "seed of the crash tests; 0 chooses one")

var built = new(program)

func seed() uint64 {
	if *seedFlag != 0 {
		return *seedFlag
	}
	return uint64(time.Now().UnixNano()) % 1_000_000
}

// begin starts a world: the program dies in each step of each migration, then
// lives until everybody has subscribed.
func begin(t *testing.T, seed uint64, rate string) *world {
	t.Helper()
	w := newWorld(t, built, seed, rate)
	migrations, err := filepath.Glob("../../../store/migrations/*.sql")
	w.must(err)
	for range migrations {
		for _, p := range []failpoint.Point{failpoint.SchemaBegin, failpoint.SchemaWriting, failpoint.SchemaWritten} {
			w.dieAt(string(p))
		}
	}
	w.populate()
	c := w.settleDown()
	c.kill()
	w.bury(c)
	return w
}

// finish lets everything published be read, then a day pass in steps short
// enough for every digest to be on time, and audits.
func (w *world) finish() *audit {
	w.t.Helper()
	w.settleDown().stop()
	for range 5 {
		w.pass(5 * time.Hour)
		w.settleDown().stop()
	}
	return w.audit()
}

func TestCrash(t *testing.T) {
	t.Parallel()
	w := begin(t, seed(), "1000") // far above Telegram's limit: this saves time, and more is on the wire
	for i, p := range w.points() {
		w.happen()
		switch p {
		case "":
			w.dieAfter(time.Duration(20+w.chance.IntN(700)) * time.Millisecond)
		case failpoint.OffsetConfirmed: // the poll returns when something happens
			w.dieAt(w.spec(p), func() { w.talk(301) })
		case failpoint.ChatMoving, failpoint.ChatMoved:
			w.upgrade()
			w.dieAt(w.spec(p))
		case failpoint.DigestWriting, failpoint.DigestPlanned:
			w.pass(w.autopsy.nextDigest().Sub(w.now()))
			w.dieAt(w.spec(p))
		default:
			w.dieAt(w.spec(p))
		}
		if i%3 == 2 {
			w.dieIdle()
		}
	}
	w.finish()
	for _, p := range failpoint.Points() {
		if !w.passed[string(p)] {
			t.Errorf("no life came by failpoint %s", p)
		}
	}
}

// points is every failpoint past the schema's once, and a dozen random kills
// (""), shuffled.
func (w *world) points() []failpoint.Point {
	out := failpoint.Points()
	for i := range out {
		switch out[i] {
		case failpoint.SchemaBegin, failpoint.SchemaWriting, failpoint.SchemaWritten:
			out[i] = ""
		}
	}
	for range 9 {
		out = append(out, "")
	}
	w.chance.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// spec arms a point at one of its first hits, as far as each life has several.
func (w *world) spec(p failpoint.Point) string {
	n := 1
	switch p {
	case failpoint.CommitBefore, failpoint.CommitAfter:
		n = 1 + w.chance.IntN(8)
	case failpoint.SendBefore, failpoint.SendAfter, failpoint.SettleWriting, failpoint.Settled:
		n = 1 + w.chance.IntN(3)
	}
	return fmt.Sprintf("%s:%d", p, n)
}
