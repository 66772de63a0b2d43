// Package web serves what an operator's monitoring asks for over HTTP: /healthz
// and /metrics. It shows states and counts only; nothing it serves names a chat,
// a user or a secret, and nothing can be changed through it.
package web

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/VictoriaMetrics/metrics"
)

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
	Name   string
	OK     bool
	Detail string // for the operator; never a secret
}

// Handler serves GET /healthz (JSON; 200 when all is well, else 503) and
// GET /metrics (Prometheus text).
func Handler(o Options) http.Handler { return nil }

// Server is an http.Server for h with limits that a stray client cannot wear
// down. The caller listens and shuts it down.
func Server(h http.Handler, log *slog.Logger) *http.Server { return nil }
