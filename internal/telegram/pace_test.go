package telegram_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// Over any minute of replies and posts as fast as the pace lets them, a group
// gets its twenty and a burst, and never more.
func TestPace_holdsAChatToItsRate(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 7, 28, 8, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		chat    tagwire.ChatID
		reply   bool
		minutes int
		most    int
	}{
		"group posts":     {-100, false, 10, 200},
		"group replies":   {-100, true, 10, 205},
		"private posts":   {7, false, 1, 60},
		"private replies": {7, true, 1, 65},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := telegram.NewPace(25)
			now, post, reply := start, time.Time{}, time.Time{}
			sent := 0
			for end := start.Add(time.Duration(tc.minutes) * time.Minute); now.Before(end); sent++ {
				post, reply = p.Next(tc.chat, post, now)
				next := post
				if tc.reply {
					next = reply
				}
				if next.After(now) {
					now = next
				}
			}
			if sent > tc.most || sent < tc.most-6 {
				t.Errorf("sent %d in %d min, want about %d", sent, tc.minutes, tc.most)
			}
		})
	}
}

func TestPace_startsWithoutCredit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := telegram.NewPace(25)
		start := time.Now()
		for range 50 {
			if err := p.Wait(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 1990*time.Millisecond || took > 2010*time.Millisecond {
			t.Errorf("50 messages at 25/s took %v, want 2 s", took)
		}
	})
}
