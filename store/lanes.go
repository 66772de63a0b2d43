package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

// noteQueued tells a chat's lane that a delivery of the class waits.
func (t *tx) noteQueued(chat tagwire.ChatID, class tagwire.Class) error {
	if class == tagwire.ClassReply {
		return t.exec(`INSERT INTO lanes (chat_id, replies) VALUES (?, 1) ON CONFLICT DO UPDATE SET replies = 1`, chat)
	}
	return t.exec(`INSERT INTO lanes (chat_id, class) VALUES (?, ?)
		ON CONFLICT DO UPDATE SET class = min(class, excluded.class)`, chat, class)
}

const refreshLaneSQL = `UPDATE lanes SET
	replies = EXISTS (SELECT 1 FROM deliveries WHERE chat_id = ?1 AND state = 'queued' AND class = 0),
	class = ifnull((SELECT min(class) FROM deliveries WHERE chat_id = ?1 AND state = 'queued' AND class > 0), 9)
	WHERE chat_id = ?1`

const releaseLaneSQL = `UPDATE lanes SET post_ms = max(post_ms, ?2), reply_ms = max(reply_ms, ?3),
	leased = EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_on_wire WHERE chat_id = ?1 AND state = 'leased')
	WHERE chat_id = ?1`

// releaseLane opens a chat's lane, for posts and replies after their times,
// unless a request is on the wire: there may be two where two chats became one.
func (t *tx) releaseLane(chat tagwire.ChatID, post, reply time.Time) error {
	return t.exec(releaseLaneSQL, chat, ms(post), ms(reply))
}

// refreshLane works out again what waits in a chat's lane.
func (t *tx) refreshLane(chat tagwire.ChatID) error { return t.exec(refreshLaneSQL, chat) }

const (
	readyRepliesSQL = `SELECT chat_id FROM lanes WHERE leased = 0 AND replies = 1 AND reply_ms <= ? ORDER BY reply_ms LIMIT ?`
	readyPostsSQL   = `SELECT chat_id FROM lanes WHERE leased = 0 AND class = ? AND class < 9 AND post_ms <= ? ORDER BY post_ms LIMIT ?`
	laneHeadSQL     = `SELECT id, thread_id, kind, article_id, payload, attempts, ambiguous, plain,
			(SELECT post_ms FROM lanes WHERE chat_id = ?1)
		FROM deliveries WHERE chat_id = ?1 AND class = ?2 AND state = 'queued' ORDER BY id LIMIT 1`
)

// Claim leases the next deliveries, at most n and one a chat: replies first,
// then posts, then digests, each in the order they were queued; within a class
// the chat that has waited longest goes first.
func (db *DB) Claim(ctx context.Context, now time.Time, n int) (claimed []tagwire.Delivery, err error) {
	err = db.writer.do(ctx, func(tx *tx) error {
		claimed = claimed[:0]
		if held, err := tx.held(now); held || err != nil {
			return err
		}
		for _, class := range []tagwire.Class{tagwire.ClassReply, tagwire.ClassInstant, tagwire.ClassDigest} {
			if len(claimed) == n {
				break
			}
			query, args := readyPostsSQL, []any{class, ms(now), n - len(claimed)}
			if class == tagwire.ClassReply {
				query, args = readyRepliesSQL, args[1:]
			}
			var chats []tagwire.ChatID
			err := tx.rows(query, args, func(rows *sql.Rows) error {
				var chat tagwire.ChatID
				err := rows.Scan(&chat)
				chats = append(chats, chat)
				return err
			})
			if err != nil {
				return err
			}
			for _, chat := range chats {
				d, err := tx.lease(chat, class)
				if errors.Is(err, tagwire.ErrNotFound) { // the lane says more than is there; others must not wait for it
					if err := tx.refreshLane(chat); err != nil {
						return err
					}
					continue
				}
				if err != nil {
					return fmt.Errorf("lease chat=%d class=%d: %w", chat, class, err)
				}
				claimed = append(claimed, d)
			}
		}
		if len(claimed) > 0 {
			failpoint.Hit(failpoint.ClaimWriting)
		}
		return nil
	})
	if len(claimed) > 0 {
		failpoint.Hit(failpoint.Claimed)
	}
	return claimed, wrap("claim", err)
}

// held reports whether nothing at all may be sent yet.
func (t *tx) held(now time.Time) (bool, error) {
	var until int64
	err := t.row(`SELECT until_ms FROM hold WHERE one = 1`, nil, &until)
	if errors.Is(err, tagwire.ErrNotFound) {
		return false, nil
	}
	return until > ms(now), err
}

// hold lets nothing be claimed before an instant.
func (t *tx) hold(until time.Time) error {
	return t.exec(`INSERT INTO hold (one, until_ms) VALUES (1, ?)
		ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)`, ms(until))
}

func (t *tx) lease(chat tagwire.ChatID, class tagwire.Class) (tagwire.Delivery, error) {
	d := tagwire.Delivery{Dest: tagwire.Dest{Chat: chat}, Class: class}
	var payload string
	var pace int64
	err := t.row(laneHeadSQL, []any{chat, class}, &d.ID, &d.Dest.Thread, &d.Kind, &d.Article, &payload, &d.Attempts, &d.Ambiguous, &d.Plain, &pace)
	if err != nil {
		return d, err
	}
	d.Pace = fromMS(pace)
	switch d.Kind {
	case tagwire.KindDigest:
		d.Page = new(tagwire.DigestPage)
		err = json.Unmarshal([]byte(payload), d.Page)
	case tagwire.KindMessage:
		d.Message = new(tagwire.Message)
		err = json.Unmarshal([]byte(payload), d.Message)
	}
	if err != nil {
		return d, err
	}
	if err := t.exec(`UPDATE deliveries SET state = 'leased' WHERE id = ?`, d.ID); err != nil {
		return d, err
	}
	return d, t.exec(`UPDATE lanes SET leased = 1 WHERE chat_id = ?`, chat)
}

// A partial index answers each part with its first entry; SQLite sees that it
// may only where its condition is repeated.
const nextReadySQL = `SELECT ifnull(max(min(at), ifnull((SELECT until_ms FROM hold WHERE one = 1), 0)), -1) FROM (
	SELECT min(reply_ms) AS at FROM lanes WHERE leased = 0 AND replies = 1
	UNION ALL SELECT min(post_ms) FROM lanes WHERE leased = 0 AND class = 1 AND class < 9
	UNION ALL SELECT min(post_ms) FROM lanes WHERE leased = 0 AND class = 2 AND class < 9)`

// NextReady is when the next delivery that waits may be claimed; the zero time
// when none waits.
func (db *DB) NextReady(ctx context.Context) (next time.Time, err error) {
	err = db.query(ctx, nextReadySQL, nil, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		if at >= 0 {
			next = time.UnixMilli(at).UTC()
		}
		return err
	})
	return next, wrap("next ready", err)
}
