package store

import (
	"context"
	"time"
)

// How long what has done its work is kept.
const (
	// updateRetention outlives Telegram's own 24 hours twice over.
	updateRetention = 48 * time.Hour
	// deliveryRetention leaves a month to ask what happened to a post.
	deliveryRetention = 30 * 24 * time.Hour
	// bodyRetention: no message shows a body, and old ones are most of the file.
	bodyRetention = 180 * 24 * time.Hour
	// keyRetention: an article without keys that its source still lists would come
	// as new. So the newest of each source keep theirs whatever their age, several
	// times as many as it lists.
	keyRetention = 400 * 24 * time.Hour
	keysKept     = 1000 // articles
	listingsKept = 4
	// bodyBatch is smaller: bodies are long.
	bodyBatch = 200
	// pruneBatch bounds how long one deletion keeps other writes waiting.
	pruneBatch = 5000
)

// Prune deletes what has outlived its use, in batches so that others can write
// in between.
func (db *DB) Prune(ctx context.Context, now time.Time) error {
	for _, p := range []struct {
		query  string
		before time.Time
	}{
		{`DELETE FROM updates WHERE id IN (SELECT id FROM updates WHERE seen_ms < ? LIMIT ?)`, now.Add(-updateRetention)},
		{`DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE done_ms > 0 AND done_ms < ? LIMIT ?)`, now.Add(-deliveryRetention)},
		{`DELETE FROM digests WHERE (chat_id, thread_id, slot) IN (SELECT chat_id, thread_id, slot FROM digests WHERE planned_ms < ? LIMIT ?)`, now.Add(-deliveryRetention)},
	} {
		if err := db.inBatches(ctx, pruneBatch, p.query, ms(p.before)); err != nil {
			return wrap("prune", err)
		}
	}
	return wrap("prune articles", db.pruneArticles(ctx, now))
}
