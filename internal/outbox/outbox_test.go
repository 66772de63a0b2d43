package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/google/go-cmp/cmp"

	"tagwire/internal/outbox"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
	"tagwire/store"
	"tagwire/store/storetest"
)

// gateway is a Telegram that takes 200 ms a call and answers as told.
type gateway struct {
	mu     sync.Mutex
	start  time.Time
	onWire map[tagwire.ChatID]int
	most   int // requests on the wire at once
	sent   []string
	answer func(call int, to tagwire.Dest) error
	calls  int
}

func (g *gateway) Send(ctx context.Context, to tagwire.Dest, m tagwire.Message) (int, error) {
	g.mu.Lock()
	g.calls++
	call := g.calls
	g.onWire[to.Chat]++
	if g.onWire[to.Chat] > 1 {
		g.sent = append(g.sent, fmt.Sprintf("two at once in %s", to))
	}
	n := 0
	for _, c := range g.onWire {
		n += c
	}
	g.most = max(g.most, n)
	g.mu.Unlock()
	time.Sleep(200 * time.Millisecond) // of the bubble's clock
	g.mu.Lock()
	defer g.mu.Unlock()
	g.onWire[to.Chat]--
	if g.answer != nil {
		if err := g.answer(call, to); err != nil {
			return 0, err
		}
	}
	g.sent = append(g.sent, fmt.Sprintf("%s %s", to, m.HTML))
	return call, ctx.Err()
}

// start opens a database in the bubble and runs an outbox on it.
func start(t *testing.T, g *gateway) (db *store.DB, box *outbox.Outbox, stop func() error) {
	t.Helper()
	g.start, g.onWire = time.Now(), map[tagwire.ChatID]int{}
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "outbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	box = outbox.New(outbox.Options{
		Store: db, Gateway: g, Pace: telegram.NewPace(25), Render: render.New(nil),
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet(),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	return db, box, func() error {
		cancel()
		err := <-done
		if cerr := db.Close(); cerr != nil {
			t.Error(cerr)
		}
		return err
	}
}

func queue(t *testing.T, db *store.DB, update int64, d tagwire.Dest, texts ...string) {
	t.Helper()
	var replies []tagwire.Reply
	for _, text := range texts {
		replies = append(replies, tagwire.Reply{Dest: d, Message: tagwire.Message{HTML: tagwire.HTML(text)}})
	}
	if _, err := db.ApplyUpdate(context.Background(), time.Now(), update, []tagwire.Change{tagwire.SeeChat{Chat: storetest.Chat(d.Chat)}}, replies); err != nil {
		t.Fatal(err)
	}
}

func TestRun_usesTheRateAndKeepsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{}
		db, box, stop := start(t, g)
		for i := range 100 {
			queue(t, db, int64(i+1), tagwire.Dest{Chat: tagwire.ChatID(-1 - i)}, "one", "two", "three")
		}
		box.Wake()
		time.Sleep(13 * time.Second)
		synctest.Wait()
		if len(g.sent) != 300 {
			t.Errorf("%d of 300 sent in 13 s at 25 a second", len(g.sent))
		}
		if g.most < 5 || g.most > 8 {
			t.Errorf("%d requests on the wire at once, want 5 to 8", g.most)
		}
		seen := map[string]int{}
		for _, s := range g.sent {
			var chat, word string
			fmt.Sscan(s, &chat, &word)
			if want := []string{"one", "two", "three"}[min(seen[chat], 2)]; word != want {
				t.Fatalf("chat %s: %q when %q was next", chat, word, want)
			}
			seen[chat]++
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRun_obeysRetryAfterAcrossARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{}
		g.answer = func(_ int, to tagwire.Dest) error {
			if to.Chat == -1 && time.Since(g.start) < time.Hour {
				return &tagwire.SendError{Fault: tagwire.FaultRetryAfter, Code: 429, RetryAfter: time.Hour}
			}
			return nil
		}
		path := filepath.Join(t.TempDir(), "outbox.db")
		g.start, g.onWire = time.Now(), map[tagwire.ChatID]int{}
		for restart := range 3 {
			db, err := store.Open(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			box := outbox.New(outbox.Options{Store: db, Gateway: g, Pace: telegram.NewPace(25), Render: render.New(nil),
				Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet()})
			queue(t, db, int64(restart*10+1), tagwire.Dest{Chat: -1}, fmt.Sprint("held ", restart))
			queue(t, db, int64(restart*10+2), tagwire.Dest{Chat: -2}, fmt.Sprint("free ", restart))
			ctx, cancel := context.WithTimeout(context.Background(), 29*time.Minute)
			if err := box.Run(ctx); err != nil {
				t.Error(err)
			}
			cancel()
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		want := []string{"-2 free 0", "-2 free 1", "-2 free 2", "-1 held 0", "-1 held 1", "-1 held 2"}
		if diff := cmp.Diff(want, g.sent); diff != "" {
			t.Error(diff)
		}
		if g.calls != 7 {
			t.Errorf("%d calls; the held chat may be called once before its hour is over", g.calls)
		}
	})
}

