package outbox

import (
	"sync"
	"time"

	"tagwire/internal/tagwire"
)

// flood tells a limit of the whole bot from that of one chat: Telegram's answer
// does not, but it comes from several chats at once.
type flood struct {
	mu     sync.Mutex
	recent map[tagwire.ChatID]time.Time
	paused time.Time
}

// note records a "too many requests" and reports whether it started or
// lengthened a pause of all sending.
func (f *flood) note(chat tagwire.ChatID, now, until time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.recent == nil {
		f.recent = map[tagwire.ChatID]time.Time{}
	}
	f.recent[chat] = now
	for c, at := range f.recent {
		if now.Sub(at) > floodWindow {
			delete(f.recent, c)
		}
	}
	if len(f.recent) < floodChats || !until.After(f.paused) {
		return false
	}
	f.paused = until
	return true
}

// pause stops all sending until then.
func (f *flood) pause(until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if until.After(f.paused) {
		f.paused = until
	}
}

// until is when sending may go on; in the past while nothing is paused.
func (f *flood) until() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.paused
}
