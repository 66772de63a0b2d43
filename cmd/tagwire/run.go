package main

import (
	"errors"

	"github.com/spf13/cobra"

	"tagwire/internal/app"
	"tagwire/internal/config"
)

func runCommand(environ []string) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Run the bot until it is interrupted",
		Long: "Run the bot until it is interrupted (Ctrl-C or SIGTERM).\n" +
			"Settings come from the environment and from a file .env here; see .env.example.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(environ, dotenv)
			if err := errors.Join(err, c.Validate()); err != nil {
				return err
			}
			options, err := forCrashes(app.Options{Config: c, Version: version(), Log: newLog(c, cmd.ErrOrStderr())}, environ)
			if err != nil {
				return err
			}
			a, err := app.New(cmd.Context(), options)
			if err != nil {
				return err
			}
			return a.Run(cmd.Context())
		},
	}
}
