package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tagwire/internal/tagwire"
)

// Restored is what Restore did.
type Restored struct {
	// Held are messages that waited when the backup was made. They are dead, for
	// an operator to judge: they may have been sent since.
	Held int
	// Digested are articles that waited for a digest which fell due since; they
	// are taken as sent.
	Digested int
	// Sources are read afresh, as a baseline: what they published since the backup
	// is stored and not posted.
	Sources int
	// Aside is where the database that was replaced is kept, empty if there was
	// none.
	Aside string
}

// Restore makes the backup from the database at path, in a way that sends
// nothing twice: what became of the messages since the backup was made is not
// known, so none goes out by itself. match says who would have got the articles
// that were just being handed out.
//
// No process may have the database open. One that exists is kept aside if force
// is set, else nothing is done. A kill at any moment leaves the old database or
// the new one, or (for an instant, with force) the old one under its new name.
func Restore(ctx context.Context, now time.Time, from, path string, force bool,
	match func(tagwire.Article, tagwire.Subscriber) tagwire.Match) (done Restored, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("store: restore %s: %w", from, err)
		}
	}()
	if err := makeFolder(path); err != nil {
		return done, err
	}
	release, err := lock(ctx, path)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, release()) }()
	aside := path + ".before-restore-" + now.UTC().Format("20060102-150405")
	exists, err := present(path)
	switch {
	case err != nil:
		return done, err
	case exists && !force:
		return done, fmt.Errorf("%s exists; with --force it is kept as %s and replaced", path, aside)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restoring-*")
	if err != nil {
		return done, err
	}
	fresh := f.Name()
	defer func() { err = errors.Join(err, removeDatabase(fresh)) }()
	// A copy of a live database's files has its last changes in the second one.
	if err := errors.Join(f.Close(), copyFile(from, fresh), ignoreMissing(copyFile(from+"-wal", fresh+"-wal"))); err != nil {
		return done, err
	}
	if err := checkCopy(ctx, fresh); err != nil {
		return done, err
	}
	if done, err = quieten(ctx, now, fresh, match); err != nil {
		return done, err
	}
	if left, err := present(fresh + "-wal"); left || err != nil {
		return done, cmp.Or(err, errors.New("its changes could not be merged into one file"))
	}
	if err := syncFile(fresh); err != nil {
		return done, err
	}
	if exists {
		done.Aside = aside
	}
	// The database goes first: its WAL without it does no harm, it without its WAL
	// would be an old state that looks whole.
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := ignoreMissing(os.Rename(path+suffix, aside+suffix)); err != nil {
			return done, err
		}
	}
	return done, os.Rename(fresh, path)
}

// quieten brings a restored database up to date and makes it send nothing of
// what it had in hand.
func quieten(ctx context.Context, now time.Time, path string,
	match func(tagwire.Article, tagwire.Subscriber) tagwire.Match) (done Restored, err error) {
	db, err := open(ctx, path)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for more := true; more; {
		if more, err = db.FanOut(ctx, now, 1000, match); err != nil {
			return done, err
		}
	}
	err = db.writer.do(ctx, func(tx *tx) error {
		// Answers to what people asked long ago would only puzzle them.
		err := tx.exec(`UPDATE deliveries SET state = 'dropped', reason = ?, done_ms = ?
			WHERE state IN ('queued', 'leased') AND class = 0`, tagwire.ReasonRestored, ms(now))
		if err != nil {
			return err
		}
		held, err := tx.changed(`UPDATE deliveries SET state = 'dead', reason = ?, done_ms = ?
			WHERE state IN ('queued', 'leased')`, tagwire.ReasonRestored, ms(now))
		if err != nil {
			return err
		}
		if err := tx.exec(`UPDATE lanes SET leased = 0, replies = 0, class = 9`); err != nil {
			return err
		}
		sources, err := tx.changed(`UPDATE sources SET baselined = 0, etag = '', last_modified = '', next_poll_ms = ?`, ms(now))
		if err != nil {
			return err
		}
		digested, err := tx.passDigests(now)
		done = Restored{Held: int(held), Digested: digested, Sources: int(sources)}
		return err
	})
	return done, wrap("quieten", err)
}

// passDigests takes every digest that fell due by now as sent, and reports how
// many articles waited for one.
func (t *tx) passDigests(now time.Time) (articles int, err error) {
	var due []tagwire.Chat
	err = t.rows(`SELECT `+chatColumns+` FROM chats c WHERE c.next_digest_ms BETWEEN 1 AND ?`, []any{ms(now)}, func(rows *sql.Rows) error {
		c, err := scanChat(rows)
		due = append(due, c)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, c := range due {
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			zone = time.UTC
		}
		next, _ := c.Rhythm.Next(now, zone)
		if err := t.exec(`UPDATE chats SET next_digest_ms = ? WHERE id = ?`, ms(next), c.ID); err != nil {
			return 0, err
		}
		n, err := t.changed(`DELETE FROM digest_items WHERE chat_id = ?`, c.ID)
		if err != nil {
			return 0, err
		}
		articles += int(n)
	}
	return articles, nil
}

func present(path string) (bool, error) {
	_, err := os.Lstat(path)
	return err == nil, ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
