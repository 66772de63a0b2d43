package schedule_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/schedule"
)

// start runs a timetable of one job in a bubble until stop is called.
func start(t *testing.T, log *slog.Logger, spec string, job func(context.Context)) (stop func()) {
	t.Helper()
	table := schedule.New(log)
	if err := table.Add("job", spec, job); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() { table.Run(ctx) })
	synctest.Wait() // cron has read the clock
	return func() {
		cancel()
		ended.Wait()
	}
}

func TestTimetable_dailyJobForThreeDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs []string
		stop := start(t, nil, "30 8 * * *", func(context.Context) {
			runs = append(runs, time.Now().UTC().Format("01-02 15:04:05"))
		})
		time.Sleep(72 * time.Hour)
		stop()
		want := "01-01 08:30:00 01-02 08:30:00 01-03 08:30:00" // bubbles begin at midnight
		if got := strings.Join(runs, " "); got != want {
			t.Errorf("ran at %s, want %s", got, want)
		}
	})
}

func TestTimetable_longJobIsNeverTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var now, most, runs atomic.Int32
		stop := start(t, slog.New(slog.NewTextHandler(&log, nil)), "* * * * *", func(context.Context) {
			most.Store(max(most.Load(), now.Add(1)))
			runs.Add(1)
			time.Sleep(5*time.Minute - time.Second)
			now.Add(-1)
		})
		time.Sleep(30*time.Minute + 30*time.Second)
		stop()
		if most.Load() != 1 || runs.Load() != 6 {
			t.Errorf("%d at once and %d runs, want 1 and 6", most.Load(), runs.Load())
		}
		if !strings.Contains(log.String(), "job skipped") || !strings.Contains(log.String(), "job=job") {
			t.Errorf("skipped runs are not in the log: %s", log.String())
		}
	})
}

func TestTimetable_panickingJobComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var runs atomic.Int32
		stop := start(t, slog.New(slog.NewTextHandler(&log, nil)), "@hourly", func(context.Context) {
			runs.Add(1)
			panic("boom")
		})
		time.Sleep(5*time.Hour + time.Minute)
		stop()
		if runs.Load() != 5 {
			t.Errorf("%d runs, want 5", runs.Load())
		}
		if !strings.Contains(log.String(), "job panicked") || !strings.Contains(log.String(), "boom") {
			t.Errorf("panic is not in the log: %s", log.String())
		}
	})
}

func TestTimetable_stopEndsTheJobsContextAndWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Bool
		stop := start(t, nil, "* * * * *", func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(10 * time.Second) // finishes what it has begun
			done.Store(true)
		})
		time.Sleep(90 * time.Second)
		before := time.Now()
		stop()
		if !done.Load() || time.Since(before) != 10*time.Second {
			t.Errorf("stopped after %s, job done: %t", time.Since(before), done.Load())
		}
	})
}

func TestTimetable_stopLeavesAHangingJobBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		stop := start(t, nil, "* * * * *", func(context.Context) { <-release })
		time.Sleep(90 * time.Second)
		before := time.Now()
		stop()
		if took := time.Since(before); took != 30*time.Second {
			t.Errorf("stopped after %s, want 30s", took)
		}
		close(release)
	})
}

func TestTimetable_chathamDoesNotSpin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Clocks on the Chatham Islands went back at 03:45 on 19 March 2000.
		time.Sleep(time.Until(time.Date(2000, 3, 18, 14, 1, 0, 0, time.UTC)))
		var runs atomic.Int32
		stop := start(t, nil, "CRON_TZ=Pacific/Chatham 30 3 * * *", func(context.Context) { runs.Add(1) })
		time.Sleep(3 * 24 * time.Hour)
		stop()
		if n := runs.Load(); n < 3 || n > 4 {
			t.Errorf("%d runs in three days", n)
		}
	})
}

func TestTimetable_addRefuses(t *testing.T) {
	t.Parallel()
	job := func(context.Context) {}
	table := schedule.New(nil)
	if err := table.Add("poll", "bad", job); err == nil || !strings.Contains(err.Error(), "poll") {
		t.Errorf("bad spec: %v", err)
	}
	if err := table.Add("poll", "@hourly", job); err != nil {
		t.Error(err)
	}
	if err := table.Add("poll", "@hourly", job); err == nil {
		t.Error("a second job of the same name was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	table.Run(ctx)
	if err := table.Add("late", "@hourly", job); err == nil {
		t.Error("a job was taken after the start")
	}
}

// A job that was due while nothing ran does not wait for the next minute.
func TestTimetable_promptJobRunsAtTheStartToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var ran []time.Duration
		table := schedule.New(nil)
		if err := table.AddPrompt("poll", "@every 1m", func(context.Context) { ran = append(ran, time.Since(start).Round(time.Second)) }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 150*time.Second)
		defer cancel()
		table.Run(ctx)
		if want := []time.Duration{0, time.Minute, 2 * time.Minute}; !slices.Equal(ran, want) {
			t.Errorf("ran at %v, want %v", ran, want)
		}
	})
}
