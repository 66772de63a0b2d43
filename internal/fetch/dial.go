package fetch

import (
	"context"
	"net"
	"net/http"
	"syscall"

	"code.dny.dev/ssrf"
)

// dialing is the transport of the open web. The address is checked when it is
// dialed: after the name was resolved, and again on each redirect, so neither a
// name that points inside nor one that changes its mind gets through.
func dialing(allowPrivate bool) http.RoundTripper {
	d := &net.Dialer{Timeout: dialTimeout}
	if !allowPrivate {
		guard := ssrf.New()
		d.ControlContext = func(_ context.Context, network, address string, c syscall.RawConn) error {
			return guard.Safe(network, address, c)
		}
	}
	return &http.Transport{
		Proxy:                  nil, // with a proxy only the proxy's address would be checked
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           maxInFlight,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        idleTimeout,
		DisableCompression:     true, // readBody decompresses behind a limit
	}
}
