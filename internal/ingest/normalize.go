package ingest

import (
	"time"

	"tagwire/internal/tagwire"
)

// Normalize makes an article of an entry. The error says why it cannot be one.
func Normalize(e tagwire.Entry, src tagwire.Source, now time.Time) (tagwire.Article, error) {
	return tagwire.Article{}, nil
}

// Keys are what makes two articles of the source the same; one in common
// suffices.
func Keys(e tagwire.Entry, src tagwire.Source) []string { return nil }
