package store_test

import (
	"testing"

	"tagwire/store/storetest"
)

func TestStore_conforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.OpenSQLite)
}
