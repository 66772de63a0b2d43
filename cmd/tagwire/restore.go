package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"tagwire/internal/app"
	"tagwire/internal/config"
)

func restoreCommand(environ []string) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a backup the database, so that nothing is sent twice",
		Long: "Make a backup the database (DATABASE_PATH). Stop the bot first.\n\n" +
			"Nobody knows what was sent after the backup was made, so nothing goes out by\n" +
			"itself that may have been:\n" +
			"  - messages that waited then are kept for you: an operator (OPERATOR_IDS)\n" +
			"    reviews them with /dead and sends them again with a press;\n" +
			"  - answers that waited are dropped; people ask again;\n" +
			"  - digests that fell due since are taken as sent; the next ones come on time;\n" +
			"  - every source is read once without posting: what it published since the\n" +
			"    backup is found with /latest.\n" +
			"What people set after the backup was made is lost.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(environ, dotenv)
			if err != nil {
				return err
			}
			done, err := app.Restore(cmd.Context(), app.Options{Config: c}, args[0], force)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s is restored from %s\n", c.DatabasePath, args[0])
			if done.Aside != "" {
				fmt.Fprintf(out, "the database before is kept as %s\n", done.Aside)
			}
			fmt.Fprintf(out, "messages that waited, for /dead: %d\n", done.Held)
			fmt.Fprintf(out, "articles of digests since, taken as sent: %d\n", done.Digested)
			fmt.Fprintf(out, "sources to be read without posting: %d\n", done.Sources)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a database that exists; it is kept under another name")
	return cmd
}
