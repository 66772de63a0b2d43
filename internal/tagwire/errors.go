package tagwire

import "errors"

// ErrNotFound says that the store holds no such thing.
var ErrNotFound = errors.New("not found")
