package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tagwire/internal/emulator"
	"tagwire/store"
	"tagwire/store/storetest"
)

// Benchmarks of the real binary as a process of its own, with Telegram and a
// news site on loopback: `go test -run '^$' -bench . -benchtime 1x ./cmd/tagwire`.
// They assert nothing: machines differ. CPU and memory are read from /proc.

// outside is the outside world with a clock at its door. Posts are answered
// without the emulator, which would cost more than what is measured.
type outside struct {
	url    string
	answer time.Duration // of a post

	mu        sync.Mutex
	polled    time.Time // the source, first
	connected time.Time // first long poll
	first     time.Time // post
	last      time.Time
	posts     int
}

func newOutside(b *testing.B, answer time.Duration) *outside {
	telegram := emulator.NewTelegram(emulator.Options{Limits: emulator.Limits{Off: true}})
	if err := telegram.AddBot(emulator.Bot{Token: testToken, ID: 77, Username: "wire_bot", Name: "Wire"}); err != nil {
		b.Fatal(err)
	}
	o := &outside{answer: answer}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/feed":
			o.note(&o.polled)
			fmt.Fprint(w, `<rss version="2.0"><channel><title>T</title></channel></rss>`)
		case strings.HasSuffix(r.URL.Path, "/sendMessage"):
			time.Sleep(o.answer)
			o.post()
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"ok":true,"result":{"message_id":7}}`)
		default:
			if strings.HasSuffix(r.URL.Path, "/getUpdates") {
				o.note(&o.connected)
			}
			telegram.ServeHTTP(w, r)
		}
	}))
	b.Cleanup(server.Close)
	o.url = server.URL
	return o
}

func (o *outside) note(at *time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at.IsZero() {
		*at = time.Now()
	}
}

func (o *outside) post() {
	o.note(&o.first)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.posts, o.last = o.posts+1, time.Now()
}

// wait looks until the condition holds, at most a minute or so.
func (o *outside) wait(b *testing.B, what string, holds func() bool) {
	b.Helper()
	for range 120_000 {
		o.mu.Lock()
		ok := holds()
		o.mu.Unlock()
		if ok {
			return
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatal("in vain waited for", what)
}

// build makes the binary as a release would.
func build(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "tagwire")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// process starts the binary on a database and ends it with the benchmark.
func process(b *testing.B, binary, database string, o *outside, more ...string) (pid int, started time.Time) {
	b.Helper()
	dir := b.TempDir()
	catalogue := fmt.Sprintf("sources:\n  - {name: News, kind: feed, url: %s/feed, schedule: '@every 1h'}\n", o.url)
	if err := os.WriteFile(filepath.Join(dir, "catalogue.yaml"), []byte(catalogue), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(binary, "run")
	cmd.Dir = dir
	cmd.Env = append([]string{"TELEGRAM_BOT_TOKEN=" + testToken, "TELEGRAM_API_URL=" + o.url, "CATALOGUE_PATH=catalogue.yaml",
		"ALLOW_PRIVATE_NETWORKS=true", "HTTP_ADDR=off", "LOG_LEVEL=warn", "DATABASE_PATH=" + database}, more...)
	cmd.Stderr = os.Stderr
	started = time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			b.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	return cmd.Process.Pid, started
}

// proc reads a figure of a process: "VmRSS" and "VmHWM" in MiB. Where there is
// no /proc it is 0.
func proc(pid int, key string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), key+":")
	kb, err := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	if err != nil {
		return 0
	}
	return kb / 1024
}

// used is the CPU time of a process, in hundredths of a second.
func used(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// crowd is a database of so many chats with ten subscriptions each; an article
// for all of them waits.
func crowd(b *testing.B, o *outside, chats int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "crowd.db")
	storetest.Crowd(b, path, chats, 10)
	db, err := store.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	storetest.Publish(b, db, storetest.Source(b, db, "news"), storetest.Article("one", "t0"))
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	// The source's poll lies ahead; the program would not ask at once.
	storetest.Exec(b, path, fmt.Sprintf(`UPDATE sources SET next_poll_ms = 1, url = '%s/feed'`, o.url))
	return path
}

func BenchmarkStart(b *testing.B) {
	binary := build(b)
	for _, chats := range []int{0, 100_000} {
		b.Run(fmt.Sprint("chats=", chats), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				o := newOutside(b, 0)
				database := filepath.Join(b.TempDir(), "empty.db")
				if chats > 0 {
					database = crowd(b, o, chats)
				}
				b.StartTimer()
				pid, started := process(b, binary, database, o)
				o.wait(b, "the first polls", func() bool { return !o.polled.IsZero() && !o.connected.IsZero() })
				b.StopTimer()
				b.ReportMetric(float64(o.polled.Sub(started).Milliseconds()), "source-polled-ms")
				b.ReportMetric(float64(o.connected.Sub(started).Milliseconds()), "telegram-polled-ms")
				time.Sleep(5 * time.Second) // in which the article is fanned out
				b.ReportMetric(proc(pid, "VmRSS"), "idle-MiB")
				b.ReportMetric(proc(pid, "VmHWM"), "peak-MiB")
				b.StartTimer()
			}
		})
	}
}

func BenchmarkSend(b *testing.B) {
	binary := build(b)
	for _, rate := range []int{25, 1000} {
		b.Run(fmt.Sprint("rate=", rate), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				chats := 20 * rate
				o := newOutside(b, 50*time.Millisecond)
				database := crowd(b, o, chats)
				b.StartTimer()
				pid, _ := process(b, binary, database, o, fmt.Sprint("SEND_RATE=", rate))
				o.wait(b, "all posts", func() bool { return o.posts == chats })
				b.StopTimer()
				b.ReportMetric(float64(chats)/o.last.Sub(o.first).Seconds(), "posts/s")
				b.ReportMetric(float64(used(pid).Microseconds())/float64(chats), "cpu-µs/post")
				b.ReportMetric(proc(pid, "VmHWM"), "peak-MiB")
				b.StartTimer()
			}
		})
	}
}
