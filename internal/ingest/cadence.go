package ingest

import (
	"hash/fnv"
	"strconv"
	"time"
)

const (
	// floor is the least time between two polls of a source on the open web,
	// whatever its timetable says.
	floor = 5 * time.Minute
	// longest is how far apart polls get when a source keeps failing or asks for
	// patience. It is never given up: the operator sees it fail.
	longest = 24 * time.Hour
	// firstRetry bounds the wait after the first failure, for sources that are
	// polled but once a day.
	firstRetry = time.Hour
)

// Outcome is what the time of the next poll depends on.
type Outcome struct {
	Now        time.Time
	Scheduled  time.Time     // the timetable's next time after Now
	Floor      time.Duration // least interval between polls
	Fails      int           // polls failed in a row, this one included; 0 after a success
	RetryAfter time.Duration // what the server asked for
	Seed       string        // spreads the retries of different sources
}

// NextPoll is when to poll again. After a success that is the timetable's next
// time; after failures the interval doubles with each, up to a day, give or take
// a tenth so that sources which failed together do not return together. A
// server's own wish is obeyed up to a day.
func NextPoll(o Outcome) time.Time {
	wait := o.Scheduled.Sub(o.Now)
	if o.Fails > 0 {
		wait = min(max(wait, o.Floor, time.Second), max(firstRetry, o.Floor))
		for range min(o.Fails-1, 20) {
			wait = min(2*wait, longest)
		}
		wait += jitter(wait, o.Seed, o.Fails)
	}
	wait = max(wait, o.Floor, min(o.RetryAfter, longest))
	// A timetable that does not move on must not make a loop.
	return o.Now.Add(max(wait, time.Second))
}

// jitter is up to a tenth of the wait either way, the same for the same poll.
func jitter(wait time.Duration, seed string, fails int) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(seed))
	h.Write([]byte(strconv.Itoa(fails)))
	share := float64(h.Sum32()%2001)/1000 - 1 // -1 to 1
	return time.Duration(share * float64(wait) / 10)
}
