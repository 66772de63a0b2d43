package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// queue is a Bot API that has nothing but updates: an offset confirms all below
// it, and a poll waits until there is something.
type queue struct {
	mu      sync.Mutex
	updates []json.RawMessage
	ids     []int64
	wake    chan struct{}
	offsets []int64  // of every poll
	others  []string // methods called besides getUpdates
	at      []time.Time
	answers []func() (code int, body string) // instead of the next polls' answers
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// push adds an update; %d in it is the number.
func (q *queue) push(id int64, format string) {
	q.mu.Lock()
	q.ids = append(q.ids, id)
	q.updates = append(q.updates, json.RawMessage(strings.ReplaceAll(format, "%d", strconv.FormatInt(id, 10))))
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// say adds a message to a chat.
func (q *queue) say(id, chat int64, text string) {
	q.push(id, fmt.Sprintf(`{"update_id":%%d,"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"group"},"text":%q}}`, chat, text))
}

// next makes the next polls answer otherwise.
func (q *queue) next(answers ...func() (int, string)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.answers = append(q.answers, answers...)
}

func (q *queue) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	params, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if method != "getUpdates" {
		q.mu.Lock()
		q.others = append(q.others, method)
		q.mu.Unlock()
		return response(200, `{"ok":true,"result":true}`), nil
	}
	if got := params.Get("allowed_updates"); got != `["message","channel_post","callback_query","my_chat_member"]` {
		return response(400, `{"ok":false,"error_code":400,"description":"allowed_updates `+got+`"}`), nil
	}
	offset, _ := strconv.ParseInt(params.Get("offset"), 10, 64)
	wait, _ := strconv.Atoi(params.Get("timeout"))
	timeout := time.After(time.Duration(wait) * time.Second)
	q.mu.Lock()
	q.offsets = append(q.offsets, offset)
	q.at = append(q.at, time.Now())
	if i := slices.Index(q.ids, offset-1); i >= 0 {
		q.ids, q.updates = q.ids[i+1:], q.updates[i+1:]
	}
	if len(q.answers) > 0 {
		answer := q.answers[0]
		q.answers = q.answers[1:]
		q.mu.Unlock()
		code, body := answer()
		if code == 0 {
			return nil, errors.New(body)
		}
		return response(code, body), nil
	}
	q.mu.Unlock()
	for {
		q.mu.Lock()
		batch := q.updates[:min(len(q.updates), 100)]
		body, err := json.Marshal(map[string]any{"ok": true, "result": append([]json.RawMessage{}, batch...)})
		q.mu.Unlock()
		if err != nil {
			return nil, err
		}
		if len(batch) > 0 {
			return response(200, string(body)), nil
		}
		select {
		case <-q.wake:
		case <-timeout:
			return response(200, `{"ok":true,"result":[]}`), nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func response(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// left is how many updates nobody confirmed.
func (q *queue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.updates)
}

// loop is a running Updates.
type loop struct {
	*telegram.Gateway
	log  *bytes.Buffer
	stop func() error // ends it and gives what it returned
}

// poll runs Updates on a queue inside a bubble.
func poll(t *testing.T, q *queue, handle func(context.Context, telegram.Update) error) *loop {
	t.Helper()
	l := &loop{log: &bytes.Buffer{}}
	l.Gateway = gateway(t, telegram.Options{Transport: q, Now: time.Now, Log: slog.New(slog.NewTextHandler(l.log, nil))})
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- l.Updates(ctx, handle) }()
	l.stop = sync.OnceValue(func() error {
		cancel()
		return <-result
	})
	t.Cleanup(func() { l.stop() }) //nolint:errcheck // for tests that stop early
	return l
}

// notes keeps the texts of what was handled.
type notes struct {
	mu    sync.Mutex
	texts []string
}

func (n *notes) add(u telegram.Update) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = append(n.texts, u.Message.Text)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.texts, " ")
}

// sorted is for chats that go side by side, in no order.
func (n *notes) sorted() string {
	words := strings.Fields(n.String())
	slices.Sort(words)
	return strings.Join(words, " ")
}

func TestUpdates_inOrderAndConfirmedAfterwards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, seen := newQueue(), &notes{}
		var unconfirmed []int
		l := poll(t, q, func(_ context.Context, u telegram.Update) error {
			seen.add(u)
			unconfirmed = append(unconfirmed, q.left())
			return nil
		})
		time.Sleep(3 * time.Minute)
		q.say(100, -1, "a")
		q.say(101, -1, "b")
		q.say(102, -1, "c")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := seen.String(); got != "a b c" {
			t.Errorf("handled %q", got)
		}
		if want := []int{3, 3, 3}; !slices.Equal(unconfirmed, want) {
			t.Errorf("while handling, %v were unconfirmed, want %v", unconfirmed, want)
		}
		if q.left() != 0 {
			t.Errorf("%d were not confirmed", q.left())
		}
		s := l.Status()
		if s.Fault != "" || s.Stuck != 0 || time.Since(s.Polled) > 51*time.Second || s.Started.IsZero() {
			t.Errorf("status %+v", s)
		}
		if err := l.stop(); err != nil {
			t.Errorf("ended with %v", err)
		}
		if !l.Status().Started.IsZero() {
			t.Error("still said to run")
		}
	})
}

