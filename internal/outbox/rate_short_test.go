//go:build !long

package outbox_test

// rateChats is how many chats the test of rates serves; the long form has
// 10,000.
const rateChats = 150
