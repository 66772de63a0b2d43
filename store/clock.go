package store

import (
	"context"
	"database/sql"
	"time"
)

// Newest is the latest instant at which anything is known to have happened; the
// zero time where nothing has. It lies in the future when the clock was ahead.
func (db *DB) Newest(ctx context.Context) (newest time.Time, err error) {
	err = db.query(ctx, `SELECT max(
			ifnull((SELECT max(last_ok_ms) FROM sources), 0), ifnull((SELECT max(seen_ms) FROM updates), 0),
			ifnull((SELECT max(planned_ms) FROM digests), 0), ifnull((SELECT max(done_ms) FROM deliveries WHERE done_ms > 0), 0))`,
		nil, func(rows *sql.Rows) error {
			var at int64
			err := rows.Scan(&at)
			newest = fromMS(at)
			return err
		})
	return newest, wrap("newest", err)
}

// SetBack brings the database in line with a clock that was set back by so much:
// lanes and sources would wait for the time the clock was at before, and what
// was dated by it would be kept, and be news, until then. Digests count as long
// overdue, so that the next look only works out when they come.
func (db *DB) SetBack(ctx context.Context, now time.Time, by time.Duration) error {
	err := db.writer.do(ctx, func(tx *tx) error {
		for _, q := range []string{
			`UPDATE lanes SET reply_ms = min(reply_ms, max(?1, reply_ms - ?2)), post_ms = min(post_ms, max(?1, post_ms - ?2))
				WHERE reply_ms > ?1 OR post_ms > ?1`,
			`UPDATE sources SET next_poll_ms = max(?1, next_poll_ms - ?2) WHERE next_poll_ms > ?1`,
			`UPDATE hold SET until_ms = max(?1, until_ms - ?2) WHERE until_ms > ?1`,
		} {
			if err := tx.exec(q, ms(now), by.Milliseconds()); err != nil {
				return err
			}
		}
		for _, q := range []string{
			`UPDATE chats SET next_digest_ms = 1 WHERE next_digest_ms > ?1`,
			`UPDATE sources SET last_ok_ms = ?1 WHERE last_ok_ms > ?1`,
			`UPDATE updates SET seen_ms = ?1 WHERE seen_ms > ?1`,
			`UPDATE digests SET planned_ms = ?1 WHERE planned_ms > ?1`,
			`UPDATE deliveries SET done_ms = ?1 WHERE done_ms > 0 AND done_ms > ?1`,
			`UPDATE articles SET at_ms = min(at_ms, ?1), first_seen_ms = min(first_seen_ms, ?1) WHERE at_ms > ?1`,
			`UPDATE article_tags SET at_ms = ?1 WHERE at_ms > ?1`,
		} {
			if err := tx.exec(q, ms(now)); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("set back", err)
}
