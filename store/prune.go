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
		for deleted := int64(pruneBatch); deleted == pruneBatch; {
			err := db.writer.do(ctx, func(tx *tx) (err error) {
				deleted, err = tx.changed(p.query, ms(p.before), pruneBatch)
				return err
			})
			if err != nil {
				return wrap("prune", err)
			}
		}
	}
	return nil
}
