package crash_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tagwire/internal/emulator"
)

const (
	token    = "77:crash-token_crash-token_crash-token"
	botID    = 77
	patience = 30 * time.Second // for anything that must come
)

// place is somewhere that articles of a tag go.
type place struct {
	chat    int64 // a group's id from before it became a supergroup
	thread  int
	tag     string
	instant bool // at once
	digest  bool // in digests
}

// world is everything around the program: Telegram, the press, the clock, and
// the database file that outlives each of its lives.
type world struct {
	t      *testing.T
	seed   uint64
	chance *rand.Rand
	binary string
	dir    string
	rate   string       // SEND_RATE
	ahead  atomic.Int64 // how far the world's clock is ahead of the real one
	tg     *emulator.Telegram
	api    *httptest.Server
	press  *press
	news   *httptest.Server

	places  []place
	groups  []int64         // not yet supergroups
	heirs   map[int64]int64 // group -> the supergroup it became
	talkers map[int64]*talker
	autopsy *autopsy
	passed  map[string]bool // failpoints that some life came by
	kills   int
	polled  atomic.Int64  // when a life first asked for updates, Unix nanoseconds
	slowest time.Duration // of all restarts, until then
}

// talker is someone who types commands and reads no articles.
type talker struct {
	said    int
	follows bool // the tag nobody writes about
	chinese bool
}

func newWorld(t *testing.T, p *program, seed uint64, rate string) *world {
	t.Helper()
	dir := t.TempDir()
	binary, err := p.build(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, seed: seed, chance: rand.New(rand.NewPCG(seed, 1)), binary: binary, dir: dir,
		rate: rate, press: &press{}, heirs: map[int64]int64{}, talkers: map[int64]*talker{}, passed: map[string]bool{},
	}
	w.autopsy = newAutopsy(w)
	w.tg = emulator.NewTelegram(emulator.Options{Now: w.now, Seed: seed, Limits: emulator.Limits{Off: true}, Keep: 1 << 20})
	w.api = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getUpdates") {
			w.polled.CompareAndSwap(0, time.Now().UnixNano())
		}
		w.tg.ServeHTTP(rw, r)
	}))
	w.news = httptest.NewServer(w.press)
	t.Cleanup(func() {
		w.tg.Close()
		w.api.CloseClientConnections()
		w.api.Close()
		w.news.Close()
	})
	// Requests take a while, some before and some after they took effect: that
	// is where a kill leaves the outcome unknown.
	w.tg.Inject(emulator.Fault{Method: "sendMessage", Count: -1, Probability: 0.5, Kind: emulator.FaultDelay, Delay: 15 * time.Millisecond})
	w.tg.Inject(emulator.Fault{Method: "sendMessage", Count: -1, Kind: emulator.FaultDelay, Delay: 15 * time.Millisecond, After: true})
	w.must(os.WriteFile(filepath.Join(dir, "catalogue.yaml"), []byte(catalogueYAML(w.news.URL)), 0o600))
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("seed %d: %v", w.seed, err)
	}
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// pass lets time pass while the program is down; it never goes back.
func (w *world) pass(d time.Duration) { w.ahead.Add(max(0, int64(d))) }

func (w *world) database() string { return filepath.Join(w.dir, "tagwire.db") }

// live starts the program, to die at a failpoint if one is named.
func (w *world) live(failpoint string) *child {
	w.t.Helper()
	w.polled.Store(0)
	return spawn(w.t, w.binary, w.dir,
		"TELEGRAM_BOT_TOKEN="+token, "TELEGRAM_API_URL="+w.api.URL, "DATABASE_PATH="+w.database(),
		"CATALOGUE_PATH="+filepath.Join(w.dir, "catalogue.yaml"), "HTTP_ADDR=off", "SEND_RATE="+w.rate,
		"ALLOW_PRIVATE_NETWORKS=true", "LOG_LEVEL=info",
		"TAGWIRE_FAILPOINT="+failpoint, "TAGWIRE_TICK=@every 1s",
		"TAGWIRE_CLOCK_AHEAD="+time.Duration(w.ahead.Load()).String())
}

