package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"tagwire/internal/tagwire"
)

// insertArticle stores an article that shares no key with one of its source,
// and reports its id; 0 when it is known, in which case keys it did not have
// are noted.
func (t *tx) insertArticle(source tagwire.SourceID, now time.Time, a tagwire.Article) (tagwire.ArticleID, error) {
	var id tagwire.ArticleID
	for _, key := range a.Keys {
		err := t.row(`SELECT article_id FROM article_keys WHERE source_id = ? AND key = ?`, []any{source, key}, &id)
		if err == nil {
			return 0, t.insertKeys(source, id, a.Keys)
		}
		if !errors.Is(err, tagwire.ErrNotFound) {
			return 0, err
		}
	}
	publisherTags, err1 := jsonText(a.PublisherTags)
	categories, err2 := jsonText(a.Categories)
	if err := errors.Join(err1, err2); err != nil {
		return 0, err
	}
	a.FirstSeen = now
	at := ms(a.At())
	err := t.row(`INSERT INTO articles (source_id, url, title, summary, body, language, date_text,
			published_ms, first_seen_ms, at_ms, publisher_tags, categories, image, translated)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		[]any{source, a.URL, a.Title, a.Summary, a.Body, a.Language, a.DateText,
			ms(a.Published), ms(now), at, publisherTags, categories, a.Image, a.Translated}, &id)
	if err != nil {
		return 0, err
	}
	if err := t.insertKeys(source, id, a.Keys); err != nil {
		return 0, err
	}
	for i, m := range a.Tags {
		err := t.exec(`INSERT INTO article_tags (article_id, tag, position, implied, score, reason, at_ms)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			id, m.Tag, i, m.Implied, m.Score, m.Reason, at)
		if err != nil {
			return 0, err
		}
	}
	return id, t.exec(`INSERT INTO article_fts (rowid, title, summary, body) VALUES (?, ?, ?, ?)`,
		id, spaceHan(a.Title), spaceHan(a.Summary), spaceHan(a.Body))
}

func (t *tx) insertKeys(source tagwire.SourceID, id tagwire.ArticleID, keys []string) error {
	for _, key := range keys {
		err := t.exec(`INSERT INTO article_keys (source_id, key, article_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			source, key, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// articleColumns leaves out the body: no message shows it.
const articleColumns = `a.id, s.slug, s.name, a.url, a.title, a.summary, a.language, a.date_text,
	a.published_ms, a.first_seen_ms, a.publisher_tags, a.categories, a.image, a.translated,
	(SELECT json_group_array(json_object('tag', tag, 'implied', implied, 'score', score, 'reason', reason) ORDER BY position)
		FROM article_tags WHERE article_id = a.id)`

func scanArticle(rows *sql.Rows) (a tagwire.Article, err error) {
	var published, firstSeen int64
	var publisherTags, categories, tags string
	err = rows.Scan(&a.ID, &a.Source, &a.SourceName, &a.URL, &a.Title, &a.Summary, &a.Language, &a.DateText,
		&published, &firstSeen, &publisherTags, &categories, &a.Image, &a.Translated, &tags)
	if err != nil {
		return a, err
	}
	a.Published, a.FirstSeen = fromMS(published), fromMS(firstSeen)
	var matches []struct {
		Tag     tagwire.TagSlug
		Implied int
		Score   int
		Reason  string
	}
	err = errors.Join(
		json.Unmarshal([]byte(publisherTags), &a.PublisherTags),
		json.Unmarshal([]byte(categories), &a.Categories),
		json.Unmarshal([]byte(tags), &matches),
	)
	for _, m := range matches {
		a.Tags = append(a.Tags, tagwire.TagMatch{Tag: m.Tag, Implied: m.Implied == 1, Score: m.Score, Reason: m.Reason})
	}
	return a, err
}

func (db *DB) articles(ctx context.Context, what, query string, args ...any) ([]tagwire.Article, error) {
	var out []tagwire.Article
	err := db.query(ctx, query, args, func(rows *sql.Rows) error {
		a, err := scanArticle(rows)
		out = append(out, a)
		return err
	})
	return out, wrap(what, err)
}

const articlesSQL = `SELECT ` + articleColumns + ` FROM json_each(?) ids
	JOIN articles a ON a.id = ids.value JOIN sources s ON s.id = a.source_id`

// Articles are the stored articles with these ids; ids not stored are absent.
// Bodies are left out.
func (db *DB) Articles(ctx context.Context, ids []tagwire.ArticleID) (map[tagwire.ArticleID]tagwire.Article, error) {
	list, err := jsonText(ids)
	if err != nil {
		return nil, wrap("articles", err)
	}
	found, err := db.articles(ctx, "articles", articlesSQL, list)
	out := make(map[tagwire.ArticleID]tagwire.Article, len(found))
	for _, a := range found {
		out[a.ID] = a
	}
	return out, err
}

const (
	latestSQL = `SELECT ` + articleColumns + ` FROM articles a JOIN sources s ON s.id = a.source_id
		ORDER BY a.at_ms DESC, a.id DESC LIMIT ?`
	latestTagSQL = `SELECT ` + articleColumns + ` FROM article_tags t
		JOIN articles a ON a.id = t.article_id JOIN sources s ON s.id = a.source_id
		WHERE t.tag = ? ORDER BY t.at_ms DESC, t.article_id DESC LIMIT ?`
)

// Latest are the newest n articles of a tag, or of all where the tag is empty,
// newest first. Bodies are left out.
func (db *DB) Latest(ctx context.Context, tag tagwire.TagSlug, n int) ([]tagwire.Article, error) {
	if tag == "" {
		return db.articles(ctx, "latest", latestSQL, n)
	}
	return db.articles(ctx, "latest", latestTagSQL, tag, n)
}

const tagCountsSQL = `SELECT tag, count(*) FROM article_tags WHERE at_ms >= ? GROUP BY tag`

// TagCounts tells how many articles out since then carry each tag.
func (db *DB) TagCounts(ctx context.Context, since time.Time) (map[tagwire.TagSlug]int, error) {
	out := map[tagwire.TagSlug]int{}
	err := db.query(ctx, tagCountsSQL, []any{ms(since)}, func(rows *sql.Rows) error {
		var tag tagwire.TagSlug
		var n int
		err := rows.Scan(&tag, &n)
		out[tag] = n
		return err
	})
	return out, wrap("tag counts", err)
}

func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	if string(b) == "null" {
		b = []byte("[]")
	}
	return string(b), err
}
