//go:build !long

package app_test

// The size of the soak; the long form is a day with a thousand chats.
const (
	soakHours    = 4
	soakChats    = 16
	soakSources  = 4
	soakArticles = 12  // an hour
	soakFaults   = 0.1 // the share of calls; more than in the long form, as there are few
)
