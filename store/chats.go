package store

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

const chatColumns = `c.id, c.type, c.title, c.language, c.zone, c.mode, c.digest_days, c.digest_minute, c.next_digest_ms, c.suspended`

func scanChat(rows *sql.Rows) (c tagwire.Chat, err error) {
	var next int64
	err = rows.Scan(&c.ID, &c.Type, &c.Title, &c.Language, &c.Zone, &c.Mode, &c.Rhythm.Days, &c.Rhythm.Minute, &next, &c.Suspended)
	c.NextDigest = fromMS(next)
	return c, err
}

// Chat is a known chat with its settings; tagwire.ErrNotFound for a stranger.
func (db *DB) Chat(ctx context.Context, id tagwire.ChatID) (tagwire.Chat, error) {
	c, err := tagwire.Chat{}, tagwire.ErrNotFound
	qerr := db.query(ctx, `SELECT `+chatColumns+` FROM chats c WHERE c.id = ?`, []any{id}, func(rows *sql.Rows) error {
		c, err = scanChat(rows)
		return err
	})
	return c, wrap("chat", cmp.Or(qerr, err))
}

const chatsSQL = `SELECT ` + chatColumns + ` FROM json_each(?) ids JOIN chats c ON c.id = ids.value`

// Chats are the known chats with these ids; strangers are absent.
func (db *DB) Chats(ctx context.Context, ids []tagwire.ChatID) (map[tagwire.ChatID]tagwire.Chat, error) {
	list, err := jsonText(ids)
	if err != nil {
		return nil, wrap("chats", err)
	}
	out := make(map[tagwire.ChatID]tagwire.Chat, len(ids))
	err = db.query(ctx, chatsSQL, []any{list}, func(rows *sql.Rows) error {
		c, err := scanChat(rows)
		out[c.ID] = c
		return err
	})
	return out, wrap("chats", err)
}

func (t *tx) seeChat(now time.Time, c tagwire.Chat) error {
	return t.exec(`INSERT INTO chats (id, type, title, language, zone, mode, digest_days, digest_minute, next_digest_ms, created_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET type = excluded.type, title = excluded.title`,
		c.ID, c.Type, c.Title, c.Language, c.Zone, c.Mode, c.Rhythm.Days, c.Rhythm.Minute, ms(c.NextDigest), ms(now))
}

// seeDest makes a place of a known chat known; those of strangers do not matter.
func (t *tx) seeDest(d tagwire.Dest, name string) error {
	return t.exec(`INSERT INTO dests (chat_id, thread_id, name) SELECT id, ?2, ?3 FROM chats WHERE id = ?1
		ON CONFLICT DO UPDATE SET name = iif(excluded.name = '', name, excluded.name)`, d.Chat, d.Thread, name)
}

// suspendChat stops a chat: what is queued for it is dropped, its settings stay.
func (t *tx) suspendChat(now time.Time, chat tagwire.ChatID, reason string) error {
	if err := t.exec(`UPDATE chats SET suspended = ? WHERE id = ?`, reason, chat); err != nil {
		return err
	}
	err := t.exec(`UPDATE deliveries SET state = 'dropped', reason = ?, done_ms = ? WHERE chat_id = ? AND state = 'queued'`,
		reason, ms(now), chat)
	if err != nil {
		return err
	}
	return t.refreshLane(chat)
}

// suspendThread stops one topic of a chat.
func (t *tx) suspendThread(now time.Time, d tagwire.Dest, reason string) error {
	err := t.exec(`INSERT INTO dests (chat_id, thread_id, suspended) SELECT id, ?2, ?3 FROM chats WHERE id = ?1
		ON CONFLICT DO UPDATE SET suspended = excluded.suspended`, d.Chat, d.Thread, reason)
	if err != nil {
		return err
	}
	err = t.exec(`UPDATE deliveries SET state = 'dropped', reason = ?, done_ms = ?
		WHERE chat_id = ? AND thread_id = ? AND state = 'queued'`, reason, ms(now), d.Chat, d.Thread)
	if err != nil {
		return err
	}
	return t.refreshLane(d.Chat)
}

func (t *tx) resume(d tagwire.Dest) error {
	if err := t.exec(`UPDATE chats SET suspended = '' WHERE id = ? AND suspended <> ''`, d.Chat); err != nil {
		return err
	}
	return t.exec(`UPDATE dests SET suspended = '' WHERE chat_id = ? AND thread_id = ? AND suspended <> ''`, d.Chat, d.Thread)
}

