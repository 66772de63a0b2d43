package tagwire_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"tagwire/internal/tagwire"
)

// bruteDue finds the first minute of a local date whose wall clock shows the
// minute or later, by looking at every minute.
func bruteDue(y int, m time.Month, d, minute int, zone *time.Location) (time.Time, bool) {
	at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(-15 * time.Hour)
	for range 54 * 60 {
		ly, lm, ld := at.In(zone).Date()
		local := at.In(zone)
		if ly == y && lm == m && ld == d && local.Hour()*60+local.Minute() >= minute {
			return at, true
		}
		at = at.Add(time.Minute)
	}
	return time.Time{}, false
}

// Every way in which zones jump: gaps and overlaps at midnight and by night, of
// half an hour and of two, and a day that never was.
func TestDue_aroundEveryTransition(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
		"Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago", "Antarctica/Troll", "Asia/Tehran", "Africa/Casablanca",
		"America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Asuncion", "Asia/Amman", "Europe/Dublin",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			checks := 0
			at := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
			for at.Year() < 2031 {
				_, end := at.In(zone).ZoneBounds()
				if end.IsZero() {
					end = at.AddDate(3, 0, 0) // a zone without changes: some plain days
				}
				for day := -1; day <= 1; day++ {
					y, m, d := end.In(zone).AddDate(0, 0, day).Date()
					for _, minute := range []int{0, 1, 15, 30, 59, 60, 90, 119, 120, 125, 150, 179, 180, 200, 225, 510, 1380, 1410, 1439} {
						want, wantOK := bruteDue(y, m, d, minute, zone)
						got, ok := tagwire.Due(y, m, d, minute, zone)
						checks++
						if ok != wantOK || (ok && !got.Equal(want)) {
							t.Fatalf("%d-%02d-%02d %02d:%02d: %v (%v), want %v (%v)", y, m, d, minute/60, minute%60, got.In(zone), ok, want.In(zone), wantOK)
						}
					}
				}
				at = end
			}
			if checks < 50 {
				t.Errorf("only %d checks", checks)
			}
		})
	}
}

func TestRhythm_Next(t *testing.T) {
	t.Parallel()
	shanghai := mustZone(t, "Asia/Shanghai")
	berlin := mustZone(t, "Europe/Berlin")
	apia := mustZone(t, "Pacific/Apia")
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, tc := range map[string]struct {
		rhythm tagwire.Rhythm
		after  string
		zone   *time.Location
		want   string
		date   string
	}{
		"later today":                {tagwire.DefaultRhythm(), "2026-07-28T08:00:00+08:00", shanghai, "2026-07-28T08:30:00+08:00", "2026-07-28"},
		"at the minute: tomorrow":    {tagwire.DefaultRhythm(), "2026-07-28T08:30:00+08:00", shanghai, "2026-07-29T08:30:00+08:00", "2026-07-29"},
		"workdays skip the weekend":  {tagwire.Rhythm{Days: tagwire.Workdays, Minute: 510}, "2026-07-31T09:00:00+08:00", shanghai, "2026-08-03T08:30:00+08:00", "2026-08-03"},
		"weekly":                     {tagwire.Rhythm{Days: tagwire.On(time.Monday), Minute: 540}, "2026-07-28T00:00:00Z", berlin, "2026-08-03T09:00:00+02:00", "2026-08-03"},
		"gap: when the clock jumps":  {tagwire.Rhythm{Days: tagwire.EveryDay, Minute: 150}, "2026-03-28T12:00:00Z", berlin, "2026-03-29T03:00:00+02:00", "2026-03-29"},
		"overlap: the first pass":    {tagwire.Rhythm{Days: tagwire.EveryDay, Minute: 150}, "2026-10-24T12:00:00Z", berlin, "2026-10-25T02:30:00+02:00", "2026-10-25"},
		"overlap: not a second time": {tagwire.Rhythm{Days: tagwire.EveryDay, Minute: 150}, "2026-10-25T00:30:00Z", berlin, "2026-10-26T02:30:00+01:00", "2026-10-26"},
		"a day that never was":       {tagwire.Rhythm{Days: tagwire.EveryDay, Minute: 510}, "2011-12-29T20:00:00Z", apia, "2011-12-30T18:30:00Z", "2011-12-31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, date := tc.rhythm.Next(at(tc.after), tc.zone)
			if !got.Equal(at(tc.want)) || date != tc.date {
				t.Errorf("%v %s, want %s %s", got.In(tc.zone), date, tc.want, tc.date)
			}
		})
	}
	if got, date := (tagwire.Rhythm{}).Next(at("2026-07-28T00:00:00Z"), berlin); !got.IsZero() || date != "" {
		t.Errorf("a digest on no day falls due: %v", got)
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
