package schedule_test

import (
	"strings"
	"testing"
	"time"

	"tagwire/internal/schedule"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{ // "" is well
		"@every 10m":                       "",
		"@hourly":                          "",
		"*/15 6-22 * * mon-fri":            "",
		"0 0 29 2 *":                       "",
		"  0 8 * * *  ":                    "",
		"CRON_TZ=Asia/Shanghai 30 8 * * *": "",
		"":                                 "empty",
		" \t":                              "empty",
		"whenever":                         "five fields",
		"0 8 * *":                          "five fields",
		"0 0 8 * * *":                      "five fields",
		"60 8 * * *":                       "above maximum",
		"0 8 * * 7":                        "above maximum",
		"*/0 * * * *":                      "positive",
		"0 0 31 2 *":                       "never falls due",
		", * * * *":                        "empty field",
		"* * , * *":                        "empty field",
		"@every":                           "unrecognized descriptor",
		"@every 5":                         "duration",
		"@every -5m":                       "at least 1s",
		"@every 10ms":                      "at least 1s",
		"@every 9999999999h":               "duration",
		"@fortnightly":                     "unrecognized descriptor",
		"TZ=UTC":                           "no times",
		"CRON_TZ=Asia/Shanghai\t0 8 * * *": "bad location",
		"TZ= 0 8 * * *":                    "name a zone",
		"TZ=Local 0 8 * * *":               "name a zone",
		"CRON_TZ=Mars/Olympus 0 8 * * *":   "bad location",
		strings.Repeat("*", 300):           "longer than",
	} {
		err := schedule.Check(spec)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", spec, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: error %v, want one with %q", spec, err, want)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		tm, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for _, c := range []struct {
		name, spec, zone, after, want string
	}{
		{"without a zone it is UTC", "30 8 * * *", "", "2026-07-28 08:30", "2026-07-29 08:30"},
		{"in the zone given", "30 8 * * *", "Asia/Shanghai", "2026-07-28 00:29", "2026-07-28 00:30"},
		{"the spec's zone goes first", "CRON_TZ=America/New_York 30 8 * * *", "Asia/Shanghai", "2026-07-28 00:00", "2026-07-28 12:30"},
		{"every", "@every 10m", "Asia/Shanghai", "2026-07-28 08:31", "2026-07-28 08:41"},
		{"leap day", "0 0 29 2 *", "", "2026-07-28 00:00", "2028-02-29 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var z *time.Location
			if c.zone != "" {
				z = zone(t, c.zone)
			}
			got, err := schedule.Next(c.spec, z, at(c.after))
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(at(c.want)) || got.Location() != time.UTC {
				t.Errorf("next is %s, want %s UTC", got, c.want)
			}
		})
	}
	if _, err := schedule.Next("nonsense", nil, at("2026-07-28 00:00")); err == nil {
		t.Error("nonsense has a next time")
	}
	// No 29 February for eight years around 2100: the library gives up after five.
	if _, err := schedule.Next("0 0 29 2 *", nil, at("2097-01-01 00:00")); err == nil {
		t.Error("a date further off than five years was found")
	}
}

// Where clocks go back by part of an hour, cron's own Next may not move on.
func TestNext_isAlwaysLater(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "America/Havana"} {
		z := zone(t, name)
		for _, day := range []string{"2026-04-04", "2026-04-05", "2026-09-27", "2026-10-04", "2026-11-01", "2026-04-24", "2026-03-08"} {
			begin, err := time.ParseInLocation(time.DateOnly, day, z)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range []string{"30 3 * * *", "0 3 * * *", "59 3 * * *", "15 2 * * *", "0 0 * * *", "45 1 * * *"} {
				for after := begin; after.Before(begin.Add(8 * time.Hour)); after = after.Add(97 * time.Second) {
					next, err := schedule.Next(spec, z, after)
					if err != nil {
						t.Fatal(err)
					}
					if !next.After(after) || next.After(after.Add(51*time.Hour)) {
						t.Fatalf("%s %q: after %s comes %s", name, spec, after, next.In(z))
					}
				}
			}
		}
	}
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"@every 10m", "0 8 * * *", "TZ=UTC", "CRON_TZ=Asia/Shanghai 0 8 * * *", ", * * * *", "*/7 1-5,8 ? jan sun"} {
		f.Add(s, int64(1_785_000_000))
	}
	f.Fuzz(func(t *testing.T, spec string, unix int64) {
		if unix < 0 || unix > 4_000_000_000 {
			return
		}
		after := time.Unix(unix, 0)
		next, err := schedule.Next(spec, time.UTC, after)
		if err == nil && !next.After(after) {
			t.Errorf("%q: after %s comes %s", spec, after, next)
		}
	})
}
