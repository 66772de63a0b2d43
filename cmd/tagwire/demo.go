package main

import (
	"github.com/spf13/cobra"

	"tagwire/internal/demo"
)

func demoCommand() *cobra.Command {
	var script bool
	var addr string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in the browser: no token, no account, no network",
		Long: "Run the whole program on an emulated Telegram and emulated news sites.\n" +
			"Open the printed address in a browser; stop with Ctrl-C. Nothing is kept.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if script {
				return demo.Script(cmd.Context(), demo.Options{Out: cmd.OutOrStdout()})
			}
			return demo.Run(cmd.Context(), demo.Options{Addr: addr, Out: cmd.OutOrStdout()})
		},
	}
	cmd.Flags().BoolVar(&script, "script", false, "play a tour in the terminal instead, and exit")
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address of the page; another free port is taken if it is busy")
	return cmd
}
