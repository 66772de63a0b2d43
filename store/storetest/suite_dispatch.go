package storetest

import (
	"fmt"
	"time"

	"tagwire/internal/tagwire"
)

func fanOutTests() []test {
	var tests []test
	for _, chunk := range []int{1, 2, 3, 7, 1000} {
		tests = append(tests, test{fmt.Sprintf("each place once, %d at a time", chunk), func(b *bench) {
			want := map[tagwire.Dest]int{}
			for i := range 7 {
				for thread := range tagwire.ThreadID(2) {
					d := tagwire.Dest{Chat: tagwire.ChatID(-100 - i), Thread: thread * 5}
					b.subscribe(d, "copper", "prices")
					want[d] = 2
				}
			}
			b.publish(Article("a", "copper", "prices", "zinc"), Article("b", "prices"), Article("c", "zinc"))
			b.fanOut(chunk)
			got := map[tagwire.Dest]int{}
			for _, d := range Drain(b, b, b.now) {
				got[d.Dest]++
			}
			b.same("posts", want, got)
			b.same("waiting", []string{"Title a", "Title b"}, b.waiting(home()))
		}})
	}
	for mode, want := range map[tagwire.Mode][2][]string{
		tagwire.ModeInstant: {{"-100 article 1"}, nil},
		tagwire.ModeDigest:  {nil, {"Title a"}},
		tagwire.ModeBoth:    {{"-100 article 1"}, {"Title a"}},
	} {
		tests = append(tests, test{"mode " + string(mode), func(b *bench) {
			b.subscribe(home(), "copper")
			b.mode(-100, mode)
			b.post("a")
			b.same("waiting", want[1], b.waiting(home()))
			b.sends(want[0]...)
		}})
	}
	// A group that becomes a supergroup in the middle of a fan-out changes its
	// place in the order that the fan-out may go by.
	for served := range 4 {
		for moving := range 3 {
			tests = append(tests, test{fmt.Sprintf("misses no chat that migrates: %d served, number %d moves", served, moving), func(b *bench) {
				for i := range 3 {
					b.subscribe(tagwire.Dest{Chat: tagwire.ChatID(-100 - i)}, "copper")
				}
				b.publish(Article("a", "copper"))
				for range served {
					b.chunk(1)
				}
				from, to := tagwire.ChatID(-100-moving), tagwire.ChatID(-1_001_000_000_000)
				b.apply(tagwire.Migrate{From: from, To: to})
				b.fanOut(1)
				got := map[tagwire.ChatID]int{}
				for _, d := range Drain(b, b, b.now) {
					got[d.Dest.Chat]++
				}
				want := map[tagwire.ChatID]int{-100: 1, -101: 1, -102: 1, to: 1}
				delete(want, from)
				b.same("posts", want, got)
			}})
		}
	}
	return append(tests, []test{
		{"nothing to do", func(b *bench) {
			if b.chunk(5) {
				b.Error("there is more of nothing")
			}
		}},
		{"an article nobody wants ends", func(b *bench) {
			b.publish(Article("a"), Article("b", "tin"))
			b.fanOut(5)
			b.states(nil)
		}},
		{"the oldest article first", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a", "b", "c")
			b.sends("-100 article 1", "-100 article 2", "-100 article 3")
		}},
		{"who unsubscribed before is not served", func(b *bench) {
			b.subscribe(home(), "copper")
			b.publish(Article("a", "copper"))
			b.apply(tagwire.Unsubscribe{Dest: home(), Tags: []tagwire.TagSlug{"copper"}})
			b.fanOut(5)
			b.states(nil)
		}},
		{"who is not to be served gets no line", func(b *bench) {
			b.subscribe(home(), "copper")
			b.publish(Article("a", "copper"))
			_, err := b.FanOut(background(), b.now, 5, func(tagwire.Article, tagwire.Subscriber) tagwire.Match { return tagwire.Match{} })
			b.ok(err)
			b.states(nil)
		}},
		{"a suspended chat gets nothing and it shows", func(b *bench) {
			b.subscribe(home(), "copper")
			b.apply(tagwire.Suspend{Chat: -100, Reason: "gone"})
			b.post("a")
			b.sends()
			b.reasons(map[string]int{"dropped: gone": 1})
		}},
		{"a suspended topic gets nothing, its chat does", func(b *bench) {
			b.subscribe(home(), "copper")
			b.subscribe(topic(), "copper")
			b.say(topic(), "hello")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dropped, Reason: "closed", SuspendThread: "closed"})
			b.post("a")
			b.sends("-100 article 1")
			b.reasons(map[string]int{"dropped: closed": 2})
		}},
		{"after the return only what came since", func(b *bench) {
			b.subscribe(home(), "copper")
			b.apply(tagwire.Suspend{Chat: -100, Reason: "gone"})
			b.post("a")
			b.apply(tagwire.Resume{Dest: home()})
			b.post("b")
			b.sends("-100 article 2")
		}},
		{"a chunk that panics is done again", func(b *bench) {
			b.subscribe(home(), "copper")
			b.publish(Article("a", "copper"))
			_, err := b.FanOut(background(), b.now, 5, func(tagwire.Article, tagwire.Subscriber) tagwire.Match { panic("a fault in the rule") })
			if err == nil {
				b.Fatal("no error")
			}
			b.fanOut(5)
			b.sends("-100 article 1")
		}},
		{"goes on after a restart", func(b *bench) {
			for i := range 4 {
				b.subscribe(tagwire.Dest{Chat: tagwire.ChatID(-100 - i)}, "copper")
			}
			b.publish(Article("a", "copper"))
			for b.chunk(1) {
				b.restart()
			}
			if got := Drain(b, b, b.now); len(got) != 4 {
				b.Errorf("%v", describe(got))
			}
		}},
		{"a second tag after the post was sent opens nothing", func(b *bench) {
			b.subscribe(home(), "copper", "zinc")
			b.subscribe(tagwire.Dest{Chat: -200}, "zinc")
			b.publish(Article("a", "copper", "zinc"))
			sent := 0
			for more := true; more; {
				more = b.chunk(10)
				sent += len(Drain(b, b, b.now))
			}
			if sent != 2 {
				b.Errorf("sent %d, want one for each place", sent)
			}
			b.next(time.Time{})
		}},
		{"a second tag brings nothing into a second digest", func(b *bench) {
			b.subscribe(home(), "copper", "zinc")
			b.publish(Article("a", "copper", "zinc"))
			b.chunk(1)
			b.apply(b.plan(home(), "monday"))
			b.fanOut(1)
			b.same("waiting for the next digest", nil, b.waiting(home()))
		}},
		{"a migration brings nothing into a second digest", func(b *bench) {
			for _, chat := range []tagwire.ChatID{-300, -200} {
				b.subscribe(tagwire.Dest{Chat: chat}, "copper")
			}
			b.publish(Article("a", "copper"))
			b.chunk(1) // -300
			b.apply(b.plan(tagwire.Dest{Chat: -300}, "monday"))
			b.apply(tagwire.Migrate{From: -200, To: -1000})
			b.fanOut(1)
			b.same("waiting for the next digest", nil, b.waiting(tagwire.Dest{Chat: -300}))
		}},
	}...)
}

