package store

import (
	"context"
	"database/sql"
	"errors"

	"tagwire/internal/tagwire"
)

const (
	deadSQL = `SELECT d.id, d.chat_id, d.thread_id, d.kind, d.reason, d.done_ms, ifnull(c.title, ''), ifnull(a.title, '')
		FROM deliveries d LEFT JOIN chats c ON c.id = d.chat_id LEFT JOIN articles a ON a.id = d.article_id
		WHERE d.state = 'dead' ORDER BY d.done_ms DESC, d.id DESC LIMIT ?`
	deadCountSQL   = `SELECT count(*) FROM deliveries WHERE state = 'dead'`
	deadThroughSQL = `SELECT id FROM deliveries WHERE state = 'dead' AND done_ms <= ? ORDER BY done_ms`
)

// DeadDeliveries are the newest dead deliveries, at most limit of them, newest
// first, and how many there are in all.
func (db *DB) DeadDeliveries(ctx context.Context, limit int) (newest []tagwire.DeadDelivery, total int, err error) {
	err = db.query(ctx, deadSQL, []any{limit}, func(rows *sql.Rows) error {
		var d tagwire.DeadDelivery
		var at int64
		err := rows.Scan(&d.ID, &d.Dest.Chat, &d.Dest.Thread, &d.Kind, &d.Reason, &at, &d.Chat, &d.Headline)
		d.At = fromMS(at)
		newest = append(newest, d)
		return err
	})
	if err == nil {
		err = db.query(ctx, deadCountSQL, nil, func(rows *sql.Rows) error { return rows.Scan(&total) })
	}
	return newest, total, wrap("dead deliveries", err)
}

// requeue queues dead deliveries anew. Their numbers stay, so they come in the
// order they had.
func (t *tx) requeue(c tagwire.Requeue) error {
	ids := []tagwire.DeliveryID{c.Delivery}
	if !c.Through.IsZero() {
		ids = nil
		err := t.rows(deadThroughSQL, []any{ms(c.Through)}, func(rows *sql.Rows) error {
			var id tagwire.DeliveryID
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, id := range ids {
		var chat tagwire.ChatID
		var class tagwire.Class
		err := t.row(`UPDATE deliveries SET state = 'queued', attempts = 0, ambiguous = 0, reason = '', done_ms = 0
			WHERE id = ? AND state = 'dead' RETURNING chat_id, class`, []any{id}, &chat, &class)
		if errors.Is(err, tagwire.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := t.noteQueued(chat, class); err != nil {
			return err
		}
	}
	return nil
}
