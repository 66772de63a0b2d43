package demo

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"tagwire/internal/app"
)

//go:embed page
var pageFiles embed.FS

// page is the chat page: static files, the state of the world as JSON, a stream
// that says when it changed, and the visitor's actions.
type page struct {
	world   *world
	program *app.App
	session string // tells the browser that this is another run of the demo
}

func newPage(w *world, p *app.App) *page {
	return &page{world: w, program: p, session: fmt.Sprint(time.Now().UnixNano())}
}

// The page shows texts that anybody wrote; scripts and styles come from its own
// files only, whatever a text contains.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	sitePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func (p *page) handler() http.Handler {
	mux := http.NewServeMux()
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic("demo: " + err.Error()) // the embedded folder is there
	}
	static := http.FileServerFS(files)
	mux.Handle("GET /{$}", static)
	mux.Handle("GET /page/", http.StripPrefix("/page/", static))
	mux.HandleFunc("GET /web/{host}/{path...}", p.site)
	mux.HandleFunc("GET /api/state", p.state)
	mux.HandleFunc("GET /api/events", p.events)
	for name, act := range map[string]action{
		"say": p.say, "press": p.press, "start": p.start, "join": p.join,
		"publish": p.publish, "skip": p.skip,
	} {
		mux.Handle("POST /api/"+name, p.acting(act))
	}
	return guard(mux)
}

// guard keeps other web pages out: a foreign name that was pointed at this
// machine (by Host) and requests sent from elsewhere (by Origin).
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.Host) {
			http.Error(w, "the demo answers to this machine's own address only", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, "the demo takes orders from its own page only", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func local(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// site shows the news sites, so that the links in posts lead somewhere.
func (p *page) site(w http.ResponseWriter, r *http.Request) {
	known := false
	for _, s := range p.world.web.Sites() {
		known = known || s.Host == r.PathValue("host")
	}
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", sitePolicy)
	out := r.Clone(r.Context())
	out.Host = r.PathValue("host")
	out.URL.Path, out.URL.RawPath = "/"+r.PathValue("path"), ""
	p.world.web.ServeHTTP(w, out)
}

// events tells the browser that the world changed, as server-sent events. What
// changed it asks for itself; bursts become one event.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	var last uint64
	for first := true; ; first = false {
		version, changed := p.world.telegram.Changes()
		if first || version != last {
			last = version
			if _, err := fmt.Fprintf(w, "data: %d\n\n", version); err != nil || out.Flush() != nil {
				return
			}
			if !pause(r.Context(), 60*time.Millisecond) {
				return
			}
			continue
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// pause waits, and reports whether the context lived through it.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}