func TestUpdates_chatsSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		var mu sync.Mutex
		now, most := 0, 0
		inChat := map[tagwire.ChatID]int{}
		for i := range int64(60) {
			q.say(100+i, -1-i%20, "x") // 20 chats, three each
		}
		start := time.Now()
		poll(t, q, func(_ context.Context, u telegram.Update) error {
			chat := u.Chat().ID
			mu.Lock()
			now++
			inChat[chat]++
			most = max(most, now)
			if inChat[chat] > 1 {
				t.Errorf("two updates of chat %d at once", chat)
			}
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			inChat[chat]--
			mu.Unlock()
			return nil
		})
		synctest.Wait()
		for q.left() > 0 {
			time.Sleep(time.Second)
		}
		if most != 8 {
			t.Errorf("at most %d chats side by side, want 8", most)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestUpdates_failedOneIsHandledAgainAndHoldsItsChatOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, seen := newQueue(), &notes{}
		var healed atomic.Bool
		var tries atomic.Int32
		l := poll(t, q, func(_ context.Context, u telegram.Update) error {
			if u.Message.Text == "bad" && !healed.Load() {
				tries.Add(1)
				return errors.New("disk full")
			}
			seen.add(u)
			return nil
		})
		q.say(100, -1, "a")
		q.say(101, -2, "bad")
		q.say(102, -2, "later")
		q.say(103, -3, "other")
		time.Sleep(10 * time.Second)
		q.say(104, -3, "new")
		time.Sleep(2 * time.Minute)
		if got := seen.sorted(); got != "a new other" {
			t.Errorf("handled %q", got)
		}
		if n := q.left(); n != 4 {
			t.Errorf("%d unconfirmed, want 4: nothing from the failed one on", n)
		}
		if l.Status().Stuck != 101 {
			t.Errorf("stuck at %d", l.Status().Stuck)
		}
		if n := tries.Load(); n < 5 || n > 25 {
			t.Errorf("tried %d times in two minutes", n)
		}
		healed.Store(true)
		time.Sleep(2 * time.Minute)
		if got := seen.String(); !strings.HasSuffix(got, " bad later") || len(strings.Fields(got)) != 5 {
			t.Errorf("handled %q", got)
		}
		if q.left() != 0 || l.Status().Stuck != 0 {
			t.Errorf("%d unconfirmed, stuck at %d", q.left(), l.Status().Stuck)
		}
		synctest.Wait()
		if !strings.Contains(l.log.String(), "disk full") {
			t.Error("the failure is not in the log")
		}
	})
}

func TestUpdates_passesOverWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, seen := newQueue(), &notes{}
		l := poll(t, q, func(_ context.Context, u telegram.Update) error {
			if u.Message.Text == "boom" {
				panic("a bug")
			}
			seen.add(u)
			return nil
		})
		q.push(100, `{"update_id":%d,"message":"not a message"}`)
		q.say(101, -1, "a")
		q.push(102, `{"update_id":%d,"purple_kind":{"x":1}}`)
		q.say(103, -1, "boom")
		q.say(104, -1, "b")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := seen.String(); got != "a b" || q.left() != 0 {
			t.Errorf("handled %q, %d unconfirmed", got, q.left())
		}
		for _, want := range []string{"update_id=100", "update_id=103", "a bug"} {
			if !strings.Contains(l.log.String(), want) {
				t.Errorf("no %q in the log", want)
			}
		}
	})
}

// After a silent week the numbers may start anew, lower.
func TestUpdates_numbersStartAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, seen := newQueue(), &notes{}
		poll(t, q, func(_ context.Context, u telegram.Update) error {
			seen.add(u)
			return nil
		})
		q.say(900_000, -1, "a")
		time.Sleep(8 * 24 * time.Hour)
		q.say(17, -1, "b")
		time.Sleep(time.Minute)
		q.say(18, -1, "c")
		time.Sleep(time.Minute)
		if got := seen.String(); got != "a b c" || q.left() != 0 {
			t.Errorf("handled %q, %d unconfirmed", got, q.left())
		}
	})
}

func answer(code int, body string) func() (int, string) {
	return func() (int, string) { return code, body }
}

