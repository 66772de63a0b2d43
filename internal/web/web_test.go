package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/web"
)

func get(t *testing.T, o web.Options, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	web.Handler(o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w
}

func TestHealthz(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		health func(context.Context) web.Health
		code   int
		body   string
	}{
		{"without checks", nil, 200, `{"status":"ok","version":"v1","checks":[]}`},
		{"all well", func(context.Context) web.Health {
			return web.Health{Checks: []web.Check{{Name: "database", OK: true}, {Name: "telegram", OK: true, Detail: "polled 3s ago"}}}
		}, 200, `{"status":"ok","version":"v1","checks":[{"name":"database","ok":true},{"name":"telegram","ok":true,"detail":"polled 3s ago"}]}`},
		{"one is red", func(context.Context) web.Health {
			return web.Health{Checks: []web.Check{{Name: "database", OK: true}, {Name: "telegram", Detail: "another program polls"}}}
		}, 503, `{"status":"red","version":"v1","checks":[{"name":"database","ok":true},{"name":"telegram","ok":false,"detail":"another program polls"}]}`},
		{"a check panics", func(context.Context) web.Health { panic("boom") },
			503, `{"status":"red","version":"v1","checks":[{"name":"health","ok":false,"detail":"a check panicked; see the log"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := get(t, web.Options{Version: "v1", Health: c.health}, "GET", "/healthz")
			if w.Code != c.code || strings.TrimSpace(w.Body.String()) != c.body {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, c.code, c.body)
			}
			if ct := w.Header().Get("Content-Type"); ct != "application/json" {
				t.Errorf("content type %q", ct)
			}
		})
	}
}

func TestHealthz_hangingCheckIsRed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		start := time.Now()
		w := get(t, web.Options{Health: func(context.Context) web.Health {
			<-release
			return web.Health{}
		}}, "GET", "/healthz")
		if w.Code != 503 || !strings.Contains(w.Body.String(), "no answer within 5s") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("answered after %s", took)
		}
		close(release)
	})
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	set := metrics.NewSet()
	set.NewCounter(`tagwire_polls_total{outcome="ok"}`).Add(7)
	w := get(t, web.Options{Metrics: set, Version: "v1"}, "GET", "/metrics")
	for _, want := range []string{`tagwire_polls_total{outcome="ok"} 7`, `tagwire_build_info{version="v1"} 1`, "process_resident_memory_bytes ", "go_goroutines "} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
	if w := get(t, web.Options{}, "GET", "/metrics"); w.Code != 200 || !strings.Contains(w.Body.String(), "go_goroutines") {
		t.Errorf("without a set: %d", w.Code)
	}
}

func TestHandler_nothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/", 200}, {"HEAD", "/healthz", 200}, {"HEAD", "/metrics", 200},
		{"POST", "/healthz", 405}, {"DELETE", "/metrics", 405},
		{"GET", "/debug/pprof/", 404}, {"GET", "/nothing", 404},
	} {
		if w := get(t, web.Options{}, c.method, c.path); w.Code != c.code {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.code)
		}
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := web.Server(web.Handler(web.Options{}), slog.New(slog.NewTextHandler(&log, nil)))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(listener) }()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+listener.Addr().String()+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	// A header without end is cut off.
	req.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	if resp, err := http.DefaultClient.Do(req); err == nil {
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("64 KiB of header: status %d", resp.StatusCode)
		}
		resp.Body.Close()
	}
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 {
		t.Error("a timeout is missing")
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != http.ErrServerClosed {
		t.Error(err)
	}
}
