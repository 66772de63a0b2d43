package storetest

import (
	"testing"
	"time"
)

// Run holds a store to its contract. open opens the store of a place, the path
// of a folder that is empty at first; opened again after Close, the place still
// has what was stored. An engine without files takes the path as a name.
func Run(t *testing.T, open func(t testing.TB, place string) Audited) {
	t.Run("random sequences agree with the model", func(t *testing.T) {
		t.Parallel()
		Random(t, 8*time.Second, open)
	})
}
