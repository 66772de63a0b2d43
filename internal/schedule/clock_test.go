package schedule

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// byWall is due a minute later by a wall clock that is ahead, as the library's
// schedules are: they are worked out with the clock there is.
type byWall struct{ ahead *atomic.Int64 }

func (s byWall) Next(t time.Time) time.Time {
	return t.Add(time.Duration(s.ahead.Load()) + time.Minute)
}

func TestTimetable_goesOnWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ahead, runs atomic.Int64
		ahead.Store(int64(10 * 365 * 24 * time.Hour))
		table := New(nil)
		table.wall = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())).Round(0) }
		if err := table.add("tick", byWall{&ahead}, func(context.Context) { runs.Add(1) }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); table.Run(ctx) }()
		time.Sleep(90 * time.Second)
		synctest.Wait()
		ahead.Store(0)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := runs.Load(); n < 7 {
			t.Errorf("%d runs in the ten minutes after the clock was set right", n)
		}
		cancel()
		<-done
	})
}
