package bot

import (
	"sync"
	"time"
)

// maxKeys bounds what a limiter remembers. Beyond it keys are forgotten: a flood
// of strangers then gets past this limit, but never fills the memory.
const maxKeys = 20_000

// stamp is one admitted update.
type stamp struct {
	at     time.Time
	update int64
}

// admit says whether another update may pass when at most max may pass in any
// stretch of the given length, and gives the stamps to remember. An update that
// passed before passes again: the handling of an update is repeated when the
// store fails.
func admit(seen []stamp, now time.Time, update int64, max int, per time.Duration) ([]stamp, bool) {
	kept := make([]stamp, 0, len(seen)+1)
	for _, s := range seen {
		if s.update == update {
			return seen, true
		}
		if now.Sub(s.at) < per && !s.at.After(now.Add(per)) {
			kept = append(kept, s)
		}
	}
	if len(kept) >= max {
		return kept, false
	}
	return append(kept, stamp{now, update}), true
}

// limiter admits a number of updates per key in a stretch of time.
type limiter struct {
	max int
	per time.Duration

	mu   sync.Mutex
	seen map[int64][]stamp
}

func newLimiter(max int, per time.Duration) *limiter {
	return &limiter{max: max, per: per, seen: map[int64][]stamp{}}
}

func (l *limiter) allow(now time.Time, key, update int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= maxKeys {
		l.forget(now)
	}
	kept, ok := admit(l.seen[key], now, update, l.max, l.per)
	l.seen[key] = kept
	return ok
}

// forget drops the keys that hold nothing back any more and, when that is not
// enough, any keys until half of the room is free.
func (l *limiter) forget(now time.Time) {
	for key, stamps := range l.seen {
		if len(stamps) == 0 || now.Sub(stamps[len(stamps)-1].at) >= l.per {
			delete(l.seen, key)
		}
	}
	for key := range l.seen {
		if len(l.seen) < maxKeys/2 {
			return
		}
		delete(l.seen, key)
	}
}
