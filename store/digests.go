package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

const (
	dueDigestsSQL = `SELECT ` + chatColumns + ` FROM chats c
		WHERE c.next_digest_ms > 0 AND c.suspended = '' AND c.next_digest_ms <= ?
		ORDER BY c.next_digest_ms LIMIT ?`
	pendingDestsSQL = `SELECT DISTINCT i.thread_id FROM digest_items i
		JOIN dests d ON d.chat_id = i.chat_id AND d.thread_id = i.thread_id
		WHERE i.chat_id = ? AND d.suspended = '' ORDER BY i.thread_id`
	pendingDigestSQL = `SELECT ` + articleColumns + ` FROM digest_items i
		JOIN articles a ON a.id = i.article_id JOIN sources s ON s.id = a.source_id
		WHERE i.chat_id = ? AND i.thread_id = ? ORDER BY a.id`
)

// DueDigests are the chats whose digest is due by now, the longest overdue
// first, at most limit of them.
func (db *DB) DueDigests(ctx context.Context, now time.Time, limit int) ([]tagwire.DueDigest, error) {
	var out []tagwire.DueDigest
	err := db.query(ctx, dueDigestsSQL, []any{ms(now), limit}, func(rows *sql.Rows) error {
		c, err := scanChat(rows)
		out = append(out, tagwire.DueDigest{Chat: c})
		return err
	})
	if err != nil {
		return nil, wrap("due digests", err)
	}
	for i := range out {
		chat := out[i].Chat.ID
		err := db.query(ctx, pendingDestsSQL, []any{chat}, func(rows *sql.Rows) error {
			d := tagwire.Dest{Chat: chat}
			err := rows.Scan(&d.Thread)
			out[i].Dests = append(out[i].Dests, d)
			return err
		})
		if err != nil {
			return nil, wrap("due digests", err)
		}
	}
	return out, nil
}

// PendingDigest are the articles that wait for a place's next digest, in the
// order they were stored. Bodies are left out.
func (db *DB) PendingDigest(ctx context.Context, d tagwire.Dest) ([]tagwire.Article, error) {
	return db.articles(ctx, "pending digest", pendingDigestSQL, d.Chat, d.Thread)
}

// EnqueueDigests queues the digests of a chat and sets when the next one is
// due, in one transaction. Nothing happens if the chat's digest is no longer
// due at the instant that was found due, because someone changed it meanwhile.
func (db *DB) EnqueueDigests(ctx context.Context, now time.Time, chat tagwire.ChatID, due, next time.Time, plans []tagwire.PlanDigest) error {
	err := db.writer.do(ctx, func(tx *tx) error {
		n, err := tx.changed(`UPDATE chats SET next_digest_ms = ? WHERE id = ? AND next_digest_ms = ?`, ms(next), chat, ms(due))
		if err != nil || n == 0 {
			return err
		}
		for _, p := range plans {
			if err := tx.planDigest(now, p); err != nil {
				return err
			}
		}
		failpoint.Hit(failpoint.DigestWriting)
		return nil
	})
	failpoint.Hit(failpoint.DigestPlanned)
	return wrap("enqueue digests", err)
}

// planDigest queues a digest's messages once for a place and slot.
func (t *tx) planDigest(now time.Time, p tagwire.PlanDigest) error {
	n, err := t.changed(`INSERT INTO digests (chat_id, thread_id, slot, planned_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.Dest.Chat, p.Dest.Thread, p.Slot, ms(now))
	if err != nil || n == 0 {
		return err
	}
	for _, page := range p.Pages {
		payload, err := jsonText(page)
		if err != nil {
			return err
		}
		ref := fmt.Sprintf("%s/%d", p.Slot, page.Part)
		if err := t.enqueue(now, p.Dest, p.Class, tagwire.KindDigest, ref, payload); err != nil {
			return err
		}
	}
	err = t.exec(`UPDATE dests SET digested = max(digested, ?) WHERE chat_id = ? AND thread_id = ?`, p.Through, p.Dest.Chat, p.Dest.Thread)
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM digest_items WHERE chat_id = ? AND thread_id = ? AND article_id <= ?`,
		p.Dest.Chat, p.Dest.Thread, p.Through)
}
