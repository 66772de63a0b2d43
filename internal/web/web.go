// Package web serves what an operator's monitoring asks for over HTTP: /healthz
// and /metrics. It shows states and counts only; nothing it serves names a chat,
// a user or a secret, and nothing can be changed through it.
package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// healthTimeout bounds the checks: a monitor that gets no answer learns less
// than one that gets a red one.
const healthTimeout = 5 * time.Second

// Options are what the handler needs.
type Options struct {
	Metrics *metrics.Set                     // nil: process metrics only
	Health  func(ctx context.Context) Health // nil: always well
	Version string
	Log     *slog.Logger
}

// Health is the state of the program: red as soon as one check is.
type Health struct{ Checks []Check }

// Check is the state of one part.
type Check struct {
	Name   string `json:"name"` // such as "database"
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // for the operator; never a secret
}

// OK reports whether every check is well.
func (h Health) OK() bool {
	for _, c := range h.Checks {
		if !c.OK {
			return false
		}
	}
	return true
}

// Handler serves GET /healthz (JSON; 200 when all is well, else 503) and
// GET /metrics (Prometheus text).
func Handler(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Log = o.Log.With("component", "web")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", o.healthz)
	mux.HandleFunc("GET /metrics", o.metrics)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "tagwire %s\n\n/healthz  is everything well?\n/metrics  counts, for Prometheus\n", o.Version)
	})
	return hardened(mux)
}

// hardened sets the headers every answer carries.
func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (o Options) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	h := o.health(ctx)
	if r.Context().Err() != nil {
		return // whoever asked is gone
	}
	answer := struct {
		Status  string  `json:"status"`
		Version string  `json:"version,omitempty"`
		Checks  []Check `json:"checks"`
	}{"ok", o.Version, append([]Check{}, h.Checks...)}
	code := http.StatusOK
	if !h.OK() {
		answer.Status, code = "red", http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		o.Log.Debug("health not delivered", "err", err)
	}
}

// health runs the checks. One that hangs or panics is itself the finding.
func (o Options) health(ctx context.Context) Health {
	if o.Health == nil {
		return Health{}
	}
	result := make(chan Health, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				o.Log.Error("panic in a health check", "panic", fmt.Sprint(v))
				result <- Health{[]Check{{Name: "health", Detail: "a check panicked; see the log"}}}
			}
		}()
		result <- o.Health(ctx)
	}()
	select {
	case h := <-result:
		return h
	case <-ctx.Done():
		return Health{[]Check{{Name: "health", Detail: fmt.Sprintf("no answer within %s", healthTimeout)}}}
	}
}

func (o Options) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	if r.Method == http.MethodHead {
		return
	}
	if o.Version != "" {
		fmt.Fprintf(w, "tagwire_build_info{version=%q} 1\n", o.Version)
	}
	if o.Metrics != nil {
		o.Metrics.WritePrometheus(w)
	}
	metrics.WriteProcessMetrics(w)
}

// Server is an http.Server for h with limits that a stray client cannot wear
// down. The caller listens and shuts it down.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	if log != nil {
		s.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	}
	return s
}
