package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

const fanoutSubscribersSQL = `SELECT s.chat_id, s.thread_id, c.mode, iif(c.suspended <> '', c.suspended, d.suspended)
	FROM subscriptions s JOIN chats c ON c.id = s.chat_id
	JOIN dests d ON d.chat_id = s.chat_id AND d.thread_id = s.thread_id
	WHERE s.tag = ? AND (s.chat_id, s.thread_id) > (?, ?)
	ORDER BY s.chat_id, s.thread_id LIMIT ?`

// FanOut serves the next subscribers, at most limit of them, of the oldest
// article that is to be posted: match says what each one gets, and that is
// queued in the same transaction, so no unsubscription slips in between. It
// reports whether there is more to do.
//
// A place that subscribed to several tags of an article is served once.
func (db *DB) FanOut(ctx context.Context, now time.Time, limit int, match func(tagwire.Article, tagwire.Subscriber) tagwire.Match) (more bool, err error) {
	err = db.writer.do(ctx, func(tx *tx) error {
		more = false
		var article tagwire.ArticleID
		var cursor tagwire.Subscriber
		err := tx.row(`SELECT article_id, tag, chat_id, thread_id FROM fanouts ORDER BY article_id LIMIT 1`, nil,
			&article, &cursor.Tag, &cursor.Dest.Chat, &cursor.Dest.Thread)
		if errors.Is(err, tagwire.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		a, err := tx.article(article)
		if err != nil {
			return err
		}
		if cursor.Tag == "" {
			cursor, err = tx.nextTag(article, "")
			if errors.Is(err, tagwire.ErrNotFound) { // no tags, or all done
				return tx.exec(`DELETE FROM fanouts WHERE article_id = ?`, article)
			}
			if err != nil {
				return err
			}
		}
		var batch []tagwire.Subscriber
		err = tx.rows(fanoutSubscribersSQL, []any{cursor.Tag, cursor.Dest.Chat, cursor.Dest.Thread, limit}, func(rows *sql.Rows) error {
			s := tagwire.Subscriber{Tag: cursor.Tag}
			err := rows.Scan(&s.Dest.Chat, &s.Dest.Thread, &s.Mode, &s.Suspended)
			batch = append(batch, s)
			return err
		})
		if err != nil {
			return err
		}
		if err := tx.serve(now, article, batch, func(s tagwire.Subscriber) tagwire.Match { return match(a, s) }); err != nil {
			return err
		}
		failpoint.Hit(failpoint.FanOutWriting)
		if len(batch) == limit {
			cursor.Dest = batch[len(batch)-1].Dest
		} else {
			cursor, err = tx.nextTag(article, cursor.Tag)
			if errors.Is(err, tagwire.ErrNotFound) {
				return tx.exec(`DELETE FROM fanouts WHERE article_id = ?`, article)
			}
			if err != nil {
				return err
			}
		}
		return tx.exec(`UPDATE fanouts SET tag = ?, chat_id = ?, thread_id = ? WHERE article_id = ?`,
			cursor.Tag, cursor.Dest.Chat, cursor.Dest.Thread, article)
	})
	if more {
		failpoint.Hit(failpoint.FannedOut)
	}
	return more, wrap("fan out", err)
}

// nextTag is the cursor before the first subscriber of the article's next tag.
func (t *tx) nextTag(article tagwire.ArticleID, after tagwire.TagSlug) (tagwire.Subscriber, error) {
	s := tagwire.Subscriber{Dest: tagwire.Dest{Chat: -1 << 62}}
	err := t.row(`SELECT tag FROM article_tags WHERE article_id = ? AND tag > ? ORDER BY tag LIMIT 1`, []any{article, after}, &s.Tag)
	return s, err
}

// serve queues what places get of an article. A thousand places cost a handful
// of statements; one for each place would take five times as long.
func (t *tx) serve(now time.Time, article tagwire.ArticleID, places []tagwire.Subscriber, match func(tagwire.Subscriber) tagwire.Match) error {
	var instant, digest []tagwire.Dest
	for _, s := range places {
		m := match(s)
		if m.Digest {
			digest = append(digest, s.Dest)
		}
		switch {
		case m.Dropped != "":
			err := t.exec(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, reason, created_ms, done_ms)
				VALUES (?1, ?2, 1, 'article', ?3, ?4, 'dropped', ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
				s.Dest.Chat, s.Dest.Thread, articleRef(article), article, m.Dropped, ms(now))
			if err != nil {
				return err
			}
		case m.Instant:
			instant = append(instant, s.Dest)
		}
	}
	if len(digest) > 0 {
		// A place served before, for another tag or before the fan-out went back
		// over a chat that migrated, may have had its digest meanwhile.
		err := t.exec(`INSERT INTO digest_items (chat_id, thread_id, article_id)
			SELECT key, value, ?2 FROM json_each(?1)
			WHERE NOT EXISTS (SELECT 1 FROM dests WHERE chat_id = key AND thread_id = value AND digested >= ?2)
			ON CONFLICT DO NOTHING`, jsonDests(digest), article)
		if err != nil {
			return err
		}
	}
	if len(instant) == 0 {
		return nil
	}
	// Only what is new opens a lane: what was queued before may be sent by now.
	var before int64
	if err := t.row(`SELECT ifnull(max(id), 0) FROM deliveries`, nil, &before); err != nil {
		return err
	}
	n, err := t.changed(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
		SELECT key, value, ?2, 'article', ?3, ?4, 'queued', ?5 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
		jsonDests(instant), tagwire.ClassInstant, articleRef(article), article, ms(now))
	if err != nil || n == 0 {
		return err
	}
	return t.exec(`INSERT INTO lanes (chat_id, class) SELECT chat_id, class FROM deliveries WHERE id > ?
		ON CONFLICT DO UPDATE SET class = min(class, excluded.class)`, before)
}

// jsonDests is {"chat":thread,...}, a chat as often as it has places: json_each
// gives the pairs, faster than it takes arrays apart.
func jsonDests(places []tagwire.Dest) string {
	b := make([]byte, 0, 24*len(places))
	for _, d := range places {
		b = append(b, `,"`...)
		b = strconv.AppendInt(b, int64(d.Chat), 10)
		b = append(b, `":`...)
		b = strconv.AppendInt(b, int64(d.Thread), 10)
	}
	b[0] = '{'
	return string(append(b, '}'))
}

func articleRef(id tagwire.ArticleID) string { return strconv.FormatInt(int64(id), 10) }

// article loads an article inside a write.
func (t *tx) article(id tagwire.ArticleID) (a tagwire.Article, err error) {
	err = t.rows(articlesSQL, []any{"[" + articleRef(id) + "]"}, func(rows *sql.Rows) error {
		a, err = scanArticle(rows)
		return err
	})
	if err == nil && a.ID == 0 {
		err = tagwire.ErrNotFound
	}
	return a, err
}
