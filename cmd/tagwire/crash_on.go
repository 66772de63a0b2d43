//go:build failpoint

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"tagwire/internal/app"
	"tagwire/internal/failpoint"
)

// forCrashes is what a build for the crash tests can do beside the program:
// die at a point (TAGWIRE_FAILPOINT=name:n), live at another time
// (TAGWIRE_CLOCK_AHEAD=90m) and do its duties more often than each minute
// (TAGWIRE_TICK=@every 1s).
func forCrashes(o app.Options, environ []string) (app.Options, error) {
	settings := map[string]string{}
	for _, kv := range environ {
		if key, value, ok := strings.Cut(kv, "="); ok {
			settings[key] = value
		}
	}
	o.Tick = settings["TAGWIRE_TICK"]
	if ahead := settings["TAGWIRE_CLOCK_AHEAD"]; ahead != "" {
		d, err := time.ParseDuration(ahead)
		if err != nil {
			return o, fmt.Errorf("TAGWIRE_CLOCK_AHEAD: %w", err)
		}
		o.Now = func() time.Time { return time.Now().Add(d) }
	}
	return o, failpoint.Arm(settings["TAGWIRE_FAILPOINT"], os.Stderr)
}
