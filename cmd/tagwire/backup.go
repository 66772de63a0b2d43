package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"tagwire/internal/app"
	"tagwire/internal/config"
)

func backupCommand(environ []string) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database into a new file, also while the bot runs",
		Long: "Copy the database (DATABASE_PATH) into a new file, also while the bot runs.\n" +
			"The copy is of one moment, complete in one file, checked, and readable by its\n" +
			"owner only. A file that exists is not overwritten.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(environ, dotenv)
			if err != nil {
				return err
			}
			if err := app.Backup(cmd.Context(), app.Options{Config: c}, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is copied to %s, and the copy is sound\n", c.DatabasePath, args[0])
			return nil
		},
	}
}
