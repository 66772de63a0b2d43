package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

const (
	maxSpec  = 200 // bytes; specs are a line
	minEvery = time.Second
)

var errNever = errors.New("never falls due")

// Check says what is wrong with a cron spec, in words for the operator: five
// fields, @hourly and the like, or "@every 10m".
func Check(spec string) error {
	_, err := parse(spec)
	return err
}

// Next is the first time after the given one at which a spec falls due in a
// zone (nil: UTC), in UTC. It is always later than after. A zone written into
// the spec ("CRON_TZ=Asia/Shanghai 0 8 * * *") goes before the one given.
func Next(spec string, zone *time.Location, after time.Time) (time.Time, error) {
	s, err := parse(spec)
	if err != nil {
		return time.Time{}, err
	}
	if zone == nil {
		zone = time.UTC
	}
	next := s.Next(after.In(zone))
	if next.IsZero() {
		return time.Time{}, fmt.Errorf("schedule %q: %w", spec, errNever)
	}
	return next.UTC(), nil
}

// parse reads a spec into a schedule without traps.
func parse(spec string) (cron.Schedule, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, errors.New(`schedule is empty; write one such as "@every 10m" or "0 8 * * *"`)
	}
	if len(spec) > maxSpec {
		return nil, fmt.Errorf("schedule is longer than %d characters", maxSpec)
	}
	spec = strings.TrimSpace(spec)
	// The library slices at the blank that ends the zone and dies without one.
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		zone, rest, _ := strings.Cut(spec, " ")
		if strings.TrimSpace(rest) == "" {
			return nil, fmt.Errorf("schedule %q: a zone and no times", spec)
		}
		if _, name, _ := strings.Cut(zone, "="); name == "" || name == "Local" {
			return nil, fmt.Errorf("schedule %q: name a zone such as Asia/Shanghai", spec)
		}
	}
	for _, field := range strings.Fields(spec) {
		// Nothing but commas would stand for no time at all.
		if strings.Trim(field, ",") == "" {
			return nil, fmt.Errorf("schedule %q: empty field", spec)
		}
	}
	s, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf(`schedule %q: %w; write five fields (minute hour day month weekday) or "@every 10m"`, spec, err)
	}
	if every, ok := s.(cron.ConstantDelaySchedule); ok {
		// The library makes a second of anything shorter, also of less than none.
		_, text, _ := strings.Cut(spec, "@every ")
		if d, err := time.ParseDuration(text); err != nil || d < minEvery {
			return nil, fmt.Errorf("schedule %q: at least %s", spec, minEvery)
		}
		return later{every}, nil
	}
	// Any moment will do to see whether a spec ever falls due: the library looks
	// five years ahead, and every date that exists comes within those after 2024.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("schedule %q: %w", spec, errNever)
	}
	return later{s}, nil
}

// later is a schedule whose next time is later than the time asked about. The
// library's own may not be where a clock is set back by part of an hour
// (Pacific/Chatham, at 03:45), and its loop then starts jobs without end.
type later struct{ cron.Schedule }

func (s later) Next(t time.Time) time.Time {
	next := s.Schedule.Next(t)
	if next.IsZero() || next.After(t) {
		return next
	}
	// Ask again from a little later on: the trap is an hour long at most.
	for probe := t; probe.Before(t.Add(3 * time.Hour)); {
		probe = probe.Add(time.Minute)
		if next := s.Schedule.Next(probe); next.After(t) {
			return next
		}
	}
	return t.Add(time.Hour)
}
