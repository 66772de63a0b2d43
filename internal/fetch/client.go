package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
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
type Client struct {
	transport    http.RoundTripper
	allowPrivate bool
	userAgent    string
	now          func() time.Time
	hosts        *hosts
	flight       chan struct{}
}

// New is a client with the options.
func New(o Options) *Client {
	c := &Client{
		transport:    o.Transport,
		allowPrivate: o.AllowPrivate,
		userAgent:    o.UserAgent,
		now:          o.Now,
		hosts:        newHosts(),
		flight:       make(chan struct{}, maxInFlight),
	}
	if c.transport == nil {
		c.transport = dialing(o.AllowPrivate)
	}
	if c.userAgent == "" {
		c.userAgent = defaultUserAgent
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// Get gets one document, following redirects. The error is an *Error, or the
// context's own when the caller gave up.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	u, err := parse(r.URL)
	if err != nil {
		return Response{}, &Error{URL: r.URL, Reason: err.Error(), Permanent: true}
	}
	if r.MaxBytes <= 0 || r.MaxBytes > maxBytes {
		r.MaxBytes = maxBytes
	}
	// The clock of the whole request starts when the first host is free: waiting
	// for our own turn is not the server's fault.
	leave, err := c.enter(ctx, u)
	if err != nil {
		return Response{}, err
	}
	defer func() { leave() }()
	timed, cancel := context.WithTimeoutCause(ctx, totalTimeout, errTotal)
	defer cancel()
	for hop := 0; ; hop++ {
		res, next, err := c.once(timed, r, u)
		if err != nil || next == nil {
			return res, explain(ctx, timed, u, err)
		}
		if hop == maxRedirects {
			return Response{}, &Error{URL: u.String(), Reason: "the server redirects more than 5 times", Permanent: true}
		}
		// A redirect within the host keeps its turn; to another host it waits there.
		if hostKey(next) != hostKey(u) {
			leave()
			leave = func() {}
			in, err := c.enter(timed, next)
			if err != nil {
				return Response{}, explain(ctx, timed, u, err)
			}
			leave = in
		}
		u = next
	}
}

// once makes one request; next is where a redirect leads.
func (c *Client) once(ctx context.Context, r Request, u *url.URL) (_ Response, next *url.URL, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Response{}, nil, err
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept-Encoding", "gzip")
	if r.Accept != "" {
		req.Header.Set("Accept", r.Accept)
	}
	if r.ETag != "" {
		req.Header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		req.Header.Set("If-Modified-Since", r.LastModified)
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return Response{}, nil, err
	}
	defer res.Body.Close()
	out := Response{
		Status:       res.StatusCode,
		URL:          u.String(),
		ContentType:  res.Header.Get("Content-Type"),
		ETag:         validator(res.Header.Get("ETag")),
		LastModified: validator(res.Header.Get("Last-Modified")),
	}
	switch code := res.StatusCode; {
	case code >= 200 && code <= 203:
		out.Body, err = readBody(res, r.MaxBytes)
		return out, nil, err
	case code == http.StatusNotModified && (r.ETag != "" || r.LastModified != ""):
		out.NotModified = true
		// An answer without validators leaves those that were just confirmed.
		if out.ETag == "" {
			out.ETag = r.ETag
		}
		if out.LastModified == "" {
			out.LastModified = r.LastModified
		}
		return out, nil, nil
	case code == 301 || code == 302 || code == 303 || code == 307 || code == 308:
		next, err = redirect(u, res.Header.Get("Location"))
		return Response{}, next, err
	}
	return Response{}, nil, &Error{
		URL:        u.String(),
		Status:     res.StatusCode,
		Reason:     statusReason(res.StatusCode),
		RetryAfter: retryAfter(res.Header.Get("Retry-After"), c.now()),
		Permanent:  permanent(res.StatusCode),
	}
}

// enter waits for the host's turn and for a place among the requests in flight.
func (c *Client) enter(ctx context.Context, u *url.URL) (leave func(), err error) {
	gap := hostGap
	if c.allowPrivate && PrivateHost(u.Hostname()) {
		gap = 0
	}
	release, err := c.hosts.acquire(ctx, hostKey(u), gap)
	if err != nil {
		return nil, err
	}
	select {
	case c.flight <- struct{}{}:
		return func() { <-c.flight; release() }, nil
	case <-ctx.Done():
		release()
		return nil, ctx.Err()
	}
}

// parse accepts only what we are willing to ask for.
func parse(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, errors.New("the address is longer than 2,048 bytes")
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return nil, errors.New("the address cannot be read: write it as https://host/path")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the address must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("the address names no host")
	case u.User != nil:
		return nil, errors.New("the address must not hold a user name or password")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// redirect is where a Location leads from u.
func redirect(u *url.URL, location string) (*url.URL, error) {
	if location == "" {
		return nil, &Error{URL: u.String(), Reason: "the server redirects without saying where", Permanent: true}
	}
	ref, err := url.Parse(location)
	if err != nil {
		return nil, &Error{URL: u.String(), Reason: "the server redirects to an address that cannot be read", Permanent: true}
	}
	next, err := parse(u.ResolveReference(ref).String())
	if err != nil {
		return nil, &Error{URL: u.String(), Reason: "the server redirects to where we do not go: " + err.Error(), Permanent: true}
	}
	if u.Scheme == "https" && next.Scheme == "http" {
		return nil, &Error{URL: u.String(), Reason: "the server redirects from https to http, which anyone on the way could change", Permanent: true}
	}
	return next, nil
}

// validator drops what is too long to be an honest ETag or date.
func validator(s string) string {
	if len(s) > 1024 {
		return ""
	}
	return s
}
