package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tagwire/internal/failpoint"
	"tagwire/internal/tagwire"
)

// SyncSources makes the stored sources those of the catalogue: new ones are
// added and due at once, ones that left it are kept but not polled, and one
// whose address changed is read afresh, as a baseline.
func (db *DB) SyncSources(ctx context.Context, now time.Time, sources []tagwire.Source) error {
	err := db.writer.do(ctx, func(tx *tx) error {
		if err := tx.exec(`UPDATE sources SET active = 0`); err != nil {
			return err
		}
		for _, s := range sources {
			err := tx.exec(`
				INSERT INTO sources (slug, name, url, next_poll_ms) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT (slug) DO UPDATE SET
					active = 1, name = excluded.name, url = excluded.url,
					etag = iif(url = excluded.url, etag, ''),
					last_modified = iif(url = excluded.url, last_modified, ''),
					baselined = iif(url = excluded.url, baselined, 0),
					next_poll_ms = iif(url = excluded.url, next_poll_ms, excluded.next_poll_ms),
					fails = iif(url = excluded.url, fails, 0)`,
				s.Slug, s.Name, s.URL, ms(now))
			if err != nil {
				return fmt.Errorf("source %s: %w", s.Slug, err)
			}
		}
		failpoint.Hit(failpoint.SourcesWriting)
		return nil
	})
	failpoint.Hit(failpoint.SourcesSynced)
	return wrap("sync sources", err)
}

const sourceColumns = `id, slug, etag, last_modified, next_poll_ms, last_ok_ms, fails, last_error, baselined, entries`

func scanSource(rows *sql.Rows) (s tagwire.SourceState, err error) {
	var next, ok int64
	err = rows.Scan(&s.ID, &s.Slug, &s.ETag, &s.LastModified, &next, &ok, &s.Fails, &s.LastError, &s.Baselined, &s.Entries)
	s.NextPoll, s.LastOK = fromMS(next), fromMS(ok)
	return s, err
}

const dueSourcesSQL = `SELECT ` + sourceColumns + ` FROM sources
	WHERE active = 1 AND next_poll_ms <= ? ORDER BY next_poll_ms LIMIT ?`

// DueSources are the active sources whose next poll is not later than now, the
// longest overdue first.
func (db *DB) DueSources(ctx context.Context, now time.Time, limit int) ([]tagwire.SourceState, error) {
	return db.sources(ctx, "due sources", dueSourcesSQL, ms(now), limit)
}

// Sources are all active sources by slug.
func (db *DB) Sources(ctx context.Context) ([]tagwire.SourceState, error) {
	return db.sources(ctx, "sources", `SELECT `+sourceColumns+` FROM sources WHERE active = 1 ORDER BY slug`)
}

func (db *DB) sources(ctx context.Context, what, query string, args ...any) ([]tagwire.SourceState, error) {
	var out []tagwire.SourceState
	err := db.query(ctx, query, args, func(rows *sql.Rows) error {
		s, err := scanSource(rows)
		out = append(out, s)
		return err
	})
	return out, wrap(what, err)
}

// KnownKeys tells which of the keys belong to a stored article of the source.
func (db *DB) KnownKeys(ctx context.Context, source tagwire.SourceID, keys []string) (map[string]bool, error) {
	known := map[string]bool{}
	list, err := jsonText(keys)
	if err != nil {
		return nil, wrap("known keys", err)
	}
	err = db.query(ctx, `SELECT key FROM article_keys
		WHERE source_id = ? AND key IN (SELECT value FROM json_each(?))`,
		[]any{source, list}, func(rows *sql.Rows) error {
			var key string
			err := rows.Scan(&key)
			known[key] = true
			return err
		})
	return known, wrap("known keys", err)
}

// RecordPoll stores what a poll brought: the source's state, and the articles
// not known before with their tags, each queued for its subscribers. The first
// poll of a source that succeeds is its baseline: its articles, like stale
// ones, are stored and not posted. It reports how many are to be posted.
func (db *DB) RecordPoll(ctx context.Context, now time.Time, p tagwire.Poll) (fresh int, err error) {
	err = db.writer.do(ctx, func(tx *tx) error {
		fresh = 0
		if p.Failed != "" {
			return tx.exec(`UPDATE sources SET fails = fails + 1, last_error = ?, next_poll_ms = ? WHERE id = ?`,
				p.Failed, ms(p.Next), p.Source)
		}
		if p.Unchanged {
			return tx.exec(`UPDATE sources SET fails = 0, last_error = '', last_ok_ms = ?, next_poll_ms = ? WHERE id = ?`,
				ms(now), ms(p.Next), p.Source)
		}
		var baselined bool
		if err := tx.row(`SELECT baselined FROM sources WHERE id = ?`, []any{p.Source}, &baselined); err != nil {
			return err
		}
		for _, a := range p.Articles {
			id, err := tx.insertArticle(p.Source, now, a)
			if err != nil {
				return fmt.Errorf("article %s: %w", a.URL, err)
			}
			if id == 0 || !baselined || a.Stale {
				continue
			}
			if err := tx.exec(`INSERT INTO fanouts (article_id) VALUES (?)`, id); err != nil {
				return err
			}
			fresh++
		}
		failpoint.Hit(failpoint.PollWriting)
		return tx.exec(`UPDATE sources SET fails = 0, last_error = '', last_ok_ms = ?, next_poll_ms = ?,
			etag = ?, last_modified = ?, entries = ?, baselined = 1 WHERE id = ?`,
			ms(now), ms(p.Next), p.ETag, p.LastModified, p.Entries, p.Source)
	})
	failpoint.Hit(failpoint.PollRecorded)
	return fresh, wrap("record poll", err)
}
