package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"tagwire/internal/failpoint"
)

// maxGroup bounds how many writes share one commit, and so how long the first
// of them waits for the last.
const maxGroup = 64

// writer runs all writes on one connection, one after the other. Those that
// wait while a commit is under way are committed together; each is rolled back
// alone when it fails.
type writer struct {
	db      *sql.DB
	tx      *tx
	queue   chan write
	stopped chan struct{}
	done    chan struct{}
	ill     atomic.Bool // a write failed by the fault of the disk; see Ping
}

type write struct {
	run    func(*tx) error
	result chan error
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		db:      db,
		tx:      &tx{conn: conn, stmts: map[string]*sql.Stmt{}},
		queue:   make(chan write, maxGroup),
		stopped: make(chan struct{}),
		done:    make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// do runs fn in a transaction and returns once it is committed. A context that
// ends while the write is queued or under way does not undo it.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	op := write{run: fn, result: make(chan error, 1)}
	select {
	case w.queue <- op:
	case <-w.stopped:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-op.result:
		return err
	case <-w.done:
		// The loop may have answered just before it ended.
		select {
		case err := <-op.result:
			return err
		default:
			return errClosed
		}
	}
}

var errClosed = errors.New("store: the database is closed")

func (w *writer) close() error {
	close(w.stopped)
	<-w.done
	return errors.Join(w.tx.close(), w.db.Close())
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case first := <-w.queue:
			w.commit(w.group(first))
		case <-w.stopped:
			for { // what was accepted is carried out
				select {
				case first := <-w.queue:
					w.commit(w.group(first))
				default:
					return
				}
			}
		}
	}
}

func (w *writer) group(first write) []write {
	ops := []write{first}
	for len(ops) < maxGroup {
		select {
		case op := <-w.queue:
			ops = append(ops, op)
		default:
			return ops
		}
	}
	return ops
}

func (w *writer) commit(ops []write) {
	errs := make([]error, len(ops))
	err := w.tx.exec("BEGIN IMMEDIATE")
	if err == nil {
		for i, op := range ops {
			var lost bool
			if errs[i], lost = w.savepoint(op.run); lost {
				// What the others wrote is gone, and what came now would be a transaction
				// of its own, committed and yet reported as failed.
				err = errs[i]
				break
			}
		}
		failpoint.Hit(failpoint.CommitBefore)
		if err == nil {
			err = w.tx.exec("COMMIT")
		}
		if err != nil {
			w.tx.abandon()
		}
		failpoint.Hit(failpoint.CommitAfter)
	}
	for i, op := range ops {
		if err != nil && errs[i] == nil {
			errs[i] = fmt.Errorf("store: commit: %w", err)
		}
		if diskFault(errs[i]) {
			w.ill.Store(true)
		}
		op.result <- errs[i]
	}
}

// savepoint runs one write so that its failure, or its panic, undoes only it.
// The transaction is lost when that is not to be had: SQLite ends it by itself
// where the disk is full or fails.
func (w *writer) savepoint(run func(*tx) error) (err error, lost bool) {
	if err := w.tx.exec("SAVEPOINT write"); err != nil {
		return err, true
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: panic in a write: %v", p)
		}
		var undone error
		if err != nil {
			undone = w.tx.exec("ROLLBACK TO write")
		}
		if undone == nil {
			undone = w.tx.exec("RELEASE write")
		}
		err, lost = errors.Join(err, undone), undone != nil
	}()
	return run(w.tx), false
}

// tx is the writer's connection inside a transaction. Its statements are
// prepared once.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func (t *tx) close() error {
	var errs []error
	for _, s := range t.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, t.conn.Close())...)
}

// abandon ends a transaction whose commit failed, so that the next can begin.
// SQLite may have rolled it back by itself; then this fails, which is fine.
func (t *tx) abandon() { _ = t.exec("ROLLBACK") }

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = s
	return s, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.execResult(query, args...)
	return err
}

func (t *tx) execResult(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// changed runs a statement and reports how many rows it touched.
func (t *tx) changed(query string, args ...any) (int64, error) {
	res, err := t.execResult(query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row scans the only row of a query; tagwire.ErrNotFound if there is none.
func (t *tx) row(query string, args []any, dest ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	return notFound(s.QueryRow(args...).Scan(dest...))
}

// rows calls scan for each row of a query.
func (t *tx) rows(query string, args []any, scan func(*sql.Rows) error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.Query(args...)
	return eachRow(rows, err, scan)
}

func eachRow(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// query calls scan for each row of a query on the readers' connections. All our
// queries are constants, so each is prepared once.
func (db *DB) query(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	prepared, ok := db.prepared.Load(query)
	if !ok {
		s, err := db.reader.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		var raced bool
		if prepared, raced = db.prepared.LoadOrStore(query, s); raced {
			s.Close()
		}
	}
	rows, err := prepared.(*sql.Stmt).QueryContext(ctx, args...)
	return eachRow(rows, err, scan)
}
