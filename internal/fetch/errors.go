package fetch

import "time"

// Error is a failure to get a document, in words for the operator.
type Error struct {
	URL        string
	Status     int    // of the answer, 0 without one
	Reason     string // "the server answered 404 (not found)"
	RetryAfter time.Duration
	Err        error
}

// Error is the reason alone: whoever reports it knows the source.
func (e *Error) Error() string { return e.Reason }

// Unwrap gives the cause, if another error was it.
func (e *Error) Unwrap() error { return e.Err }
