package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Error is a failure to get a document, in words for the operator.
type Error struct {
	URL        string
	Status     int    // of the answer, 0 without one
	Reason     string // "the server answered 404 (not found)"
	RetryAfter time.Duration
	// Permanent is set when asking again would most likely fail the same way.
	Permanent bool
	Err       error
}

// Error is the reason alone: whoever reports it knows the source.
func (e *Error) Error() string { return e.Reason }

// Unwrap gives the cause, if another error was it.
func (e *Error) Unwrap() error { return e.Err }

var (
	errTotal = errors.New("total time is up")
	errGzip  = errors.New("broken gzip")
)

// explain puts a failure into words. When the caller's own context ended, that
// is what failed, and its error is returned as it is.
func explain(caller, timed context.Context, u *url.URL, err error) error {
	if err == nil {
		return nil
	}
	if caller.Err() != nil {
		return caller.Err()
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{URL: u.String(), Err: err}
	var (
		dns       *net.DNSError
		unknownCA x509.UnknownAuthorityError
		badName   x509.HostnameError
		badCert   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		timeout   net.Error
		op        *net.OpError
	)
	switch {
	case errors.Is(context.Cause(timed), errTotal):
		e.Reason = fmt.Sprintf("no complete answer within %s", totalTimeout)
	case errors.Is(err, ssrf.ErrProhibitedIP):
		e.Reason, e.Permanent = fmt.Sprintf("the host %s has a private address, where sources may not be", u.Hostname()), true
	case errors.Is(err, ssrf.ErrProhibitedPort):
		e.Reason, e.Permanent = fmt.Sprintf("port %s is not one of the web's, 80 and 443", u.Port()), true
	case errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		e.Reason, e.Permanent = fmt.Sprintf("the host %s has an address that may not be used", u.Hostname()), true
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Reason = fmt.Sprintf("no such host: %s", u.Hostname())
	case errors.As(err, &dns):
		e.Reason = fmt.Sprintf("the name %s could not be looked up", u.Hostname())
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Reason = fmt.Sprintf("%s refused the connection", u.Host)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		e.Reason = fmt.Sprintf("%s cannot be reached from here", u.Host)
	case errors.As(err, &unknownCA), errors.As(err, &badName), errors.As(err, &badCert):
		e.Reason = fmt.Sprintf("the certificate of %s is not valid", u.Hostname())
	case errors.As(err, &record):
		e.Reason = fmt.Sprintf("%s does not speak https", u.Host)
	case errors.Is(err, errGzip):
		e.Reason = "the page is damaged: its gzip packing cannot be undone"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Reason = "the server's answer broke off"
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		e.Reason = fmt.Sprintf("%s cannot be reached: no connection within %s", u.Host, dialTimeout)
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Reason = fmt.Sprintf("no answer from %s within %s", u.Host, headerTimeout)
	default:
		e.Reason = "the page could not be fetched: " + err.Error()
	}
	return e
}

func statusReason(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("the server answered %d (%s)", code, strings.ToLower(text))
	}
	return fmt.Sprintf("the server answered %d", code)
}

// permanent reports whether a status is the server's last word on an address.
func permanent(code int) bool {
	switch code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return code < 500
}

// retryAfter reads the header, which holds seconds or a date. What cannot be
// read asks for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	var d time.Duration
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		d = time.Duration(min(max(n, 0), int64(maxRetryAfter/time.Second))) * time.Second
	} else if t, err := http.ParseTime(value); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}
