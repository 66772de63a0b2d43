package main

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"tagwire/internal/app"
	"tagwire/internal/config"
)

func checkCommand(environ []string) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Try the settings, the token, the database and every source",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			well := true
			tell := func(f app.Finding) {
				mark := "ok   "
				if !f.OK {
					mark, well = "FAULT", false
				}
				lines := strings.Split(strings.TrimSpace(f.Detail), "\n")
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %-36s  %s\n", mark, f.What, lines[0])
				for _, line := range lines[1:] {
					fmt.Fprintf(cmd.OutOrStdout(), "%-45s%s\n", "", line)
				}
			}
			c, err := config.Load(environ, dotenv)
			if err != nil {
				tell(app.Finding{What: "settings", Detail: err.Error()})
				return errReported
			}
			settings := app.Finding{What: "settings", OK: true, Detail: "all set"}
			if err := c.Validate(); err != nil {
				settings.OK, settings.Detail = false, err.Error()
			}
			tell(settings)
			app.Check(cmd.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler)}, tell)
			if !well {
				return errReported
			}
			return nil
		},
	}
}
