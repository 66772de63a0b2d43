package store

import (
	"context"
	"errors"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// probeSize is more than what a small write finds room for on a full disk.
const probeSize = 256 << 10

// Ping reports whether the database can be written. After a write that failed
// by the fault of the disk it is not content with less than a large one that
// succeeds: on a full disk small writes go well now and then.
func (db *DB) Ping(ctx context.Context) error {
	err := db.writer.do(ctx, func(tx *tx) error {
		return tx.exec(`UPDATE sources SET fails = fails WHERE id = -1`)
	})
	// Taken back before the try: one that fails, here or elsewhere, sets it again.
	if err != nil || !db.writer.ill.Swap(false) {
		return wrap("ping", err)
	}
	for _, do := range []func(tx *tx) error{
		func(tx *tx) error { return tx.exec(`INSERT INTO probes (filler) VALUES (zeroblob(?))`, probeSize) },
		func(tx *tx) error { return tx.exec(`DELETE FROM probes`) },
	} {
		if err := db.writer.do(ctx, do); err != nil {
			db.writer.ill.Store(true)
			return wrap("ping", err)
		}
	}
	return nil
}

// diskFault reports an error that is no fault of the write.
func diskFault(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY:
		return true
	}
	return false
}
