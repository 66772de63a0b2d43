//go:build long

package outbox_test

// rateChats is how many chats the test of rates serves: 50,000 messages each
// time, half an hour of the bubble's clock.
const rateChats = 10_000
