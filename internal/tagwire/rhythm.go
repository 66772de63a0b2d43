package tagwire

import (
	"fmt"
	"time"
)

// Weekdays is a set of days of the week, bit n for time.Weekday(n).
type Weekdays uint8

// The common sets of days.
const (
	EveryDay Weekdays = 1<<7 - 1
	Workdays Weekdays = EveryDay &^ (1<<time.Saturday | 1<<time.Sunday)
)

// On is the set of the one day.
func On(d time.Weekday) Weekdays { return 1 << d }

// Has reports whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Rhythm is when a chat's digest comes: on which days, at which local minute.
type Rhythm struct {
	Days   Weekdays
	Minute int // of the day, 0 to 1439
}

// DefaultRhythm is the digest of a chat that never chose: daily at 08:30.
func DefaultRhythm() Rhythm { return Rhythm{Days: EveryDay, Minute: 8*60 + 30} }

// Clock is the time of day as "08:30".
func (r Rhythm) Clock() string { return fmt.Sprintf("%02d:%02d", r.Minute/60, r.Minute%60) }

// Next is the first instant after t at which a digest falls due in the zone, and
// the local date it belongs to ("2026-07-28"). It is the zero time if the set
// of days is empty.
func (r Rhythm) Next(t time.Time, zone *time.Location) (due time.Time, date string) {
	if r.Days&EveryDay == 0 {
		return time.Time{}, ""
	}
	// The day before counts too: where a zone skips the minute at midnight, its
	// instant lies on the next date.
	y, m, d := t.In(zone).Date()
	for i := -1; i <= 15; i++ {
		day := time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC)
		if !r.Days.Has(day.Weekday()) {
			continue
		}
		due, ok := Due(day.Year(), day.Month(), day.Day(), r.Minute, zone)
		if ok && due.After(t) {
			return due, day.Format(time.DateOnly)
		}
	}
	return time.Time{}, ""
}

// Due is the first instant of a local date at which the wall clock of the zone
// shows the minute of the day or later: in a gap of daylight saving the moment
// of the change, in an overlap the first pass. It is not ok on a date that the
// zone skipped (Apia had no 30 December 2011), and where the clock jumps over
// the minute and midnight together.
func Due(year int, month time.Month, day, minute int, zone *time.Location) (due time.Time, ok bool) {
	y, m, d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Date()
	wall := time.Date(y, m, d, 0, minute, 0, 0, time.UTC) // the wanted wall clock, as if it were UTC
	// Start two days early, where the wall clock is surely before the wanted
	// one, and walk the zone's stretches of constant offset.
	at := wall.Add(-48 * time.Hour)
	for range 64 {
		local := at.In(zone)
		_, offset := local.Zone()
		_, end := local.ZoneBounds()
		hit := wall.Add(-time.Duration(offset) * time.Second)
		if hit.Before(at) {
			hit = at // the clock was moved past the wanted minute at the start of this stretch
		}
		if end.IsZero() || hit.Before(end) {
			hy, hm, hd := hit.In(zone).Date()
			return hit.UTC(), hy == y && hm == m && hd == d
		}
		at = end
	}
	return time.Time{}, false
}

// DueDigest is a chat whose digest has fallen due, with the places of it that
// have articles waiting.
type DueDigest struct {
	Chat  Chat
	Dests []Dest
}