// migrateChat moves all that belongs to a group to the supergroup it became.
// The order in which Telegram tells of it varies, and it tells more than once:
// whatever is at the new place already stays, and a second run finds nothing.
func (t *tx) migrateChat(now time.Time, from, to tagwire.ChatID) error {
	if from == to {
		return nil
	}
	// The old chat's settings win: the new one has existed for a moment only.
	err := t.exec(`INSERT INTO chats (id, type, title, language, zone, mode, digest_days, digest_minute, next_digest_ms, created_ms)
		SELECT ?2, 'supergroup', title, language, zone, mode, digest_days, digest_minute, next_digest_ms, created_ms
			FROM chats WHERE id = ?1
		ON CONFLICT (id) DO UPDATE SET language = excluded.language, zone = excluded.zone, mode = excluded.mode,
			digest_days = excluded.digest_days, digest_minute = excluded.digest_minute,
			next_digest_ms = excluded.next_digest_ms, suspended = ''`, from, to)
	if err != nil {
		return err
	}
	// The lane keeps its pace.
	err = t.exec(`INSERT INTO lanes (chat_id, reply_ms, post_ms)
		SELECT ?2, reply_ms, post_ms FROM lanes WHERE chat_id = ?1
		ON CONFLICT (chat_id) DO UPDATE SET reply_ms = max(reply_ms, excluded.reply_ms), post_ms = max(post_ms, excluded.post_ms)`, from, to)
	if err != nil {
		return err
	}
	// A fan-out under way may have passed the new place and not reached the old
	// one: it goes on from the new place; who was served is not served again.
	if err := t.exec(`UPDATE fanouts SET chat_id = ?1, thread_id = -1 WHERE chat_id >= ?1`, to); err != nil {
		return err
	}
	for _, q := range []string{
		`INSERT INTO dests (chat_id, thread_id, name, suspended, digested)
			SELECT ?2, thread_id, name, suspended, digested FROM dests WHERE chat_id = ?1
			ON CONFLICT DO UPDATE SET digested = max(digested, excluded.digested)`,
		`INSERT OR IGNORE INTO subscriptions (tag, chat_id, thread_id, created_ms) SELECT tag, ?2, thread_id, created_ms FROM subscriptions WHERE chat_id = ?1`,
		`INSERT OR IGNORE INTO digest_items (chat_id, thread_id, article_id) SELECT ?2, thread_id, article_id FROM digest_items WHERE chat_id = ?1`,
		`INSERT OR IGNORE INTO digests (chat_id, thread_id, slot, planned_ms) SELECT ?2, thread_id, slot, planned_ms FROM digests WHERE chat_id = ?1`,
		`UPDATE OR IGNORE deliveries SET chat_id = ?2 WHERE chat_id = ?1`,
	} {
		if err := t.exec(q, from, to); err != nil {
			return err
		}
	}
	failpoint.Hit(failpoint.ChatMoving)
	for _, table := range []string{"subscriptions", "dests", "digest_items", "digests"} {
		if err := t.exec(`DELETE FROM `+table+` WHERE chat_id = ?`, from); err != nil {
			return err
		}
	}
	if err := t.exec(`DELETE FROM chats WHERE id = ?`, from); err != nil {
		return err
	}
	// What could not move is at the new place already. If it is on the wire, the
	// old lane stays for its outcome.
	err = t.exec(`UPDATE deliveries SET state = 'dropped', reason = 'migrated', done_ms = ? WHERE chat_id = ? AND state = 'queued'`, ms(now), from)
	if err != nil {
		return err
	}
	failpoint.Hit(failpoint.ChatMoved)
	for _, chat := range []tagwire.ChatID{from, to} {
		if err := t.releaseLane(chat, time.Time{}, time.Time{}); err != nil {
			return err
		}
		if err := t.refreshLane(chat); err != nil {
			return err
		}
	}
	return t.exec(`DELETE FROM lanes WHERE chat_id = ? AND leased = 0`, from)
}

// Subscriptions are the tags of a place, in the order they were chosen.
func (db *DB) Subscriptions(ctx context.Context, d tagwire.Dest) ([]tagwire.TagSlug, error) {
	var out []tagwire.TagSlug
	err := db.query(ctx, `SELECT tag FROM subscriptions WHERE chat_id = ? AND thread_id = ? ORDER BY created_ms, tag`,
		[]any{d.Chat, d.Thread}, func(rows *sql.Rows) error {
			var tag tagwire.TagSlug
			err := rows.Scan(&tag)
			out = append(out, tag)
			return err
		})
	return out, wrap("subscriptions", err)
}

// ChatSubscriptions are the tags of all places of a chat.
func (db *DB) ChatSubscriptions(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID][]tagwire.TagSlug, error) {
	out := map[tagwire.ThreadID][]tagwire.TagSlug{}
	err := db.query(ctx, `SELECT thread_id, tag FROM subscriptions WHERE chat_id = ? ORDER BY thread_id, created_ms, tag`,
		[]any{chat}, func(rows *sql.Rows) error {
			var thread tagwire.ThreadID
			var tag tagwire.TagSlug
			err := rows.Scan(&thread, &tag)
			out[thread] = append(out[thread], tag)
			return err
		})
	return out, wrap("subscriptions", err)
}

// Topics are the names of a chat's forum topics as far as the bot has seen them.
func (db *DB) Topics(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID]string, error) {
	out := map[tagwire.ThreadID]string{}
	err := db.query(ctx, `SELECT thread_id, name FROM dests WHERE chat_id = ? AND name <> ''`, []any{chat}, func(rows *sql.Rows) error {
		var thread tagwire.ThreadID
		var name string
		err := rows.Scan(&thread, &name)
		out[thread] = name
		return err
	})
	return out, wrap("topics", err)
}
