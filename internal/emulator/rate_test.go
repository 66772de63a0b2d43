package emulator

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestRates_private(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	s.id(s.Start(ben, botID, ""))
	p := params{"chat_id": ben, "text": "x"}
	for range 3 {
		s.send(p)
	}
	r := s.refused("sendMessage", p, 429, "Too Many Requests: retry after 1")
	if r.Parameters.RetryAfter != 1 || r.header.Get("Retry-After") != "1" {
		t.Errorf("%+v, Retry-After %q", r.Parameters, r.header.Get("Retry-After"))
	}
	calls := s.Ledger("sendMessage")
	if last := calls[len(calls)-1]; !last.Flood || last.RetryAfter != 1 || calls[0].Flood {
		t.Errorf("ledger %+v", last)
	}
	s.clock.pass(999 * time.Millisecond)
	s.refused("sendMessage", p, 429, "Too Many Requests: retry after 1")
	s.clock.pass(time.Millisecond)
	for range 20 { // once a second is the rate
		s.send(p)
		s.clock.pass(time.Second)
	}
	// What is refused for its own sake does not count.
	for range 50 {
		s.refused("sendMessage", params{"chat_id": ben, "text": "<b>", "parse_mode": "HTML"}, 400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`)
	}
	s.send(p)
}

func TestRates_group(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	p := params{"chat_id": super, "text": "x"}
	first := s.clock.now()
	for range 20 {
		s.send(p)
		s.clock.pass(time.Second)
	}
	r := s.refused("sendMessage", p, 429, "Too Many Requests: retry after 40")
	s.send(params{"chat_id": forum, "text": "another chat is free"})
	s.clock.pass(10 * time.Second)
	// While it lasts, every message repeats it with the time left; edits count too.
	s.refused("sendMessage", p, 429, "Too Many Requests: retry after 30")
	s.refused("editMessageText", params{"chat_id": super, "message_id": 3, "text": "y"}, 429, "Too Many Requests: retry after 30")
	s.clock.pass(30 * time.Second)
	if waited := s.clock.now().Sub(first); waited != time.Minute || r.Parameters.RetryAfter != 40 {
		t.Fatalf("waited %v", waited)
	}
	for range 30 { // one in three seconds goes on for ever
		s.send(p)
		s.clock.pass(3 * time.Second)
	}
}

func TestRates_anyMinuteCounts(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	p := params{"chat_id": super, "text": "x"}
	for range 20 {
		s.send(p)
		s.clock.pass(time.Second)
	}
	s.clock.pass(35 * time.Second)
	s.refused("sendMessage", p, 429, "Too Many Requests: retry after 5")
}

// TestRates_wholeSeconds: the bot is told whole seconds, and held to them even
// where the bucket alone would have a message ready.
func TestRates_wholeSeconds(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	s.id(s.Start(ben, botID, ""))
	p := params{"chat_id": ben, "text": "x"}
	for range 3 {
		s.send(p)
	}
	s.clock.pass(500 * time.Millisecond)
	s.refused("sendMessage", p, 429, "Too Many Requests: retry after 1")
	s.clock.pass(600 * time.Millisecond)
	s.refused("sendMessage", p, 429, "Too Many Requests: retry after 1")
	s.clock.pass(400 * time.Millisecond)
	s.send(p)
}

func TestRates_groupBurst(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	for range 5 {
		s.send(params{"chat_id": channel, "text": "x"})
	}
	s.refused("sendMessage", params{"chat_id": channel, "text": "x"}, 429, "Too Many Requests: retry after 1")
}

func TestRates_overall(t *testing.T) {
	t.Parallel()
	s := newScene(t, Limits{})
	people := make([]int64, 40)
	for i := range people {
		people[i] = 5000 + int64(i)
		s.must(s.AddUser(User{ID: people[i], FirstName: "P"}))
		s.id(s.Start(people[i], botID, ""))
	}
	for _, id := range people[:30] {
		s.send(params{"chat_id": id, "text": "x"})
	}
	s.refused("sendMessage", params{"chat_id": people[30], "text": "x"}, 429, "Too Many Requests: retry after 1")
	s.send(params{"chat_id": people[30], "text": "x", "allow_paid_broadcast": true})
	if calls := s.Ledger("sendMessage"); !calls[len(calls)-1].Paid {
		t.Error("a paid broadcast is not in the ledger")
	}
	s.clock.pass(time.Second)
	for _, id := range people[:25] { // 25 a second, as the bot is to send
		s.send(params{"chat_id": id, "text": "x"})
	}
}

func TestRates_absorb(t *testing.T) {
	t.Parallel()
	bubble(t, Limits{Absorb: true}, func(t *testing.T, s *scene) {
		s.id(s.Start(ben, botID, ""))
		begin := time.Now()
		for range 6 {
			s.send(params{"chat_id": ben, "text": "x"})
		}
		if d := time.Since(begin); d != 3*time.Second {
			t.Errorf("six messages took %v", d)
		}
		for range 20 {
			s.send(params{"chat_id": super, "text": "x"})
		}
		r := s.call("sendMessage", params{"chat_id": super, "text": "x"})
		if r.ErrorCode != 429 || r.Parameters.RetryAfter <= 8 {
			t.Errorf("a long wait is not absorbed: %+v", r)
		}
		synctest.Wait()
	})
}
