package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"tagwire/internal/fetch"
	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

// maxFollow bounds the sitemaps read of an index.
const maxFollow = 2

// read fetches and decodes a source's document.
func (i *Ingest) read(ctx context.Context, src tagwire.Source, etag, lastModified string, now time.Time) ([]tagwire.Entry, fetch.Response, error) {
	res, err := i.o.Fetch.Get(ctx, fetch.Request{URL: src.URL, ETag: etag, LastModified: lastModified, Accept: accept(src.Kind)})
	if err != nil || res.NotModified {
		return nil, res, err
	}
	entries, err := i.decode(ctx, src, res, now)
	var index *source.Follow
	if !errors.As(err, &index) {
		return entries, res, err
	}
	// The index may stay the same while what it names changes.
	res.ETag, res.LastModified = "", ""
	var all []tagwire.Entry
	for _, u := range index.URLs[:min(len(index.URLs), maxFollow)] {
		part, err := i.o.Fetch.Get(ctx, fetch.Request{URL: u, Accept: accept(src.Kind)})
		if err != nil {
			return nil, res, err
		}
		entries, err := i.decode(ctx, src, part, now)
		if errors.As(err, &index) {
			return nil, res, errors.New("the index of sitemaps names another index: take one of its sitemaps as the source")
		}
		if err != nil {
			return nil, res, err
		}
		all = append(all, entries...)
	}
	return all, res, nil
}

// decode runs the source's decoder.
func (i *Ingest) decode(ctx context.Context, src tagwire.Source, res fetch.Response, now time.Time) (entries []tagwire.Entry, err error) {
	err = i.guarded(ctx, src, func() error {
		var err error
		entries, err = source.Decode(src, document(res), now)
		return err
	})
	return entries, err
}

// readArticle fetches and decodes the page of a listed entry.
func (i *Ingest) readArticle(ctx context.Context, src tagwire.Source, listed tagwire.Entry, now time.Time) (e tagwire.Entry, err error) {
	res, err := i.o.Fetch.Get(ctx, fetch.Request{URL: listed.URL, Accept: accept(tagwire.Page)})
	if err != nil {
		return tagwire.Entry{}, err
	}
	err = i.guarded(ctx, src, func() error {
		var err error
		e, err = source.DecodeArticle(src, document(res), listed, now)
		return err
	})
	return e, err
}

// guarded runs a decoder: few at once, for they hold many times the size of
// what they read, and with panics made errors, for what they read is anyone's.
func (i *Ingest) guarded(ctx context.Context, src tagwire.Source, decoder func() error) (err error) {
	select {
	case i.parse <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() {
		<-i.parse
		if p := recover(); p != nil {
			i.log.Error("decoder panicked", "source", src.Slug, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("the document made the decoder stumble: %v", p)
		}
	}()
	return decoder()
}

func document(res fetch.Response) source.Document {
	return source.Document{Body: res.Body, URL: res.URL, ContentType: res.ContentType}
}

func accept(k tagwire.SourceKind) string {
	switch k {
	case tagwire.Feed:
		return "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
	case tagwire.Sitemap:
		return "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.5"
	}
	return "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
}
