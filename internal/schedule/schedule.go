// Package schedule is the only user of the cron library: a timetable of named
// jobs in UTC, and the reading of the cron specs that sources carry.
//
// The library's traps are closed here: a panicking job neither kills the process
// nor stops coming, a job never runs twice at once, and the next time of a spec
// is always later than the time asked about. Who is due is the database's
// business, so a timetable has a handful of jobs, never one per chat or source.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

const (
	// stopTimeout bounds the wait for running jobs at the end.
	stopTimeout = 30 * time.Second
	// lookEvery is how often the clock is looked at, setBack how far it must have
	// gone back to matter.
	lookEvery = time.Minute
	setBack   = 10 * time.Second
)

// Timetable runs named jobs at the times their specs give, in UTC.
type Timetable struct {
	cron *cron.Cron
	log  *slog.Logger
	wall func() time.Time // the wall clock, which may be set

	mu    sync.Mutex
	ctx   context.Context // of the jobs; nil before Run
	names map[string]bool
}

// New makes an empty timetable.
func New(log *slog.Logger) *Timetable {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("component", "schedule")
	return &Timetable{
		// The chain is made per job, with the job's name in its log.
		cron:  cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger{log})),
		log:   log,
		wall:  func() time.Time { return time.Now().Round(0) },
		names: map[string]bool{},
	}
}

// Add puts a job on the timetable, before Run. The job's context ends when the
// timetable stops.
func (t *Timetable) Add(name, spec string, job func(ctx context.Context)) error {
	s, err := parse(spec)
	if err != nil {
		return fmt.Errorf("schedule: job %s: %w", name, err)
	}
	return t.add(name, s, job)
}

// AddPrompt is Add for a job that also runs right at the start, for what fell
// due while nothing ran.
func (t *Timetable) AddPrompt(name, spec string, job func(ctx context.Context)) error {
	s, err := parse(spec)
	if err != nil {
		return fmt.Errorf("schedule: job %s: %w", name, err)
	}
	return t.add(name, &promptly{Schedule: s}, job)
}

func (t *Timetable) add(name string, s cron.Schedule, job func(ctx context.Context)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.ctx != nil:
		return fmt.Errorf("schedule: job %s: added after the start", name)
	case t.names[name]:
		return fmt.Errorf("schedule: job %s: added twice", name)
	}
	t.names[name] = true
	log := logger{t.log.With("job", name)}
	// This order only: the other way round a panic leaves the job marked as
	// running, and it is skipped for ever.
	chain := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log))
	t.cron.Schedule(s, chain.Then(cron.FuncJob(func() {
		t.mu.Lock()
		ctx := t.ctx
		t.mu.Unlock()
		if ctx.Err() == nil {
			job(ctx)
		}
	})))
	return nil
}

// promptly is a cron schedule whose first time is right after the start. The
// library asks for a time once at the start, then after each run.
type promptly struct {
	cron.Schedule
	asked bool
}

func (p *promptly) Next(t time.Time) time.Time {
	if !p.asked {
		p.asked = true
		return t.Add(time.Millisecond)
	}
	return p.Schedule.Next(t)
}

// Run starts the jobs as they fall due until ctx ends, then waits for those
// still running, at most 30 s. A timetable runs once.
func (t *Timetable) Run(ctx context.Context) {
	t.mu.Lock()
	if t.ctx != nil {
		t.mu.Unlock()
		t.log.Error("a timetable runs once")
		return
	}
	t.ctx = ctx
	t.mu.Unlock()
	t.cron.Start()
	t.watchClock(ctx)
	ended := t.cron.Stop()
	timer := time.NewTimer(stopTimeout)
	defer timer.Stop()
	select {
	case <-ended.Done():
	case <-timer.C:
		t.log.Error("jobs still running at the end were left behind", "after", stopTimeout)
	}
}

// watchClock enters all jobs anew when the wall clock was set back: the library
// waits for the times it has worked out, be they an hour or ten years ahead by
// now. It returns when ctx ends.
func (t *Timetable) watchClock(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	wall, since := t.wall(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		expected := wall.Add(time.Since(since))
		wall, since = t.wall(), time.Now()
		if by := expected.Sub(wall); by > setBack {
			t.log.Warn("the clock was set back; the timetable begins anew", "by", by.Round(time.Second))
			for _, e := range t.cron.Entries() {
				t.cron.Remove(e.ID)
				t.cron.Schedule(e.Schedule, e.Job)
			}
		}
	}
}

// logger gives the library's messages to slog. Its own news of every wake-up is
// for debugging; a skipped run is worth knowing.
type logger struct{ log *slog.Logger }

func (l logger) Info(msg string, keysAndValues ...any) {
	if msg == "skip" {
		l.log.Warn("job skipped: its last run is not over", keysAndValues...)
		return
	}
	l.log.Debug("cron: "+msg, keysAndValues...)
}

func (l logger) Error(err error, msg string, keysAndValues ...any) {
	if msg == "panic" {
		msg = "job panicked"
	}
	if err == nil {
		err = errors.New("unknown")
	}
	l.log.Error(msg, append([]any{"err", err}, keysAndValues...)...)
}
