// Package app wires the program together and runs it: the same one for the
// binary, the demo and the scenario tests, which replace only the two outside
// worlds (Telegram and the news web) by their emulators.
//
// app.go is the order of things, jobs.go the timetable, connect.go the way to
// Telegram, health.go what /healthz shows, check.go `tagwire check`.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
	_ "time/tzdata" // zones must work on machines that have none

	"github.com/VictoriaMetrics/metrics"
	"golang.org/x/sync/errgroup"

	"tagwire/internal/catalogue"
	"tagwire/internal/config"
	"tagwire/internal/dispatch"
	"tagwire/internal/fetch"
	"tagwire/internal/ingest"
	"tagwire/internal/outbox"
	"tagwire/internal/render"
	"tagwire/internal/schedule"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
	"tagwire/internal/telegram"
	"tagwire/internal/web"
	"tagwire/store"
)

// Options are what an App is made of. Config and Log are required.
type Options struct {
	Config config.Config
	// Catalogue is the sources and tags; nil: as the configuration says.
	Catalogue *catalogue.Catalogue
	// Telegram and Web carry the requests to the Bot API and to the sources; nil:
	// the network.
	Telegram, Web http.RoundTripper
	// Now is the clock of everything; nil: time.Now.
	Now func() time.Time
	// Tick is the cron spec of the duties; empty: every minute.
	Tick string
	// Version is shown by /healthz.
	Version string
	Log     *slog.Logger
}

// App is the program, ready to run.
type App struct {
	Options
	db       *store.DB
	taxonomy *taxonomy.Taxonomy
	render   *render.Renderer
	gateway  *telegram.Gateway
	ingest   *ingest.Ingest
	dispatch *dispatch.Dispatch
	outbox   *outbox.Outbox
	metrics  *metrics.Set
	fanout   chan struct{}
	started  time.Time
	clock    clock
}

// New opens the database and builds the program; Run it, which closes it. It
// calls neither Telegram nor a source.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Tick == "" {
		o.Tick = "* * * * *"
	}
	var err error
	if o.Catalogue, err = loadCatalogue(o); err != nil {
		return nil, err
	}
	tags, err := taxonomy.New(o.Catalogue.Tags)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	a := &App{
		Options:  o,
		taxonomy: tags,
		render:   render.New(o.Catalogue.Tags),
		metrics:  metrics.NewSet(),
		fanout:   make(chan struct{}, 1),
		started:  o.Now(),
	}
	a.gateway, err = telegram.New(telegram.Options{
		Token: o.Config.Token, Endpoint: o.Config.APIURL, Transport: o.Telegram,
		Log: o.Log, Now: o.Now, Metrics: a.metrics,
	})
	if err != nil {
		return nil, err
	}
	if a.db, err = store.Open(ctx, o.Config.DatabasePath); err != nil {
		return nil, err
	}
	a.ingest = a.newIngest()
	a.outbox = outbox.New(outbox.Options{
		Store: a.db, Gateway: a.gateway, Pace: telegram.NewPace(o.Config.SendRate), Rate: o.Config.SendRate, Render: a.render,
		Now: o.Now, Log: o.Log, Metrics: a.metrics,
		// Another program with this token posts the same news: while the two fight,
		// every chat would get everything twice.
		Hold: func() bool { return a.gateway.Status().Fault == tagwire.FaultConflict },
	})
	a.dispatch = dispatch.New(a.db, a.render, o.Log, a.outbox.Wake)
	return a, nil
}

func (a *App) newIngest() *ingest.Ingest {
	return ingest.New(ingest.Options{
		Store: a.db,
		Fetch: fetch.New(fetch.Options{
			Transport: a.Web, AllowPrivate: a.Config.AllowPrivate, Now: a.Now,
		}),
		Sources:   a.Catalogue.Sources,
		Tag:       a.taxonomy.Match,
		Ancestors: a.taxonomy.Ancestors,
		Next: func(spec string, after time.Time) (time.Time, error) {
			return schedule.Next(spec, time.UTC, after)
		},
		AllowPrivate: a.Config.AllowPrivate,
		Log:          a.Log,
		Metrics:      a.metrics,
		Fresh:        a.wakeFanout,
		Now:          a.Now,
	})
}

// Chat is a chat that the program knows, with its settings; tagwire.ErrNotFound
// for any other.
func (a *App) Chat(ctx context.Context, id tagwire.ChatID) (tagwire.Chat, error) {
	return a.db.Chat(ctx, id)
}

// Run runs the program until ctx ends, then stops in order: no new work, the
// requests on the wire are finished and their outcomes recorded, the database
// is closed. The error says what ended the program against the caller's wish.
func (a *App) Run(ctx context.Context) (err error) {
	defer func() {
		a.gateway.Close()
		err = errors.Join(err, a.db.Close())
	}()
	if err := a.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it had begun
		}
		return err
	}
	timetable, err := a.timetable()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if a.Config.HTTPAddr != "" {
		listener, err := net.Listen("tcp", a.Config.HTTPAddr)
		if err != nil {
			return fmt.Errorf("HTTP_ADDR: %w; choose a free address, or off", err)
		}
		group.Go(func() error { return a.serve(ctx, listener) })
	}
	group.Go(func() error { return a.outbox.Run(ctx) })
	group.Go(func() error { return a.converse(ctx) })
	group.Go(func() error { a.keepFanningOut(ctx); return nil })
	group.Go(func() error { timetable.Run(ctx); return nil })
	if err = group.Wait(); unauthorized(err) {
		return refusedToken(err)
	}
	return err
}

// prepare brings the database in line with the clock and the catalogue and takes
// back what an earlier run left on the wire.
func (a *App) prepare(ctx context.Context) error {
	now := a.Now()
	taken, err := a.db.Recover(ctx, now)
	if err != nil {
		return err
	}
	if taken > 0 {
		a.Log.Warn("the last run ended with requests on the wire; they are sent again and may arrive twice", "requests", taken)
	}
	newest, err := a.db.Newest(ctx)
	if err != nil {
		return err
	}
	if err := a.heedClock(ctx, now, newest.Sub(now)); err != nil {
		return err
	}
	return a.db.SyncSources(ctx, now, a.Catalogue.Sources)
}

func (a *App) serve(ctx context.Context, listener net.Listener) error {
	server := web.Server(web.Handler(web.Options{Metrics: a.metrics, Health: a.health, Version: a.Version, Log: a.Log}), a.Log)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		// Open requests get a moment; the context of the program has ended.
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(short); err != nil {
			a.Log.Warn("an HTTP request was cut off", "err", err)
		}
	}()
	a.Log.Info("serving /healthz and /metrics", "addr", listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("app: http: %w", err)
	}
	<-stopped
	return nil
}