func digestTests() []test {
	const slot = "2026-07-28 08:30"
	due := Start().Add(30 * time.Minute)
	next := due.Add(24 * time.Hour)
	at := func(b *bench, now time.Time, limit int) (chats []tagwire.ChatID, places []tagwire.Dest) {
		b.Helper()
		found, err := b.DueDigests(background(), now, limit)
		b.ok(err)
		for _, d := range found {
			chats = append(chats, d.Chat.ID)
			places = append(places, d.Dests...)
		}
		return chats, places
	}
	// ready has an article waiting at both places and nothing else to send.
	ready := func(b *bench) {
		b.subscribe(home(), "copper")
		b.subscribe(topic(), "copper")
		b.mode(-100, tagwire.ModeDigest)
		b.post("a")
	}
	enqueue := func(b *bench, plans ...tagwire.PlanDigest) {
		b.Helper()
		b.ok(b.EnqueueDigests(background(), due, -100, due, next, plans))
	}
	return []test{
		{"are due at their time, with the places that have something", func(b *bench) {
			ready(b)
			b.subscribe(tagwire.Dest{Chat: -100, Thread: 9}, "zinc")
			chats, _ := at(b, due.Add(-time.Millisecond), 9)
			b.same("early", nil, chats)
			_, places := at(b, due, 9)
			b.same("places", []tagwire.Dest{home(), topic()}, places)
		}},
		{"the longest overdue first, as many as asked for", func(b *bench) {
			for i, minutes := range []time.Duration{3, 1, 2} {
				c := Chat(tagwire.ChatID(-100 - i))
				c.NextDigest = b.after(minutes * time.Minute)
				b.apply(tagwire.SeeChat{Chat: c})
			}
			chats, _ := at(b, due, 9)
			b.same("all", []tagwire.ChatID{-101, -102, -100}, chats)
			chats, _ = at(b, due, 2)
			b.same("two", []tagwire.ChatID{-101, -102}, chats)
		}},
		{"a suspended chat has none", func(b *bench) {
			ready(b)
			b.apply(tagwire.Suspend{Chat: -100, Reason: "gone"})
			chats, _ := at(b, due, 9)
			b.same("due", nil, chats)
			b.apply(tagwire.Resume{Dest: home()})
			chats, _ = at(b, due, 9)
			b.same("due after the return", []tagwire.ChatID{-100}, chats)
		}},
		{"a suspended topic keeps what waits", func(b *bench) {
			ready(b)
			b.say(topic(), "hello")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dropped, Reason: "closed", SuspendThread: "closed"})
			_, places := at(b, due, 9)
			b.same("places", []tagwire.Dest{home()}, places)
			b.same("waiting", []string{"Title a"}, b.waiting(topic()))
		}},
		{"one planned twice goes out once", func(b *bench) {
			ready(b)
			plan := b.plan(home(), slot)
			enqueue(b, plan)
			enqueue(b, plan) // the due date has moved
			b.apply(plan)    // the slot is taken
			b.now = due
			b.sends("-100 digest " + slot + " 1")
		}},
		{"the next one is due when told", func(b *bench) {
			ready(b)
			enqueue(b)
			if c := b.chat(-100); !c.NextDigest.Equal(next) {
				b.Errorf("next digest %v", c.NextDigest)
			}
		}},
		{"the pages come in order, as planned", func(b *bench) {
			ready(b)
			plan := b.plan(home(), slot)
			second := plan.Pages[0]
			second.Part = 2
			plan.Pages = append(plan.Pages, second)
			enqueue(b, plan)
			b.now = due
			got := Drain(b, b, b.now)
			if len(got) != 2 {
				b.Fatal(describe(got))
			}
			b.same("pages", plan.Pages, []tagwire.DigestPage{*got[0].Page, *got[1].Page})
		}},
		{"what comes between look and plan waits for the next", func(b *bench) {
			ready(b)
			plan := b.plan(home(), slot)
			b.post("b")
			enqueue(b, plan)
			b.same("waiting", []string{"Title b"}, b.waiting(home()))
		}},
		{"one without articles is planned too", func(b *bench) {
			b.subscribe(home(), "copper")
			enqueue(b, b.plan(home(), slot))
			b.now = due
			b.sends()
		}},
		{"a time changed meanwhile wins", func(b *bench) {
			ready(b)
			chosen := due.Add(10 * time.Hour)
			b.apply(tagwire.SetTiming{Chat: -100, Mode: tagwire.ModeBoth, Zone: "UTC", NextDigest: chosen})
			enqueue(b, b.plan(home(), slot))
			if c := b.chat(-100); !c.NextDigest.Equal(chosen) {
				b.Errorf("next digest %v", c.NextDigest)
			}
			b.now = due
			b.sends()
			b.same("waiting", []string{"Title a"}, b.waiting(home()))
		}},
		{"switched off, none is due and what waited has its line", func(b *bench) {
			ready(b)
			b.apply(tagwire.SetTiming{Chat: -100, Mode: tagwire.ModeInstant, Rhythm: tagwire.DefaultRhythm(), Zone: "UTC"})
			chats, _ := at(b, b.after(1000*time.Hour), 9)
			b.same("due", nil, chats)
			b.same("waiting", nil, b.waiting(home()))
			b.reasons(map[string]int{"dropped: digest switched off": 2})
			b.sends()
		}},
		{"asked for now, one comes among the replies", func(b *bench) {
			ready(b)
			plan := b.plan(home(), "now")
			plan.Class = tagwire.ClassReply
			b.post("b")
			b.apply(plan)
			b.sends("-100 digest now 1")
		}},
		{"after a crash there is one", func(b *bench) {
			ready(b)
			plan := b.plan(home(), slot)
			enqueue(b, plan)
			b.restart()
			enqueue(b, plan)
			b.same("waiting", nil, b.waiting(home()))
			b.now = due
			b.sends("-100 digest " + slot + " 1")
		}},
	}
}
