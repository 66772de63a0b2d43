package emulator

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// SiteFault is a way in which a site misbehaves; see the functions that make
// one. It lasts until Heal.
type SiteFault struct {
	Name  string
	down  bool
	serve func(w http.ResponseWriter, r *http.Request, healthy webPage)
}

type placedFault struct {
	SiteFault
	prefixes []string
}

// Break makes a site misbehave: on paths that begin with one of the prefixes,
// or everywhere if none is given. Of several faults the latest that fits counts.
func (w *Web) Break(site string, f SiteFault, prefixes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.find(site); s != nil {
		s.faults = append(s.faults, placedFault{f, prefixes})
	}
}

// Heal takes all faults of a site away.
func (w *Web) Heal(site string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.find(site); s != nil {
		s.faults = nil
	}
}

func (s *newsroom) fault(path string) *SiteFault {
	for i := len(s.faults) - 1; i >= 0; i-- {
		f := s.faults[i]
		if len(f.prefixes) == 0 {
			return &f.SiteFault
		}
		for _, p := range f.prefixes {
			if strings.HasPrefix(path, p) {
				return &f.SiteFault
			}
		}
	}
	return nil
}

// SiteDown refuses the connection (through Transport), or drops it.
func SiteDown() SiteFault {
	return SiteFault{Name: "down", down: true, serve: func(http.ResponseWriter, *http.Request, webPage) {
		panic(http.ErrAbortHandler)
	}}
}

// SiteReset takes the request and drops the connection.
func SiteReset() SiteFault {
	return SiteFault{Name: "reset", serve: func(http.ResponseWriter, *http.Request, webPage) {
		panic(http.ErrAbortHandler)
	}}
}

// SiteStatus answers with a status code, and with Retry-After if not zero.
func SiteStatus(code int, retryAfter time.Duration) SiteFault {
	return SiteFault{Name: "status " + strconv.Itoa(code), serve: func(w http.ResponseWriter, _ *http.Request, _ webPage) {
		if retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		io.WriteString(w, "<html><head><title>"+http.StatusText(code)+"</title></head><body><center><h1>"+
			strconv.Itoa(code)+" "+http.StatusText(code)+"</h1></center></body></html>\n")
	}}
}

// SiteRedirect answers with a permanent redirect to another address.
func SiteRedirect(to string) SiteFault {
	return SiteFault{Name: "redirect", serve: func(w http.ResponseWriter, r *http.Request, _ webPage) {
		http.Redirect(w, r, to, http.StatusMovedPermanently)
	}}
}

// SiteHTML answers 200 with a page for people ("we are being renovated") where a
// feed or an article was asked for.
func SiteHTML() SiteFault {
	return SiteFault{Name: "html", serve: func(w http.ResponseWriter, _ *http.Request, _ webPage) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<!doctype html><html lang="en"><head><title>Back soon</title></head>`+
			`<body><h1>We are being renovated</h1><p>Please come back in an hour.<br>The editors</p></body></html>`)
	}}
}

// SiteHuge answers 200 with this many bytes of something that begins like a feed
// and never ends; they are made as they are read.
func SiteHuge(size int64) SiteFault {
	return SiteFault{Name: "huge", serve: func(w http.ResponseWriter, r *http.Request, healthy webPage) {
		w.Header().Set("Content-Type", healthy.contentType)
		w.WriteHeader(http.StatusOK)
		head := `<?xml version="1.0"?><rss version="2.0"><channel><title>Huge</title><item><title>All of it</title><description>`
		n, err := io.WriteString(w, head)
		chunk := bytes.Repeat([]byte("copper and nickel "), 2048)
		for sent := int64(n); err == nil && sent < size && r.Context().Err() == nil; sent += int64(n) {
			n, err = w.Write(chunk[:min(int64(len(chunk)), size-sent)])
		}
	}}
}

// SiteEmpty answers 200 with nothing at all.
func SiteEmpty() SiteFault {
	return SiteFault{Name: "empty", serve: func(w http.ResponseWriter, _ *http.Request, healthy webPage) {
		w.Header().Set("Content-Type", healthy.contentType)
		w.WriteHeader(http.StatusOK)
	}}
}

// SiteSlow answers as usual, after a delay.
func SiteSlow(delay time.Duration) SiteFault {
	return SiteFault{Name: "slow", serve: func(w http.ResponseWriter, r *http.Request, healthy webPage) {
		wait := time.NewTimer(delay)
		defer wait.Stop()
		select {
		case <-wait.C:
			healthy.serve(w, r)
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}}
}

// SiteTruncated breaks the connection in the middle of the body.
func SiteTruncated() SiteFault {
	return SiteFault{Name: "truncated", serve: func(w http.ResponseWriter, _ *http.Request, healthy webPage) {
		w.Header().Set("Content-Type", healthy.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(healthy.body)))
		w.WriteHeader(http.StatusOK)
		w.Write(healthy.body[:len(healthy.body)/2])
		panic(http.ErrAbortHandler)
	}}
}

// declared finds where an XML or HTML document names its charset.
var declared = regexp.MustCompile(`(?i)(encoding=|charset=)(["']?)utf-8`)

// SiteMislabelled serves UTF-8 and claims that it is another charset, in the
// header and in the document.
func SiteMislabelled(charset string) SiteFault {
	return SiteFault{Name: "mislabelled " + charset, serve: func(w http.ResponseWriter, _ *http.Request, healthy webPage) {
		body := declared.ReplaceAll(healthy.body, []byte("${1}${2}"+charset))
		w.Header().Set("Content-Type", strings.ReplaceAll(healthy.contentType, "utf-8", charset))
		w.Write(body)
	}}
}

// SiteLatin serves Latin-1 bytes and claims that they are UTF-8: what is beyond
// ASCII is invalid. Letters that Latin-1 lacks become a lone byte, too.
func SiteLatin() SiteFault {
	return SiteFault{Name: "latin", serve: func(w http.ResponseWriter, _ *http.Request, healthy webPage) {
		var out []byte
		for _, r := range string(healthy.body) {
			out = append(out, byte(r))
		}
		w.Header().Set("Content-Type", healthy.contentType)
		w.Write(out)
	}}
}
