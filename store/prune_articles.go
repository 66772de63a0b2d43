package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tagwire/internal/tagwire"
)

const (
	oldBodiesSQL = `UPDATE articles SET body = '' WHERE id IN
		(SELECT id FROM articles WHERE source_id = ? AND first_seen_ms < ? AND body <> '' LIMIT ?)`
	// When the oldest of the articles was seen that keep their keys for being the
	// newest.
	keptKeysSQL = `SELECT first_seen_ms FROM articles WHERE source_id = ?1 ORDER BY first_seen_ms DESC
		LIMIT 1 OFFSET (SELECT max(?2, ?3 * entries) - 1 FROM sources WHERE id = ?1)`
	oldestKeysSQL = `SELECT ifnull(max(id), 0) FROM articles WHERE source_id = ? AND first_seen_ms < ?`
	oldKeysSQL    = `DELETE FROM article_keys WHERE source_id = ?1 AND key IN
		(SELECT key FROM article_keys WHERE source_id = ?1 AND article_id <= ?2 LIMIT ?3)`
)

// pruneArticles takes off old articles what grows most: bodies, and the keys by
// which they would be known again. Headlines, tags and the index stay.
func (db *DB) pruneArticles(ctx context.Context, now time.Time) error {
	var sources []tagwire.SourceID
	err := db.query(ctx, `SELECT id FROM sources`, nil, func(rows *sql.Rows) error {
		var id tagwire.SourceID
		err := rows.Scan(&id)
		sources = append(sources, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, source := range sources {
		if err := db.inBatches(ctx, bodyBatch, oldBodiesSQL, source, ms(now.Add(-bodyRetention))); err != nil {
			return err
		}
		if err := db.pruneKeys(ctx, source, ms(now.Add(-keyRetention))); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) pruneKeys(ctx context.Context, source tagwire.SourceID, before int64) error {
	var last tagwire.ArticleID
	err := db.writer.do(ctx, func(tx *tx) error {
		var kept int64
		if err := tx.row(keptKeysSQL, []any{source, keysKept, listingsKept}, &kept); err != nil {
			return err
		}
		return tx.row(oldestKeysSQL, []any{source, min(before, kept)}, &last)
	})
	if errors.Is(err, tagwire.ErrNotFound) { // the source has not that many
		return nil
	}
	if err != nil {
		return err
	}
	return db.inBatches(ctx, pruneBatch, oldKeysSQL, source, last)
}

// inBatches runs a statement, whose last argument is how many rows it may
// change, until it changes fewer.
func (db *DB) inBatches(ctx context.Context, batch int64, query string, args ...any) error {
	for n := batch; n == batch; {
		err := db.writer.do(ctx, func(tx *tx) (err error) {
			n, err = tx.changed(query, append(args[:len(args):len(args)], batch)...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
