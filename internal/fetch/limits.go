package fetch

import "time"

// Limits of one request. Miniflux allows 20 s too, and 15 MiB; a feed beyond
// 5 MiB costs its parser several hundred megabytes.
const (
	dialTimeout   = 5 * time.Second
	headerTimeout = 10 * time.Second
	idleTimeout   = 90 * time.Second
	totalTimeout  = 20 * time.Second
	maxBytes      = 5 << 20 // of the document, after decompression
	maxHeader     = 256 << 10
	maxRedirects  = 5
	maxURL        = 2 << 10
)

// Limits that keep us a polite guest.
const (
	hostGap       = time.Second // between the end of a request and the next to the same host
	maxInFlight   = 16          // requests at once, over all hosts
	maxRetryAfter = 24 * time.Hour
)

// defaultUserAgent says what we are, so that a site's owner can tell.
const defaultUserAgent = "tagwire/1.0 (news reader for Telegram groups)"
