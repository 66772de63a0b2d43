package app

import (
	"context"
	"time"

	"tagwire/internal/dispatch"
	"tagwire/store"
)

// Backup copies the database into a new file, also while the service runs.
func Backup(ctx context.Context, o Options, to string) error {
	return store.Backup(ctx, o.Config.DatabasePath, to)
}

// Restored is what Restore did.
type Restored = store.Restored

// Restore makes a backup the database, while no service runs, so that nothing
// is sent twice. With force a database that exists is kept aside.
func Restore(ctx context.Context, o Options, from string, force bool) (Restored, error) {
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	return store.Restore(ctx, now(), from, o.Config.DatabasePath, force, dispatch.Match)
}
