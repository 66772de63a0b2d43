// Package fetch gets documents from news sites: politely, bounded in time and
// size, and only from public addresses.
//
// It owns every limit of reading from the web (limits.go) and the check that
// keeps a source from reaching into the operator's own network. It knows nothing
// of feeds or pages. Entry point: Client.Get. A failure is an *Error whose text
// an operator can act on.
package fetch
