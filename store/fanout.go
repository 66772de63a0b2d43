package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

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
		for _, s := range batch {
			if err := tx.serve(now, article, s.Dest, match(a, s)); err != nil {
				return err
			}
		}
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
	return more, wrap("fan out", err)
}

// nextTag is the cursor before the first subscriber of the article's next tag.
func (t *tx) nextTag(article tagwire.ArticleID, after tagwire.TagSlug) (tagwire.Subscriber, error) {
	s := tagwire.Subscriber{Dest: tagwire.Dest{Chat: -1 << 62}}
	err := t.row(`SELECT tag FROM article_tags WHERE article_id = ? AND tag > ? ORDER BY tag LIMIT 1`, []any{article, after}, &s.Tag)
	return s, err
}

// serve queues what one place gets of an article.
func (t *tx) serve(now time.Time, article tagwire.ArticleID, d tagwire.Dest, m tagwire.Match) error {
	if m.Digest {
		err := t.exec(`INSERT INTO digest_items (chat_id, thread_id, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, d.Chat, d.Thread, article)
		if err != nil {
			return err
		}
	}
	switch {
	case m.Dropped != "":
		return t.exec(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, reason, created_ms, done_ms)
			VALUES (?1, ?2, 1, 'article', ?3, ?4, 'dropped', ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
			d.Chat, d.Thread, articleRef(article), article, m.Dropped, ms(now))
	case m.Instant:
		n, err := t.changed(`INSERT INTO deliveries (chat_id, thread_id, class, kind, ref, article_id, state, created_ms)
			VALUES (?, ?, 1, 'article', ?, ?, 'queued', ?) ON CONFLICT DO NOTHING`,
			d.Chat, d.Thread, articleRef(article), article, ms(now))
		if err != nil || n == 0 {
			return err
		}
		return t.noteQueued(d.Chat, tagwire.ClassInstant)
	}
	return nil
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
