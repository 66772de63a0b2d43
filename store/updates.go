package store

import (
	"context"
	"fmt"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

// ApplyUpdate carries out what an update from Telegram asks for and queues the
// replies to it, in one transaction. The same update a second time does nothing
// and reports false: Telegram repeats those it was not told we have.
func (db *DB) ApplyUpdate(ctx context.Context, now time.Time, id int64, changes []tagwire.Change, replies []tagwire.Reply) (applied bool, err error) {
	err = db.writer.do(ctx, func(tx *tx) error {
		n, err := tx.changed(`INSERT INTO updates (id, seen_ms) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, ms(now))
		if applied = n == 1; err != nil || !applied {
			return err
		}
		for _, c := range changes {
			if err := tx.apply(now, c); err != nil {
				return fmt.Errorf("%T: %w", c, err)
			}
		}
		for i, r := range replies {
			// The instant keeps the name apart from an older update's with the
			// same number: Telegram may start counting anew.
			ref := fmt.Sprintf("update-%d-%d-%d", id, i, ms(now))
			if err := tx.enqueueMessage(now, r.Dest, tagwire.ClassReply, ref, r.Message); err != nil {
				return err
			}
		}
		failpoint.Hit(failpoint.UpdateWriting)
		return nil
	})
	failpoint.Hit(failpoint.UpdateApplied)
	return applied && err == nil, wrap("apply update", err)
}

func (t *tx) apply(now time.Time, c tagwire.Change) error {
	switch c := c.(type) {
	case tagwire.SeeChat:
		return t.seeChat(now, c.Chat)
	case tagwire.SeeTopic:
		return t.seeDest(c.Dest, c.Name)
	case tagwire.Subscribe:
		if err := t.seeDest(c.Dest, ""); err != nil {
			return err
		}
		for i, tag := range c.Tags {
			// One millisecond apart keeps the order in which they were named.
			err := t.exec(`INSERT INTO subscriptions (tag, chat_id, thread_id, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				tag, c.Dest.Chat, c.Dest.Thread, ms(now)+int64(i))
			if err != nil {
				return err
			}
		}
		return nil
	case tagwire.Unsubscribe:
		for _, tag := range c.Tags {
			err := t.exec(`DELETE FROM subscriptions WHERE tag = ? AND chat_id = ? AND thread_id = ?`, tag, c.Dest.Chat, c.Dest.Thread)
			if err != nil {
				return err
			}
		}
		return nil
	case tagwire.SetLanguage:
		return t.exec(`UPDATE chats SET language = ? WHERE id = ?`, c.Language, c.Chat)
	case tagwire.SetTiming:
		return t.setTiming(now, c)
	case tagwire.Suspend:
		return t.suspendChat(now, c.Chat, c.Reason)
	case tagwire.Resume:
		return t.resume(c.Dest)
	case tagwire.Migrate:
		return t.migrateChat(now, c.From, c.To)
	case tagwire.PlanDigest:
		return t.planDigest(now, c)
	case tagwire.Requeue:
		return t.requeue(c)
	}
	return fmt.Errorf("no such change")
}

// setTiming also drops the articles gathered for a digest that the chat no
// longer wants.
func (t *tx) setTiming(now time.Time, c tagwire.SetTiming) error {
	err := t.exec(`UPDATE chats SET mode = ?, digest_days = ?, digest_minute = ?, zone = ?, next_digest_ms = ? WHERE id = ?`,
		c.Mode, c.Rhythm.Days, c.Rhythm.Minute, c.Zone, ms(c.NextDigest), c.Chat)
	if err != nil || c.Mode.Digest() {
		return err
	}
	// What was never posted gets a line that says why.
	err = t.exec(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, reason, created_ms, done_ms)
		SELECT chat_id, thread_id, 1, 'article', article_id, article_id, 'dropped', 'digest switched off', ?2, ?2
		FROM digest_items WHERE chat_id = ?1 ON CONFLICT DO NOTHING`, c.Chat, ms(now))
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM digest_items WHERE chat_id = ?`, c.Chat)
}
