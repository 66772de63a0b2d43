package fetch

import (
	"context"
	"net/http"
	"time"
)

// Options are what a Client needs; the zero value is a client for the open web.
type Options struct {
	// Transport answers requests in place of the network, for tests and the demo.
	// With it there is no dialing, and so no check of addresses.
	Transport http.RoundTripper
	// AllowPrivate lets sources live on private and loopback addresses and on any
	// port, and asks no patience towards them.
	AllowPrivate bool
	UserAgent    string
	Now          func() time.Time // reads dates in Retry-After; nil: time.Now
}

// Request asks for one document. ETag and LastModified are those of the copy we
// have: the server may then answer that nothing changed.
type Request struct {
	URL, ETag, LastModified, Accept string
	MaxBytes                        int64 // 0: the limit of the package
}

// Response is a document, or word that it has not changed.
type Response struct {
	Status       int
	Body         []byte
	URL          string // where it was found, after redirects
	ContentType  string
	ETag         string
	LastModified string
	NotModified  bool
}

// Client gets documents. It is safe for concurrent use.
type Client struct{}

// New is a client with the options.
func New(Options) *Client { return &Client{} }

// Get gets one document. The error is an *Error, or the context's.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	return Response{}, ctx.Err()
}
