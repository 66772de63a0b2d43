package fetch

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// hosts gives each host one request at a time, with a pause after each.
type hosts struct {
	mu    sync.Mutex
	gates map[string]*gate
}

// gate is one host's turn. It is forgotten when nobody holds or awaits it.
type gate struct {
	turn chan struct{}
	refs int
}

func newHosts() *hosts { return &hosts{gates: map[string]*gate{}} }

// acquire waits for the turn. The release frees it after the gap.
func (h *hosts) acquire(ctx context.Context, host string, gap time.Duration) (release func(), err error) {
	h.mu.Lock()
	g := h.gates[host]
	if g == nil {
		g = &gate{turn: make(chan struct{}, 1)}
		h.gates[host] = g
	}
	g.refs++
	h.mu.Unlock()

	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		h.forget(host, g)
		return nil, ctx.Err()
	}
	free := func() {
		<-g.turn
		h.forget(host, g)
	}
	if gap <= 0 {
		return free, nil
	}
	return func() { time.AfterFunc(gap, free) }, nil
}

func (h *hosts) forget(host string, g *gate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g.refs--; g.refs == 0 {
		delete(h.gates, host)
	}
}

func hostKey(u *url.URL) string { return strings.ToLower(u.Hostname()) }

// PrivateHost reports whether a host by its name alone is the operator's own: a
// loopback or private address, or a name under a domain reserved for such use
// (RFC 6761). It decides on patience only, never on what may be dialed.
func PrivateHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, name := range []string{"localhost", "test", "example"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}
