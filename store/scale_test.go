package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store"
	"tagwire/store/storetest"
)

// The benchmarks of size; `go test -run '^$' -bench Scale -benchtime 1x ./store`
// prints their figures. They assert nothing: machines differ.

// crowded is a database with so many private chats, each subscribed to t0, and
// one article on it that waits to be posted.
func crowded(b *testing.B, chats int, script ...string) *store.DB {
	b.Helper()
	path := filepath.Join(b.TempDir(), "crowded.db")
	storetest.Crowd(b, path, chats, 1)
	storetest.Exec(b, path, script...)
	db := storetest.OpenFile(b, path)
	storetest.Publish(b, db, storetest.Source(b, db, "news"), storetest.Article("one", "t0"))
	return db
}

// p99 is the 99th percentile in milliseconds.
func p99(took []time.Duration) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*99/100].Seconds() * 1000
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// One article goes to everybody, while people keep typing commands.
func BenchmarkScaleFanOut(b *testing.B) {
	for _, chats := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(chats), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				db := crowded(b, chats)
				ctx, stop := context.WithCancel(context.Background())
				var writes []time.Duration
				var typing sync.WaitGroup
				typing.Go(func() {
					for id := int64(1); ctx.Err() == nil; id++ {
						start := time.Now()
						_, err := db.ApplyUpdate(context.Background(), storetest.Start(), id, nil, []tagwire.Reply{{
							Dest: tagwire.Dest{Chat: tagwire.ChatID(id)}, Message: tagwire.Message{HTML: "An answer."},
						}})
						if err != nil {
							b.Error(err)
						}
						writes = append(writes, time.Since(start))
						time.Sleep(time.Millisecond)
					}
				})
				b.StartTimer()
				start, used := time.Now(), cpu()
				for more := true; more; {
					var err error
					if more, err = db.FanOut(context.Background(), storetest.Start(), 500, storetest.Everything); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				b.ReportMetric(float64(time.Since(start).Microseconds())/float64(chats), "µs/chat")
				b.ReportMetric(float64((cpu()-used).Microseconds())/float64(chats), "cpu-µs/chat")
				stop()
				typing.Wait()
				b.ReportMetric(p99(writes), "write-p99-ms")
				b.StartTimer()
			}
		})
	}
}

// A million deliveries wait, a hundred thousand of them in one chat that may
// not be written to yet; the outbox takes eight at a time.
func BenchmarkScaleClaim(b *testing.B) {
	ctx := context.Background()
	db := crowded(b, 100_000,
		`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
			SELECT c.id, 0, 1, 'article', 'x' || n.value, 2, 'queued', 1 FROM json_each('[1,2,3,4,5,6,7,8,9]') n, chats c`,
		`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
			SELECT -100, 0, 1, 'article', id, 2, 'queued', 1 FROM chats`,
		`INSERT INTO lanes (chat_id, class) SELECT DISTINCT chat_id, 1 FROM deliveries`,
		`UPDATE lanes SET post_ms = 1 << 52 WHERE chat_id = -100`)
	var claims, settles, looks []time.Duration
	now := storetest.Start()
	used, n := cpu(), 0
	for b.Loop() {
		for range 500 {
			now = now.Add(320 * time.Millisecond)
			start := time.Now()
			claimed, err := db.Claim(ctx, now, 8)
			claims = append(claims, time.Since(start))
			if err != nil || len(claimed) != 8 {
				b.Fatalf("claimed %d: %v", len(claimed), err)
			}
			var settled []tagwire.Settlement
			for _, d := range claimed {
				settled = append(settled, tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Sent, MessageID: 1, PostAfter: now.Add(time.Second)})
			}
			start = time.Now()
			if err := db.Settle(ctx, now, settled); err != nil {
				b.Fatal(err)
			}
			settles = append(settles, time.Since(start))
			start = time.Now()
			if _, err := db.NextReady(ctx); err != nil {
				b.Fatal(err)
			}
			looks = append(looks, time.Since(start))
			n += 8
		}
	}
	b.ReportMetric(p99(claims), "claim-p99-ms")
	b.ReportMetric(p99(settles), "settle-p99-ms")
	b.ReportMetric(p99(looks), "next-p99-ms")
	b.ReportMetric(float64((cpu()-used).Microseconds())/float64(n), "cpu-µs/delivery")
}
