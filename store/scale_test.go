package store

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
)

// The benchmarks of size; `go test -run '^$' -bench Scale -benchtime 1x ./store`
// prints their figures. They assert nothing: machines differ.

func scaleStart() time.Time { return time.Date(2026, 7, 28, 0, 0, 0, 0, time.UTC) }

// crowded is a database with so many private chats, each subscribed to so many
// tags (t0, t1, ...), and one article on t0 that waits to be posted.
func crowded(b *testing.B, chats, tags int) *DB {
	b.Helper()
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(b.TempDir(), "crowded.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) `
	err = db.writer.do(ctx, func(tx *tx) error {
		for _, q := range []string{
			`INSERT INTO chats (id, type, title, language, zone, mode, digest_days, digest_minute, created_ms)` +
				numbers + `SELECT i, 'private', 'chat ' || i, 'en', 'Asia/Shanghai', 'instant', 127, 510, 1 FROM n`,
			`INSERT INTO dests (chat_id, thread_id)` + numbers + `SELECT i, 0 FROM n`,
		} {
			if err := tx.exec(q, chats); err != nil {
				return err
			}
		}
		for i := range tags {
			err := tx.exec(`INSERT INTO subscriptions (tag, chat_id, thread_id, created_ms) SELECT ?, id, 0, 1 FROM chats`, fmt.Sprintf("t%d", i))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.SyncSources(ctx, scaleStart(), []tagwire.Source{{Slug: "news", Name: "News", URL: "https://news.example/feed"}}); err != nil {
		b.Fatal(err)
	}
	publishOne(b, db, "baseline")
	publishOne(b, db, "one")
	return db
}

func publishOne(b *testing.B, db *DB, key string) {
	b.Helper()
	_, err := db.RecordPoll(context.Background(), scaleStart(), tagwire.Poll{Source: 1, Next: scaleStart(), Articles: []tagwire.Article{{
		Keys: []string{key}, URL: "https://news.example/" + key, Title: "Copper rises", Summary: "A summary.", Language: "en",
		Tags: []tagwire.TagMatch{{Tag: "t0", Score: 1, Reason: "title"}},
	}}})
	if err != nil {
		b.Fatal(err)
	}
}

func everything(_ tagwire.Article, s tagwire.Subscriber) tagwire.Match {
	return tagwire.Match{Instant: s.Mode.Instant(), Digest: s.Mode.Digest()}
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
				db := crowded(b, chats, 1)
				ctx, stop := context.WithCancel(context.Background())
				var writes []time.Duration
				var typing sync.WaitGroup
				typing.Go(func() {
					for id := int64(1); ctx.Err() == nil; id++ {
						start := time.Now()
						_, err := db.ApplyUpdate(context.Background(), scaleStart(), id, nil, []tagwire.Reply{{
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
					if more, err = db.FanOut(context.Background(), scaleStart(), 500, everything); err != nil {
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
	db := crowded(b, 100_000, 1)
	err := db.writer.do(ctx, func(tx *tx) error {
		for _, q := range []string{
			`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
				SELECT c.id, 0, 1, 'article', 'x' || n.value, 2, 'queued', 1 FROM json_each('[1,2,3,4,5,6,7,8,9]') n, chats c`,
			`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
				SELECT -100, 0, 1, 'article', id, 2, 'queued', 1 FROM chats`,
			`INSERT INTO lanes (chat_id, class) SELECT DISTINCT chat_id, 1 FROM deliveries`,
			`UPDATE lanes SET post_ms = 1 << 52 WHERE chat_id = -100`,
		} {
			if err := tx.exec(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var claims, settles, looks []time.Duration
	now := scaleStart()
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