// When several chats are told to slow down at once the limit is the bot's.
func TestRun_aFloodOfRefusalsPausesEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{}
		early := 0
		g.answer = func(call int, _ tagwire.Dest) error {
			if time.Since(g.start) > time.Second && time.Since(g.start) < 40*time.Second {
				early++
			}
			if call <= 3 {
				return &tagwire.SendError{Fault: tagwire.FaultRetryAfter, Code: 429, RetryAfter: 40 * time.Second}
			}
			return nil
		}
		db, box, stop := start(t, g)
		for i := range 3 {
			queue(t, db, int64(i+1), tagwire.Dest{Chat: tagwire.ChatID(-1 - i)}, "x")
		}
		box.Wake()
		time.Sleep(900 * time.Millisecond)
		queue(t, db, 100, tagwire.Dest{Chat: -50}, "another chat")
		box.Wake()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if early != 0 || len(g.sent) != 4 {
			t.Errorf("%d calls during the pause, %d of 4 sent", early, len(g.sent))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRun_stopsGracefully(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{}
		db, box, stop := start(t, g)
		for i := range 40 {
			queue(t, db, int64(i+1), tagwire.Dest{Chat: tagwire.ChatID(-1 - i)}, "x")
		}
		box.Wake()
		time.Sleep(500 * time.Millisecond)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(g.sent) != g.calls {
			t.Errorf("%d calls, %d finished: a request on the wire was cut off", g.calls, len(g.sent))
		}
		if g.calls == 0 || g.calls == 40 {
			t.Errorf("%d of 40 calls: the stop came too early or too late to show anything", g.calls)
		}
	})
}

func TestRun_aRefusedTokenEndsItAndKeepsTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{answer: func(int, tagwire.Dest) error { return &tagwire.SendError{Fault: tagwire.FaultUnauthorized, Code: 401} }}
		g.start, g.onWire = time.Now(), map[tagwire.ChatID]int{}
		db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "outbox.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		queue(t, db, 1, tagwire.Dest{Chat: -1}, "kept")
		box := outbox.New(outbox.Options{Store: db, Gateway: g, Pace: telegram.NewPace(25), Render: render.New(nil),
			Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet()})
		if err := box.Run(context.Background()); err == nil {
			t.Error("the outbox went on with a refused token")
		}
		if states, err := db.Queue(context.Background()); states[tagwire.Queued] != 1 || err != nil {
			t.Errorf("the message was not kept: %v, %v", states, err)
		}
	})
}

// While another program uses the token nothing is sent, and nothing is lost:
// neither what the status of polling tells of it, nor an answer to a send.
func TestRun_anotherProgramWithTheToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{start: time.Now(), onWire: map[tagwire.ChatID]int{}}
		g.answer = func(int, tagwire.Dest) error {
			if time.Since(g.start) < time.Minute {
				return &tagwire.SendError{Fault: tagwire.FaultConflict, Code: 409}
			}
			return nil
		}
		db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "outbox.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var held atomic.Bool
		box := outbox.New(outbox.Options{
			Store: db, Gateway: g, Pace: telegram.NewPace(25), Render: render.New(nil), Hold: held.Load,
			Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet(),
		})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- box.Run(ctx) }()
		queue(t, db, 1, tagwire.Dest{Chat: -1}, "one", "two")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if g.calls < 3 || g.calls > 20 || len(g.sent) != 2 {
			t.Errorf("answered 409 for a minute: %d calls, %v", g.calls, g.sent)
		}
		held.Store(true)
		box.Wake()
		synctest.Wait()
		calls := g.calls
		queue(t, db, 2, tagwire.Dest{Chat: -1}, "three")
		box.Wake()
		time.Sleep(time.Hour)
		synctest.Wait()
		if g.calls != calls {
			t.Errorf("%d calls while on hold", g.calls-calls)
		}
		held.Store(false)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(g.sent) != 3 {
			t.Errorf("after the hold: %v", g.sent)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// failingReads is a database whose rows about chats can't be read for a while.
type failingReads struct {
	*store.DB
	until time.Time
	reads atomic.Int64
}

func (f *failingReads) Chats(ctx context.Context, ids []tagwire.ChatID) (map[tagwire.ChatID]tagwire.Chat, error) {
	if f.reads.Add(1) > 1000 {
		panic("the outbox reads without end")
	}
	if time.Now().Before(f.until) {
		return nil, errors.New("disk I/O error")
	}
	return f.DB.Chats(ctx, ids)
}

func TestRun_waitsWhileADeliveryCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "outbox.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		g := &gateway{start: time.Now(), onWire: map[tagwire.ChatID]int{}}
		reads := &failingReads{DB: db, until: time.Now().Add(time.Minute)}
		box := outbox.New(outbox.Options{
			Store: reads, Gateway: g, Pace: telegram.NewPace(25), Render: render.New(nil),
			Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet(),
		})
		queue(t, db, 1, tagwire.Dest{Chat: -1}, "one")
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- box.Run(ctx) }()
		time.Sleep(70 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"-1 one"}, g.sent); diff != "" {
			t.Error(diff)
		}
		if n := reads.reads.Load(); n < 5 || n > 15 {
			t.Errorf("%d reads in a minute of failures", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Ten minutes of a proxy's error pages, then ten without a network: the tries
// that a message has must outlast them.
func TestRun_anOutageLosesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{}
		g.answer = func(_ int, to tagwire.Dest) error {
			switch since := time.Since(g.start); {
			case since < 10*time.Minute:
				return &tagwire.SendError{Fault: tagwire.FaultUnknown, Code: 502}
			case since < 20*time.Minute:
				return &tagwire.SendError{Fault: tagwire.FaultUnsent}
			case since < 20*time.Minute+10*time.Second: // it just restarted
				return &tagwire.SendError{Fault: tagwire.FaultChatNotFound, Code: 400}
			}
			return nil
		}
		db, box, stop := start(t, g)
		for chat := range 4 {
			queue(t, db, int64(chat+1), tagwire.Dest{Chat: tagwire.ChatID(-1 - chat)}, "one", "two", "three")
		}
		box.Wake()
		time.Sleep(13 * time.Hour)
		synctest.Wait()
		states, err := db.Queue(context.Background())
		if diff := cmp.Diff(map[tagwire.State]int{tagwire.Sent: 12}, states); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
