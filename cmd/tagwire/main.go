// Command tagwire is a Telegram bot that reads industry news, tags it and posts
// it to the groups, topics, channels and people that subscribed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tagwire/internal/config"
	"tagwire/internal/telegram"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(execute(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// errReported ends the program with a fault that was told already.
var errReported = errors.New("reported")

// execute runs a command line and gives the exit code: 0 when all went well, 1
// for a fault.
func execute(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	root := &cobra.Command{
		Use:           "tagwire",
		Short:         "Industry news for Telegram groups: subscribe to tags, get posts and digests",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(runCommand(environ), checkCommand(environ), backupCommand(environ), restoreCommand(environ), demoCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if !errors.Is(err, errReported) {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(errOut, "tagwire:", strings.TrimSpace(line))
		}
	}
	return 1
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// dotenv is the settings file in the working directory; the environment wins
// over it.
const dotenv = ".env"

// newLog writes to w at the level and in the format of the configuration, and
// never the token.
func newLog(c config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if c.LogFormat == "json" {
		h = slog.NewJSONHandler(w, options)
	}
	return slog.New(telegram.Redact(h, c.Token))
}