func TestUpdates_faults(t *testing.T) {
	t.Parallel()
	const conflict = `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`
	for _, c := range []struct {
		name        string
		answer      func() (int, string)
		times       int
		least, most time.Duration // until polls succeed again
		fault       tagwire.Fault
		logged      string
		logs        int
	}{
		{"network down", answer(0, "no route to host"), 10, 4 * time.Minute, 10 * time.Minute, tagwire.FaultUnknown, "poll failed", 10},
		{"server restarts", answer(500, `{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}`), 3, 7 * time.Second, 9 * time.Second, tagwire.FaultUnknown, "poll failed", 3},
		{"proxy's page", answer(502, "<html>"), 2, 3 * time.Second, 4 * time.Second, tagwire.FaultUnknown, "poll failed", 2},
		{"not a list", answer(200, `{"ok":true,"result":7}`), 2, 3 * time.Second, 4 * time.Second, tagwire.FaultUnknown, "poll failed", 2},
		{"too often", answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 100","parameters":{"retry_after":100}}`), 2, 200 * time.Second, 220 * time.Second, tagwire.FaultRetryAfter, "told to poll less", 2},
		{"another instance", answer(409, conflict), 5, 60 * time.Second, 120 * time.Second, tagwire.FaultConflict, "another program polls", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q, seen := newQueue(), &notes{}
				for range c.times {
					q.next(c.answer)
				}
				q.say(100, -1, "a")
				start := time.Now()
				l := poll(t, q, func(_ context.Context, u telegram.Update) error {
					seen.add(u)
					return nil
				})
				synctest.Wait()
				if got := l.Status().Fault; got != c.fault {
					t.Errorf("status says %q, want %q", got, c.fault)
				}
				for seen.String() == "" && time.Since(start) < time.Hour {
					time.Sleep(100 * time.Millisecond)
				}
				if took := time.Since(start); took < c.least || took > c.most {
					t.Errorf("back after %s, want %s to %s", took, c.least, c.most)
				}
				time.Sleep(5 * time.Minute)
				if s := l.Status(); s.Fault != "" || s.Err != "" {
					t.Errorf("afterwards the status is %+v", s)
				}
				if err := l.stop(); err != nil {
					t.Error(err)
				}
				if n := strings.Count(l.log.String(), c.logged); n != c.logs {
					t.Errorf("%q is in the log %d times, want %d:\n%s", c.logged, n, c.logs, l.log.String())
				}
			})
		})
	}
}

// Between the blows of two fighting programs polls succeed; the status must not
// turn green each time, and the log must not fill.
func TestUpdates_conflictLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		blow := answer(409, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`)
		calm := answer(200, `{"ok":true,"result":[]}`)
		for range 10 {
			q.next(blow, calm)
		}
		l := poll(t, q, func(context.Context, telegram.Update) error { return nil })
		time.Sleep(2 * time.Minute)
		if s := l.Status(); s.Fault != tagwire.FaultConflict {
			t.Errorf("status %+v", s)
		}
		time.Sleep(20 * time.Minute)
		if s := l.Status(); s.Fault != "" {
			t.Errorf("status %+v", s)
		}
		l.stop() //nolint:errcheck // tested elsewhere
		if n := strings.Count(l.log.String(), "another program polls"); n != 1 {
			t.Errorf("said %d times", n)
		}
		for i := range q.at[1:20] {
			if gap := q.at[i+1].Sub(q.at[i]); i%2 == 0 && gap < 3*time.Second {
				t.Errorf("polled again %s after a conflict", gap)
			}
		}
	})
}

func TestUpdates_removesAForgottenWebhook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, seen := newQueue(), &notes{}
		q.next(answer(409, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}`))
		q.say(100, -1, "a")
		poll(t, q, func(_ context.Context, u telegram.Update) error {
			seen.add(u)
			return nil
		})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if seen.String() != "a" || !slices.Equal(q.others, []string{"deleteWebhook"}) {
			t.Errorf("handled %q, called %v", seen, q.others)
		}
	})
}

func TestUpdates_endsWhenTheTokenIsInvalid(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"ok":false,"error_code":401,"description":"Unauthorized"}`,
		`{"ok":false,"error_code":404,"description":"Not Found"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue()
			q.next(answer(400, body))
			g := gateway(t, telegram.Options{Transport: q})
			err := g.Updates(t.Context(), nil)
			var e *tagwire.SendError
			if !errors.As(err, &e) || e.Fault != tagwire.FaultUnauthorized || g.Status().Fault != tagwire.FaultUnauthorized {
				t.Errorf("ended with %v, status %+v", err, g.Status())
			}
		})
	}
}

// A server that does not wait must not be asked a thousand times a second.
func TestUpdates_serverThatDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		for range 10_000 {
			q.next(answer(200, `{"ok":true,"result":[]}`))
		}
		l := poll(t, q, nil)
		time.Sleep(time.Minute)
		l.stop() //nolint:errcheck // tested elsewhere
		if n := len(q.offsets); n > 65 {
			t.Errorf("polled %d times in a minute", n)
		}
	})
}

func TestUpdates_stopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		entered := make(chan struct{})
		l := poll(t, q, func(ctx context.Context, _ telegram.Update) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		})
		q.say(100, -1, "a")
		<-entered
		start := time.Now()
		if err := l.stop(); err != nil || time.Since(start) != 0 {
			t.Errorf("ended with %v after %s", err, time.Since(start))
		}
		if q.left() != 1 {
			t.Error("an update whose handling was broken off was confirmed")
		}
		if strings.Contains(l.log.String(), "not handled") {
			t.Errorf("a stop is logged as a failure: %s", l.log.String())
		}
	})
}
