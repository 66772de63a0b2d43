//go:build long

package app_test

// The size of the soak.
const (
	soakHours    = 24
	soakChats    = 1000
	soakSources  = 200
	soakArticles = 20   // an hour
	soakFaults   = 0.01 // the share of calls
)
