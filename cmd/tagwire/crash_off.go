//go:build !failpoint

package main

import "tagwire/internal/app"

// forCrashes changes nothing: see crash_on.go.
func forCrashes(o app.Options, _ []string) (app.Options, error) { return o, nil }