// bury notes what a life came by and looks at what its death left.
func (w *world) bury(c *child) {
	w.t.Helper()
	for _, name := range c.passed() {
		w.passed[name] = true
	}
	for _, bad := range []string{"panic", "level=ERROR"} {
		if log := c.log.String(); strings.Contains(log, bad) {
			w.t.Errorf("seed %d, life %d: the program complains:\n%s", w.seed, w.kills, log)
		}
	}
	if strings.Contains(c.log.String(), "crash-token") {
		w.t.Errorf("seed %d: the token is in the log", w.seed)
	}
	w.kills++
	w.autopsy.examine()
}

// dieAt lives until the failpoint and demands that it is reached. What is
// given happens during the life, once Telegram was told that all updates so far
// are done.
func (w *world) dieAt(failpoint string, happens ...func()) {
	w.t.Helper()
	c := w.live(failpoint)
	for _, do := range happens {
		w.until(c, "told which updates are done", func() (bool, string) {
			n := w.tg.Pending(botID)
			return n == 0, fmt.Sprint(n, " are not")
		})
		do()
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.kill()
		w.t.Fatalf("seed %d: failpoint %s was not reached\n%s", w.seed, failpoint, c.log.String())
	}
	if !c.killed() {
		w.t.Fatalf("seed %d: at failpoint %s the program ended with %v\n%s", w.seed, failpoint, c.cmd.ProcessState, c.log.String())
	}
	w.bury(c)
}

// dieAfter lives for a while, in the middle of which more happens.
func (w *world) dieAfter(d time.Duration) {
	w.t.Helper()
	c := w.live("")
	for i := range 2 {
		timer := time.NewTimer(d / 2)
		select {
		case <-timer.C:
		case <-c.ended:
			w.t.Fatalf("seed %d: the program ended of itself: %v\n%s", w.seed, c.cmd.ProcessState, c.log.String())
		}
		if i == 0 {
			w.publish()
			w.talk(301 + w.chance.Int64N(4))
		}
	}
	c.kill()
	w.bury(c)
}

// until waits for a condition of the outside world or of the database.
func (w *world) until(c *child, what string, holds func() (bool, string)) {
	w.t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		ok, state := holds()
		if ok {
			return
		}
		select {
		case <-look.C:
		case <-c.ended:
			w.t.Fatalf("seed %d: the program ended before %s: %v\n%s", w.seed, what, c.cmd.ProcessState, c.log.String())
		case <-deadline:
			c.kill()
			w.t.Fatalf("seed %d: still not %s: %s\n%s%s", w.seed, what, state, w.autopsy.backlog(), c.log.String())
		}
	}
}

// idle lives until the program has nothing to do, and reports how many
// deliveries still wait for the next turn of their chat.
func (w *world) idle() (c *child, waiting int) {
	w.t.Helper()
	c = w.live("")
	db := w.autopsy.open()
	defer db.Close()
	w.until(c, "idle", func() (bool, string) {
		if w.polled.Load() == 0 {
			return false, "it has not asked for updates"
		}
		if n := w.tg.Pending(botID); n > 0 {
			return false, fmt.Sprint(n, " updates not confirmed")
		}
		todo := ""
		todo, waiting = w.autopsy.todo(db, len(w.press.all()))
		return todo == "", todo
	})
	w.slowest = max(w.slowest, time.Unix(0, w.polled.Load()).Sub(c.started))
	return c, waiting
}

// dieIdle is a kill while nothing is on the wire.
func (w *world) dieIdle() {
	w.t.Helper()
	c, _ := w.idle()
	c.kill()
	w.bury(c)
}

// settleDown lives until everything is sent. The time until a chat's next turn
// passes while the program is stopped, so that nobody has to sit through it.
func (w *world) settleDown() *child {
	w.t.Helper()
	for range 100 {
		c, waiting := w.idle()
		if waiting == 0 {
			return c
		}
		c.stop()
		w.pass(time.Minute)
	}
	w.t.Fatalf("seed %d: the queue does not get empty\n%s", w.seed, w.autopsy.backlog())
	return nil
}
