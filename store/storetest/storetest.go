// Package storetest holds what every store must do, as a suite of tests that
// another engine than SQLite can run unchanged (Run), with a model of the store
// in memory that random sequences are compared with. It also gives the tests of
// other packages a database on a temporary file and short ways to fill it.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tagwire/internal/tagwire"
)

// Store is what the steps of the program need of a store, together: a call is
// one transaction, and its instant is passed in.
type Store interface {
	// Of ingest and its start.
	SyncSources(ctx context.Context, now time.Time, sources []tagwire.Source) error
	Sources(ctx context.Context) ([]tagwire.SourceState, error)
	DueSources(ctx context.Context, now time.Time, limit int) ([]tagwire.SourceState, error)
	KnownKeys(ctx context.Context, source tagwire.SourceID, keys []string) (map[string]bool, error)
	RecordPoll(ctx context.Context, now time.Time, p tagwire.Poll) (fresh int, err error)
	// Of dispatch.
	FanOut(ctx context.Context, now time.Time, limit int, match func(tagwire.Article, tagwire.Subscriber) tagwire.Match) (more bool, err error)
	DueDigests(ctx context.Context, now time.Time, limit int) ([]tagwire.DueDigest, error)
	PendingDigest(ctx context.Context, d tagwire.Dest) ([]tagwire.Article, error)
	EnqueueDigests(ctx context.Context, now time.Time, chat tagwire.ChatID, due, next time.Time, plans []tagwire.PlanDigest) error
	// Of the outbox.
	Claim(ctx context.Context, now time.Time, n int) ([]tagwire.Delivery, error)
	Settle(ctx context.Context, now time.Time, outcomes []tagwire.Settlement) error
	NextReady(ctx context.Context) (time.Time, error)
	Recover(ctx context.Context, now time.Time) (n int, err error)
	Articles(ctx context.Context, ids []tagwire.ArticleID) (map[tagwire.ArticleID]tagwire.Article, error)
	// Of the bot.
	Chat(ctx context.Context, id tagwire.ChatID) (tagwire.Chat, error)
	Subscriptions(ctx context.Context, d tagwire.Dest) ([]tagwire.TagSlug, error)
	ChatSubscriptions(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID][]tagwire.TagSlug, error)
	Topics(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID]string, error)
	Latest(ctx context.Context, tag tagwire.TagSlug, n int) ([]tagwire.Article, error)
	TagCounts(ctx context.Context, since time.Time) (map[tagwire.TagSlug]int, error)
	ApplyUpdate(ctx context.Context, now time.Time, updateID int64, changes []tagwire.Change, replies []tagwire.Reply) (applied bool, err error)
	DeadDeliveries(ctx context.Context, limit int) (newest []tagwire.DeadDelivery, total int, err error)
	// Of the app.
	Newest(ctx context.Context) (time.Time, error)
	SetBack(ctx context.Context, now time.Time, by time.Duration) error
	Queue(ctx context.Context) (map[tagwire.State]int, error)
	Prune(ctx context.Context, now time.Time) error
	Ping(ctx context.Context) error
	Close() error
}

// Start is the instant tests begin at: a Tuesday, 08:00 in Shanghai.
func Start() time.Time { return time.Date(2026, 7, 28, 0, 0, 0, 0, time.UTC) }

// Chat is a chat with the usual settings: English, Shanghai, posts and digest.
func Chat(id tagwire.ChatID) tagwire.Chat {
	c := tagwire.Chat{
		ID: id, Type: tagwire.Supergroup, Title: fmt.Sprint("chat ", id), Language: "en", Zone: "Asia/Shanghai",
		Mode: tagwire.ModeBoth, Rhythm: tagwire.DefaultRhythm(), NextDigest: Start().Add(30 * time.Minute),
	}
	if id > 0 {
		c.Type = tagwire.Private
	}
	return c
}

// Apply carries out changes as an update of its own.
func Apply(t testing.TB, db Store, update int64, changes ...tagwire.Change) {
	t.Helper()
	applied, err := db.ApplyUpdate(context.Background(), Start(), update, changes, nil)
	if err != nil || !applied {
		t.Fatalf("update %d: applied %v, %v", update, applied, err)
	}
}

// Source adds a source to the catalogue and takes its baseline, so that what it
// brings next is news.
func Source(t testing.TB, db Store, slug tagwire.SourceSlug) tagwire.SourceID {
	t.Helper()
	ctx := context.Background()
	if err := db.SyncSources(ctx, Start(), []tagwire.Source{{Slug: slug, Name: "The " + string(slug), URL: "https://" + string(slug) + ".example/feed"}}); err != nil {
		t.Fatal(err)
	}
	states, err := db.Sources(ctx)
	if err != nil || len(states) != 1 {
		t.Fatalf("sources: %v, %v", states, err)
	}
	if _, err := db.RecordPoll(ctx, Start(), tagwire.Poll{Source: states[0].ID, Next: Start().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return states[0].ID
}

// Article is an article with a key and tags.
func Article(key string, tags ...tagwire.TagSlug) tagwire.Article {
	a := tagwire.Article{
		Keys: []string{key}, URL: "https://news.example/" + key, Title: "Title " + key, Summary: "Summary.",
		Language: "en", Published: Start().Add(-time.Hour),
	}
	for _, tag := range tags {
		a.Tags = append(a.Tags, tagwire.TagMatch{Tag: tag, Reason: "title", Score: 10})
	}
	return a
}

// Publish stores articles as news of a source.
func Publish(t testing.TB, db Store, source tagwire.SourceID, articles ...tagwire.Article) {
	t.Helper()
	fresh, err := db.RecordPoll(context.Background(), Start(), tagwire.Poll{Source: source, Next: Start().Add(time.Hour), Articles: articles})
	if err != nil || fresh != len(articles) {
		t.Fatalf("publish: %d fresh of %d, %v", fresh, len(articles), err)
	}
}

// Everything is a match that gives every subscriber what its mode says.
func Everything(_ tagwire.Article, s tagwire.Subscriber) tagwire.Match {
	if s.Suspended != "" {
		return tagwire.Match{Dropped: s.Suspended}
	}
	return tagwire.Match{Instant: s.Mode.Instant(), Digest: s.Mode.Digest()}
}

// FanOut serves all subscribers of all articles, chunk by chunk.
func FanOut(t testing.TB, db Store, chunk int) {
	t.Helper()
	for range 100_000 {
		more, err := db.FanOut(context.Background(), Start(), chunk, Everything)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
	t.Fatal("the fan-out does not end")
}

// Drain claims and settles as sent all that may go out by now, and tells what
// was sent in order.
func Drain(t testing.TB, db Store, now time.Time) []tagwire.Delivery {
	t.Helper()
	var out []tagwire.Delivery
	for {
		claimed, err := db.Claim(context.Background(), now, 8)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return out
		}
		for _, d := range claimed {
			out = append(out, d)
			Settle(t, db, now, tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Sent, MessageID: 1})
		}
	}
}

// Settle records one outcome.
func Settle(t testing.TB, db Store, now time.Time, s tagwire.Settlement) {
	t.Helper()
	if err := db.Settle(context.Background(), now, []tagwire.Settlement{s}); err != nil {
		t.Fatal(err)
	}
}
