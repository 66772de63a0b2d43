// Package demo plays tagwire for people who have no bot token: the whole program
// on the emulated Telegram and news web, in a world with a few chats and people.
//
// Run shows it on a chat page in the browser, on a loopback port; Script plays a
// tour in the terminal, without browser or port. The program is the tested one:
// only the two transports and the clock of its Options are the demo's own. This
// package holds no behaviour of the bot.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"tagwire/internal/app"
	"tagwire/internal/config"
	"tagwire/internal/emulator"
)

// DefaultAddr is where the chat page is served if nothing else is asked for.
const DefaultAddr = "127.0.0.1:8080"

// Options of a demo.
type Options struct {
	// Addr is the loopback address of the chat page, DefaultAddr if empty; its
	// port gives way to a free one if it is taken.
	Addr string
	// Log is the program's; nil shows errors on standard error.
	Log *slog.Logger
	// Out is told where the page is, or shown the tour.
	Out io.Writer
	// Ready, if not nil, is called with the page's address once it is served.
	Ready func(url string)
}

// Run serves the demo until ctx ends.
func Run(ctx context.Context, o Options) error {
	listener, err := listen(o.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	s, err := newStage(ctx, newClock(opening(time.Now())), backlog, o.Log)
	if err != nil {
		return err
	}
	defer s.tidy()

	url := "http://" + listener.Addr().String()
	fmt.Fprintf(o.Out, "tagwire demo: open %s in a browser. Ctrl+C ends it.\n", url)
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.app.Run(running) })
	group.Go(func() error { return serve(running, listener, newPage(s.world, s.app).handler()) })
	if o.Ready != nil {
		o.Ready(url)
	}
	if err := group.Wait(); ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // stopped while it was still starting
}

// stage is the world with the program that plays in it.
type stage struct {
	world *world
	app   *app.App
	dir   string
}

// newStage builds the world and the program, which is not run yet. Its database
// lies in a folder of its own that tidy removes.
func newStage(ctx context.Context, c *clock, backlog int, log *slog.Logger) (*stage, error) {
	w, err := newWorld(c, backlog)
	if err != nil {
		return nil, err
	}
	cat, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	dir, err := os.MkdirTemp("", "tagwire-demo-")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	s := &stage{world: w, dir: dir}
	s.app, err = app.New(ctx, app.Options{
		Config: config.Config{
			Token: w.token, APIURL: "https://api.telegram.org", DatabasePath: filepath.Join(dir, "demo.db"), SendRate: 25,
		},
		Catalogue: cat,
		Telegram:  emulator.Transport(w.telegram),
		Web:       emulator.Transport(w.web),
		Now:       c.Now,
		Tick:      "@every 1s", // the clock jumps, so look often
		Log:       log,
	})
	if err != nil {
		s.tidy()
		return nil, err
	}
	return s, nil
}

func (s *stage) tidy() { os.RemoveAll(s.dir) }

// listen opens a loopback port. The page lets whoever reaches it act as anybody,
// so it is offered to this machine only.
func listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(cmp.Or(addr, DefaultAddr))
	if err != nil {
		return nil, fmt.Errorf("demo: address %q: write host:port, such as %s", addr, DefaultAddr)
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("demo: address %q is not of this machine alone: use 127.0.0.1:%s", addr, port)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("demo: %w; choose another address", err)
	}
	return listener, nil
}

// serve answers until ctx ends; open event streams end with it.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(short) != nil {
			server.Close()
		}
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("demo: %w", err)
	}
	<-stopped
	return nil
}
