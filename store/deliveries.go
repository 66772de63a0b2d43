package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

// maxAmbiguous is how often a message may be sent again although an earlier
// call perhaps carried it out.
const maxAmbiguous = 2

func (t *tx) enqueueMessage(now time.Time, d tagwire.Dest, class tagwire.Class, ref string, m tagwire.Message) error {
	payload, err := jsonText(m)
	if err != nil {
		return err
	}
	if m.Edit != 0 { // an edit that still waits would be seen for a moment only
		err := t.exec(`UPDATE deliveries SET state = 'dropped', reason = 'superseded', done_ms = ?
			WHERE chat_id = ? AND class = ? AND state = 'queued' AND kind = 'message' AND payload ->> '$.edit' = ?`,
			ms(now), d.Chat, class, m.Edit)
		if err != nil {
			return err
		}
	}
	return t.enqueue(now, d, class, tagwire.KindMessage, ref, payload)
}

// enqueue adds a delivery unless the place has one of the kind and ref.
func (t *tx) enqueue(now time.Time, d tagwire.Dest, class tagwire.Class, kind tagwire.Kind, ref, payload string) error {
	n, err := t.changed(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, payload, state, created_ms)
		VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) ON CONFLICT DO NOTHING`,
		d.Chat, d.Thread, class, kind, ref, payload, ms(now))
	if err != nil || n == 0 {
		return err
	}
	return t.noteQueued(d.Chat, class)
}

// Settle records the outcomes of calls, all in one transaction, and opens the
// chats' lanes again. A message that was sent ends a suspension of its place. An
// outcome of a delivery that is not leased is passed over.
func (db *DB) Settle(ctx context.Context, now time.Time, outcomes []tagwire.Settlement) error {
	err := db.writer.do(ctx, func(tx *tx) error {
		for _, s := range outcomes {
			if err := tx.settle(now, s); err != nil {
				return fmt.Errorf("delivery %d: %w", s.Delivery, err)
			}
		}
		failpoint.Hit(failpoint.SettleWriting)
		return nil
	})
	failpoint.Hit(failpoint.Settled)
	return wrap("settle", err)
}

func (t *tx) settle(now time.Time, s tagwire.Settlement) error {
	done := ms(now)
	if s.State == tagwire.Queued {
		done = 0
	}
	// The chat may have become another while the call was on the wire.
	var d tagwire.Dest
	err := t.row(`UPDATE deliveries SET state = ?, message_id = ?, reason = ?, plain = max(plain, ?),
		attempts = attempts + ?, ambiguous = ambiguous + ?, done_ms = ?
		WHERE id = ? AND state = 'leased' RETURNING chat_id, thread_id`,
		[]any{s.State, s.MessageID, s.Reason, s.Plain, s.Attempt, s.Ambiguous, done, s.Delivery}, &d.Chat, &d.Thread)
	if errors.Is(err, tagwire.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.releaseLane(d.Chat, s.PostAfter, s.ReplyAfter); err != nil {
		return err
	}
	if !s.HoldAll.IsZero() {
		if err := t.hold(s.HoldAll); err != nil {
			return err
		}
	}
	if s.State == tagwire.Sent { // Telegram took a message: the place is open
		if err := t.resume(d); err != nil {
			return err
		}
	}
	if s.MigrateTo != 0 {
		if err := t.migrateChat(now, d.Chat, s.MigrateTo); err != nil {
			return err
		}
		d.Chat = s.MigrateTo
	}
	if s.SuspendChat != "" {
		if err := t.suspendChat(now, d.Chat, s.SuspendChat); err != nil {
			return err
		}
	}
	if s.SuspendThread != "" {
		if err := t.suspendThread(now, d, s.SuspendThread); err != nil {
			return err
		}
	}
	if s.Notice != nil {
		ref := fmt.Sprintf("notice-%d", s.Delivery)
		if err := t.enqueueMessage(now, tagwire.Dest{Chat: d.Chat}, tagwire.ClassReply, ref, *s.Notice); err != nil {
			return err
		}
	}
	return t.refreshLane(d.Chat)
}

// Recover takes back what a process that died had leased: Telegram may have
// carried it out or not, so it is sent again, up to a bound; past that it is
// dead for an operator to judge. It reports how many were taken back.
func (db *DB) Recover(ctx context.Context, now time.Time) (n int, err error) {
	err = db.writer.do(ctx, func(tx *tx) error {
		n = 0
		var chats []tagwire.ChatID
		err := tx.rows(`SELECT chat_id FROM deliveries WHERE state = 'leased' UNION SELECT chat_id FROM lanes WHERE leased = 1`,
			nil, func(rows *sql.Rows) error {
				var chat tagwire.ChatID
				err := rows.Scan(&chat)
				chats = append(chats, chat)
				return err
			})
		if err != nil {
			return err
		}
		changed, err := tx.changed(`UPDATE deliveries SET
				state = iif(ambiguous >= ?1, 'dead', 'queued'),
				reason = iif(ambiguous >= ?1, ?3, ''),
				done_ms = iif(ambiguous >= ?1, ?2, 0),
				ambiguous = ambiguous + 1
			WHERE state = 'leased'`, maxAmbiguous, ms(now), tagwire.ReasonUnknownOutcome)
		if err != nil {
			return err
		}
		n = int(changed)
		for _, chat := range chats {
			if err := tx.exec(`UPDATE lanes SET leased = 0 WHERE chat_id = ?`, chat); err != nil {
				return err
			}
			if err := tx.refreshLane(chat); err != nil {
				return err
			}
		}
		failpoint.Hit(failpoint.RecoverWriting)
		return nil
	})
	failpoint.Hit(failpoint.Recovered)
	return n, wrap("recover", err)
}

// Queue counts deliveries by state; sent, dead and dropped ones as far as they
// are kept.
func (db *DB) Queue(ctx context.Context) (map[tagwire.State]int, error) {
	out := map[tagwire.State]int{}
	err := db.query(ctx, `SELECT state, count(*) FROM deliveries GROUP BY state`, nil, func(rows *sql.Rows) error {
		var state tagwire.State
		var n int
		err := rows.Scan(&state, &n)
		out[state] = n
		return err
	})
	return out, wrap("queue", err)
}
