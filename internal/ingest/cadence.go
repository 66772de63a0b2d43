package ingest

import "time"

// Outcome is what the time of the next poll depends on.
type Outcome struct {
	Now        time.Time
	Scheduled  time.Time     // the timetable's next time after Now
	Floor      time.Duration // least interval between polls
	Fails      int           // polls failed in a row, this one included; 0 after a success
	RetryAfter time.Duration // what the server asked for
	Seed       string        // spreads the retries of different sources
}

// NextPoll is when to poll again.
func NextPoll(o Outcome) time.Time { return o.Scheduled }
