package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// WebOptions of a Web. The zero value is a web of empty sites on the real clock.
type WebOptions struct {
	// Now is the clock that dates publications; nil is time.Now.
	Now func() time.Time
	// Backlog is how many sample articles each site carries from the start,
	// dated in the hours before.
	Backlog int
}

var _ refuser = (*Web)(nil)

// Web is the news sites of the outside world: an http.Handler that answers by
// Host, and the publisher's side of each. A Host it does not know is answered
// 404. It is safe for concurrent use.
type Web struct {
	now   func() time.Time
	mu    sync.Mutex
	sites []*newsroom
	log   []SiteRequest
}

// Site describes one of the bundled sites.
type Site struct {
	Key      string // names it in the driver: lantern, qingshi, harbour
	Name     string
	Host     string
	Kind     string // rss, atom or page
	Source   string // the address to poll: the feed, or the list page
	Language string
}

// SiteRequest is a request that a site answered.
type SiteRequest struct {
	At              time.Time
	Method          string
	Host, Path      string
	UserAgent       string
	IfNoneMatch     string
	IfModifiedSince string
	Status          int // 0 if the connection broke
	Bytes           int64
}

// newsroom is a site with what it has published.
type newsroom struct {
	Site
	samples   []SiteArticle
	templates *template.Template
	next      int           // of the samples; beyond their number a follow-up
	articles  []SiteArticle // in the order of publication
	faults    []placedFault
}

// NewWeb makes the three sites: lantern (RSS, English), qingshi (Atom, Chinese)
// and harbour (HTML without a feed, English).
func NewWeb(o WebOptions) *Web {
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Web{now: o.Now, sites: newsrooms()}
	for _, s := range w.sites {
		for i := range o.Backlog {
			age := time.Duration(o.Backlog-i)*3*time.Hour - 40*time.Minute
			s.publish(s.nextSample(), o.Now().Add(-age))
		}
	}
	return w
}

// Sites lists the bundled sites.
func (w *Web) Sites() []Site {
	var out []Site
	for _, s := range w.sites {
		out = append(out, s.Site)
	}
	return out
}

// Publish puts the next sample article on the site, dated now. After the last
// sample the first one returns as a follow-up with an address of its own.
func (w *Web) Publish(site string) (SiteArticle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.find(site)
	if s == nil {
		return SiteArticle{}, fmt.Errorf("emulator: no site %q", site)
	}
	return s.publish(s.nextSample(), w.now()), nil
}

// PublishSample puts the named sample on the site, dated now.
func (w *Web) PublishSample(site, slug string) (SiteArticle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.find(site)
	if s == nil {
		return SiteArticle{}, fmt.Errorf("emulator: no site %q", site)
	}
	i := slices.IndexFunc(s.samples, func(a SiteArticle) bool { return a.Slug == slug })
	if i < 0 {
		return SiteArticle{}, fmt.Errorf("emulator: site %s has no sample %q", site, slug)
	}
	return s.publish(s.samples[i], w.now()), nil
}

// PublishArticle puts an article of the caller's making on the site. A zero
// Published becomes now, an empty Slug a number; ID and URL are given by the
// site.
func (w *Web) PublishArticle(site string, a SiteArticle) (SiteArticle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.find(site)
	if s == nil {
		return SiteArticle{}, fmt.Errorf("emulator: no site %q", site)
	}
	at := a.Published
	if at.IsZero() {
		at = w.now()
	}
	return s.publish(a, at), nil
}

// Revise changes an article in place, as publishers do after the fact: same
// address and identity, new words.
func (w *Web) Revise(url string, change func(*SiteArticle)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sites {
		for i := range s.articles {
			if a := &s.articles[i]; a.URL == url {
				kept := *a
				change(a)
				a.ID, a.Slug, a.URL = kept.ID, kept.Slug, kept.URL
				a.Updated = w.now()
				return nil
			}
		}
	}
	return fmt.Errorf("emulator: no article at %s", url)
}

// Articles lists what a site has published, oldest first.
func (w *Web) Articles(site string) []SiteArticle {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.find(site); s != nil {
		return slices.Clone(s.articles)
	}
	return nil
}

// Article finds a published article by its address; a query is disregarded.
func (w *Web) Article(url string) (SiteArticle, bool) {
	url, _, _ = strings.Cut(url, "?")
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sites {
		for _, a := range s.articles {
			if a.URL == url {
				return a, true
			}
		}
	}
	return SiteArticle{}, false
}

// Requests lists the requests answered for a site, oldest first; "" is all.
func (w *Web) Requests(site string) []SiteRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []SiteRequest
	for _, r := range w.log {
		if s := w.find(site); site == "" || s != nil && s.Host == r.Host {
			out = append(out, r)
		}
	}
	return out
}

// find must be called with the lock held, as must all methods of newsroom.
func (w *Web) find(key string) *newsroom {
	for _, s := range w.sites {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// maxLog bounds the request log: a demo may run for weeks.
const maxLog = 10_000

// ServeHTTP answers as the site that the Host names.
func (w *Web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	host := hostOf(r)
	rec := &countingWriter{ResponseWriter: rw}
	defer func() {
		v := recover()
		entry := SiteRequest{
			At: w.now(), Method: r.Method, Host: host, Path: r.URL.RequestURI(), UserAgent: r.UserAgent(),
			IfNoneMatch: r.Header.Get("If-None-Match"), IfModifiedSince: r.Header.Get("If-Modified-Since"),
			Status: rec.status, Bytes: rec.bytes,
		}
		w.mu.Lock()
		if len(w.log) >= maxLog {
			w.log = slices.Delete(w.log, 0, maxLog/10)
		}
		w.log = append(w.log, entry)
		w.mu.Unlock()
		if v != nil {
			panic(v) // http.ErrAbortHandler of a fault
		}
	}()

	w.mu.Lock()
	var answer webPage
	var fault *SiteFault
	i := slices.IndexFunc(w.sites, func(s *newsroom) bool { return s.Host == host })
	if i < 0 {
		answer = notFound(host)
	} else {
		s := w.sites[i]
		answer = s.page(r.URL.Path)
		fault = s.fault(r.URL.Path)
	}
	w.mu.Unlock()

	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		rec.Header().Set("Allow", "GET, HEAD")
		http.Error(rec, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if fault != nil {
		fault.serve(rec, r, answer)
		return
	}
	answer.serve(rec, r)
}

// refuse lets Transport fail the connection itself, so that nothing was sent.
func (w *Web) refuse(r *http.Request) (*http.Request, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sites {
		if s.Host != hostOf(r) {
			continue
		}
		if f := s.fault(r.URL.Path); f != nil && f.down {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
	}
	return r, nil
}

func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return strings.ToLower(host)
}

// webPage is an answer before conditions and faults.
type webPage struct {
	status      int
	contentType string
	body        []byte
	modified    time.Time
}

func notFound(what string) webPage {
	return webPage{status: http.StatusNotFound, contentType: "text/plain; charset=utf-8", body: []byte("404 not found: " + what + "\n")}
}

// serve answers with the page, or 304 where the client has it already.
func (p webPage) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", p.contentType)
	if p.status != http.StatusOK {
		w.WriteHeader(p.status)
		w.Write(p.body)
		return
	}
	sum := sha256.Sum256(p.body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", p.modified, bytes.NewReader(p.body))
}

// countingWriter notes what was answered, for the log.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *countingWriter) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *countingWriter) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach Flush.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
