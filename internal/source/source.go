package source

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"tagwire/internal/tagwire"
)

// defaultItems bounds the entries kept of one document.
const defaultItems = 200

// Document is what a source answered.
type Document struct {
	Body        []byte
	URL         string // where it was found; relative links are resolved against it
	ContentType string
}

// Error says why a document cannot be read, in words for the operator.
type Error struct{ Reason string }

// Error is the reason.
func (e *Error) Error() string { return e.Reason }

func refuse(format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...)}
}

// Follow is the error of a document that holds no entries but names others that
// do: an index of sitemaps. The most promising address comes first.
type Follow struct{ URLs []string }

// Error says what was found.
func (f *Follow) Error() string {
	return fmt.Sprintf("this is an index of %d sitemaps", len(f.URLs))
}

// kind is how one kind of source is read.
type kind struct {
	decode func(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error)
	// listing is set where a document only lists articles: what each one says is
	// on its own page.
	listing bool
}

// kinds are the kinds of source. A new one is a file and a line here.
func kinds() map[tagwire.SourceKind]kind {
	return map[tagwire.SourceKind]kind{
		tagwire.Feed:    {decode: decodeFeed},
		tagwire.Page:    {decode: decodePage, listing: true},
		tagwire.Sitemap: {decode: decodeSitemap, listing: true},
	}
}

// Lists reports whether the documents of a kind only list articles, so that each
// article's page has to be read with DecodeArticle.
func Lists(k tagwire.SourceKind) bool { return kinds()[k].listing }

// Decode reads the entries of a source's document, in the order they are listed.
// Its errors are an *Error or a *Follow.
func Decode(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error) {
	k, ok := kinds()[src.Kind]
	if !ok {
		return nil, refuse("the kind %q is not known", src.Kind)
	}
	if len(bytes.TrimSpace(doc.Body)) == 0 {
		return nil, refuse("the answer is empty")
	}
	if what := binary(doc); what != "" && src.Kind != tagwire.Sitemap {
		return nil, refuse("this is %s, not a news list", what)
	}
	entries, err := k.decode(src, doc, now)
	if err != nil {
		return nil, err
	}
	return tidy(entries, keep(src)), nil
}

// keep is how many entries of a document are kept.
func keep(src tagwire.Source) int {
	if src.MaxItems <= 0 || src.MaxItems > maxItems {
		return defaultItems
	}
	return src.MaxItems
}

// tidy drops what cannot be an article and what is listed twice, and takes away
// identities that do not identify: some feeds give every entry the same guid.
func tidy(entries []tagwire.Entry, limit int) []tagwire.Entry {
	titles := map[string]string{} // by guid
	shared := map[string]bool{}
	for _, e := range entries {
		if t, ok := titles[e.ID]; ok && t != e.Title {
			shared[e.ID] = true
		}
		titles[e.ID] = e.Title
	}
	seen := map[[3]string]bool{}
	out := entries[:0]
	for _, e := range entries {
		if shared[e.ID] {
			e.ID = ""
		}
		key := [3]string{e.ID, e.URL, e.Title}
		if e.URL == "" || seen[key] {
			continue
		}
		seen[key] = true
		if out = append(out, e); len(out) == limit {
			break
		}
	}
	return out
}

// binary names what a document is if it is plainly no text.
func binary(doc Document) string {
	for magic, what := range map[string]string{
		"%PDF-": "a PDF file", "\x89PNG": "a picture", "\xFF\xD8\xFF": "a picture", "GIF8": "a picture",
		"PK\x03\x04": "a ZIP or Office file", "\x1F\x8B": "a packed file", "\xD0\xCF\x11\xE0": "an Office file",
	} {
		if bytes.HasPrefix(doc.Body, []byte(magic)) {
			return what
		}
	}
	ct := strings.ToLower(doc.ContentType)
	for _, prefix := range []string{"image/", "video/", "audio/", "font/", "application/pdf", "application/zip"} {
		// "image/svg+xml" and the like are text, but no news either.
		if strings.HasPrefix(ct, prefix) {
			return "of type " + strings.TrimSpace(strings.Split(ct, ";")[0])
		}
	}
	return ""
}
