// Package ingest polls sources: it fetches, decodes, normalises and tags what a
// source shows, and hands the outcome to the store as one Poll.
//
// It decides when a source is read again (cadence.go), what makes two articles
// the same (normalize.go) and which article pages are worth a request (poll.go).
// A source that fails, answers rubbish or makes a decoder panic never stops the
// others. Entry point: Ingest.PollDue.
package ingest
