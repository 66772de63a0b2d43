package bot

import (
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	l := newLimiter(2, time.Minute)
	now := time.Date(2020, 7, 28, 0, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		after  time.Duration
		key    int64
		update int64
		want   bool
	}{
		{0, 1, 1, true}, {time.Second, 1, 2, true}, {2 * time.Second, 1, 3, false},
		{3 * time.Second, 1, 2, true},  // the same update again
		{4 * time.Second, 1, 3, false}, // refused stays refused
		{4 * time.Second, 2, 4, true},  // someone else
		{60 * time.Second, 1, 5, true}, {60 * time.Second, 1, 6, false}, {61 * time.Second, 1, 7, true},
		{-time.Hour, 1, 8, true}, // the clock was set back: nobody is shut out for an hour
	} {
		if got := l.allow(now.Add(step.after), step.key, step.update); got != step.want {
			t.Errorf("%+v: %v", step, got)
		}
	}
}

func TestLimiter_isBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(1, time.Minute)
	now := time.Date(2020, 7, 28, 0, 0, 0, 0, time.UTC)
	for i := range int64(3 * maxKeys) {
		l.allow(now, i, i)
	}
	if n := len(l.seen); n > maxKeys {
		t.Errorf("%d keys are kept", n)
	}
}
