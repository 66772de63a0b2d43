package source

import (
	"time"

	"tagwire/internal/tagwire"
)

// Document is what a source answered.
type Document struct {
	Body        []byte
	URL         string // where it was found; relative links are resolved against it
	ContentType string
}

// Decode reads the entries of a source's document, in the order they are listed.
func Decode(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error) {
	return nil, nil
}

// DecodeArticle reads an article's page; what the page does not tell is taken
// from the entry as it was listed.
func DecodeArticle(src tagwire.Source, doc Document, listed tagwire.Entry, now time.Time) (tagwire.Entry, error) {
	return listed, nil
}
