// Package emulator is the outside world in one process: a Telegram Bot API
// (NewTelegram) and a web of news sites (NewWeb). Both are plain http.Handlers
// with a driver beside them, through which a test or the demo plays the people,
// the publishers and the faults.
//
// It is a severe judge, not a friendly mock: it parses markup, counts lengths,
// holds rates, rights and topics and refuses with Telegram's own words.
// Transport answers requests without a socket, so a testing/synctest bubble can
// run days in milliseconds; the same handlers also serve real HTTP.
// The package imports the standard library only, not even the Bot API library,
// so that a mistake on the wire cannot hide in a shared type.
package emulator
