package storetest

import (
	"slices"
	"time"

	"tagwire/internal/tagwire"
)

func claimTests() []test {
	other := tagwire.Dest{Chat: -200}
	return []test{
		{"nothing waits", func(b *bench) {
			b.same("claimed", nil, b.claim(8))
			b.next(time.Time{})
		}},
		{"replies, then posts, then digests, each in order", func(b *bench) {
			b.subscribe(home(), "copper")
			b.apply(tagwire.PlanDigest{Dest: home(), Slot: "d", Class: tagwire.ClassDigest, Pages: []tagwire.DigestPage{{Slot: "d", Part: 1}, {Slot: "d", Part: 2}}})
			b.post("a", "b")
			b.say(home(), "one")
			b.say(topic(), "two")
			b.sends("-100 message one", "-100/4 message two", "-100 article 1", "-100 article 2", "-100 digest d 1", "-100 digest d 2")
		}},
		{"one a chat, and none while it is on the wire", func(b *bench) {
			b.say(home(), "one", "two")
			b.say(topic(), "three")
			b.say(other, "four")
			b.same("first", []string{"-100 message one", "-200 message four"}, sorted(describe(b.claim(8))))
			b.same("second", nil, b.claim(8))
		}},
		{"no more than asked for", func(b *bench) {
			b.say(home(), "one")
			b.say(other, "two")
			if got := b.claim(1); len(got) != 1 {
				b.Error(describe(got))
			}
			b.same("none asked for", nil, b.claim(0))
		}},
		{"replies of all chats before posts of any", func(b *bench) {
			b.subscribe(home(), "copper")
			b.subscribe(other, "copper")
			b.post("a")
			b.say(other, "one")
			b.same("one", []string{"-200 message one"}, describe(b.claim(1)))
			b.same("the rest", []string{"-100 article 1"}, describe(b.claim(8)))
		}},
		{"the chat that may have been posted to for longest is first", func(b *bench) {
			b.subscribe(home(), "copper")
			b.subscribe(other, "copper")
			b.post("a", "b")
			for _, d := range b.claim(8) {
				pause := map[tagwire.ChatID]time.Duration{-100: 2 * time.Second, -200: time.Second}[d.Dest.Chat]
				b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1, PostAfter: b.now.Add(pause)})
			}
			b.now = b.after(time.Minute)
			b.same("order", []string{"-200 article 2", "-100 article 2"}, describe(b.claim(8)))
		}},
		{"a pause of posts does not hold replies", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a", "b")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1, PostAfter: b.after(time.Hour)})
			b.say(home(), "one")
			b.sends("-100 message one")
			b.next(b.after(time.Hour))
		}},
		{"a pause of replies does not hold posts", func(b *bench) {
			b.subscribe(home(), "copper")
			b.say(home(), "one", "two")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1, ReplyAfter: b.after(time.Hour)})
			b.post("a")
			b.sends("-100 article 1")
			b.next(b.after(time.Hour))
		}},
		{"a pause is over at its instant", func(b *bench) {
			b.say(home(), "one")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Hour)})
			b.now = b.after(time.Hour - time.Millisecond)
			b.same("early", nil, b.claim(8))
			b.now = b.after(time.Hour)
			b.sends("-100 message one")
		}},
		{"a shorter pause does not end a longer one", func(b *bench) {
			b.subscribe(home(), "copper")
			b.say(home(), "one")
			b.post("a")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, PostAfter: b.after(time.Hour), ReplyAfter: b.now})
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1, PostAfter: b.after(time.Second)})
			b.next(b.after(time.Hour))
		}},
		{"a pause outlasts a restart", func(b *bench) {
			b.say(home(), "one")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Hour)})
			b.restart()
			b.same("early", nil, b.claim(8))
			b.next(b.after(time.Hour))
		}},
		{"a pause of the whole bot holds every chat, over a restart", func(b *bench) {
			b.say(home(), "one")
			b.say(other, "two")
			d := b.claim(1)[0]
			b.settle(d, tagwire.Settlement{State: tagwire.Queued, HoldAll: b.after(time.Hour)})
			b.restart()
			b.same("early", nil, b.claim(8))
			b.next(b.after(time.Hour))
			b.now = b.after(time.Hour)
			if got := b.claim(8); len(got) != 2 {
				b.Error(describe(got))
			}
		}},
		{"tells the pace of the chat", func(b *bench) {
			b.say(home(), "one", "two")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1, PostAfter: b.after(time.Minute)})
			if d := b.claimOne(); !d.Pace.Equal(b.after(time.Minute)) {
				b.Errorf("pace %v", d.Pace)
			}
		}},
		{"the next instant is that of the first chat that is free", func(b *bench) {
			for i, d := range []tagwire.Dest{home(), other} {
				b.say(d, "one")
				b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Duration(2-i) * time.Hour)})
			}
			b.next(b.after(time.Hour))
			b.now = b.after(time.Hour)
			b.claimOne()
			b.next(b.after(2 * time.Hour))
		}},
		{"a message comes back as it was queued", func(b *bench) {
			m := tagwire.Message{HTML: "<b>稀土</b>", ReplyTo: 3, Silent: true, Preview: "https://x.example/?a=b&c", Keyboard: tagwire.Keyboard{{{Text: "Copper", Data: "s:copper"}}, {{Text: "Site", URL: "https://x.example"}}}}
			b.reply(home(), m)
			b.same("message", &m, b.claimOne().Message)
		}},
		{"a later edit supersedes one that waits", func(b *bench) {
			for _, m := range []tagwire.Message{{HTML: "a1", Edit: 7}, {HTML: "b1", Edit: 8}, {HTML: "new"}, {HTML: "a2", Edit: 7}, {HTML: "a3", Edit: 7}} {
				b.reply(home(), m)
			}
			b.sends("-100 message b1", "-100 message new", "-100 message a3")
			b.reasons(map[string]int{"dropped: superseded": 2})
		}},
		{"an edit on the wire is not superseded", func(b *bench) {
			b.reply(home(), tagwire.Message{HTML: "a1", Edit: 7})
			d := b.claimOne()
			b.reply(home(), tagwire.Message{HTML: "a2", Edit: 7})
			b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 7})
			b.sends("-100 message a2")
			b.states(map[tagwire.State]int{tagwire.Sent: 2})
		}},
		{"messages of the same number in other chats are others", func(b *bench) {
			b.reply(home(), tagwire.Message{HTML: "a1", Edit: 7})
			b.reply(other, tagwire.Message{HTML: "a2", Edit: 7})
			b.states(map[tagwire.State]int{tagwire.Queued: 2})
		}},
	}
}

func settleTests() []test {
	pause := Start().Add(time.Minute)
	notice := &tagwire.Message{HTML: "notice"}
	var tests []test
	// Three messages wait: one and two in a topic, three in its chat; the first is
	// on the wire.
	for name, tc := range map[string]struct {
		settle tagwire.Settlement
		now    []string // what may go out at once
		later  []string // and after the pause
		states map[tagwire.State]int
	}{
		"sent": {
			settle: tagwire.Settlement{State: tagwire.Sent, MessageID: 5},
			now:    []string{"-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"to be tried again": {
			settle: tagwire.Settlement{State: tagwire.Queued, Attempt: true, Ambiguous: true},
			now:    []string{"-100/4 message one", "-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"paused": {
			settle: tagwire.Settlement{State: tagwire.Queued, PostAfter: pause, ReplyAfter: pause},
			later:  []string{"-100/4 message one", "-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"dead": {
			settle: tagwire.Settlement{State: tagwire.Dead, Reason: "bad"},
			now:    []string{"-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 2, tagwire.Dead: 1},
		},
		"dropped": {
			settle: tagwire.Settlement{State: tagwire.Dropped, Reason: "gone"},
			now:    []string{"-100/4 message two", "-100 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 2, tagwire.Dropped: 1},
		},
		"chat suspended": {
			settle: tagwire.Settlement{State: tagwire.Dropped, SuspendChat: "gone"},
			states: map[tagwire.State]int{tagwire.Dropped: 3},
		},
		"chat suspended, the message to be tried again": {
			settle: tagwire.Settlement{State: tagwire.Queued, SuspendChat: "gone"},
			states: map[tagwire.State]int{tagwire.Dropped: 3},
		},
		"topic suspended": {
			settle: tagwire.Settlement{State: tagwire.Dropped, SuspendThread: "topic", Notice: notice},
			now:    []string{"-100 message three", "-100 message notice"},
			states: map[tagwire.State]int{tagwire.Dropped: 2, tagwire.Sent: 2},
		},
		"migrated": {
			settle: tagwire.Settlement{State: tagwire.Queued, MigrateTo: -1001, Attempt: true},
			now:    []string{"-1001/4 message one", "-1001/4 message two", "-1001 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
		"migrated and paused": {
			settle: tagwire.Settlement{State: tagwire.Queued, MigrateTo: -1001, ReplyAfter: pause},
			later:  []string{"-1001/4 message one", "-1001/4 message two", "-1001 message three"},
			states: map[tagwire.State]int{tagwire.Sent: 3},
		},
	} {
		for _, restart := range []bool{false, true} {
			label := name
			if restart {
				label += ", and restarted"
			}
			tests = append(tests, test{label, func(b *bench) {
				b.apply(tagwire.SeeChat{Chat: Chat(-100)})
				b.say(topic(), "one", "two")
				b.say(home(), "three")
				d := b.claimOne()
				b.settle(d, tc.settle)
				b.settle(d, tagwire.Settlement{State: tagwire.Dead, Reason: "too late"}) // passed over
				if restart {
					b.restart()
					n, err := b.Recover(background(), b.now)
					if b.ok(err); n != 0 {
						b.Errorf("%d taken back although settled", n)
					}
				}
				b.sends(tc.now...)
				if tc.later != nil {
					b.next(pause)
				}
				b.now = pause
				b.sends(tc.later...)
				b.states(tc.states)
			}})
		}
	}
	return append(tests, []test{
		{"of a delivery that is not there is passed over", func(b *bench) {
			b.say(home(), "one")
			b.settle(tagwire.Delivery{ID: 77, Dest: home()}, tagwire.Settlement{State: tagwire.Sent, SuspendChat: "gone"})
			b.sends("-100 message one")
		}},
		{"of one that is not on the wire is passed over", func(b *bench) {
			b.say(home(), "one")
			d := b.claimOne()
			b.settle(d, tagwire.Settlement{State: tagwire.Queued})
			b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			b.states(map[tagwire.State]int{tagwire.Queued: 1})
		}},
		{"many at once", func(b *bench) {
			var outcomes []tagwire.Settlement
			for i := range 5 {
				b.say(tagwire.Dest{Chat: tagwire.ChatID(-100 - i)}, "one")
			}
			for _, d := range b.claim(8) {
				outcomes = append(outcomes, tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat, State: tagwire.Sent, MessageID: 1})
			}
			b.ok(b.Settle(background(), b.now, outcomes))
			b.states(map[tagwire.State]int{tagwire.Sent: 5})
		}},
		{"an impossible one leaves the others as they were", func(b *bench) {
			b.say(home(), "one")
			d := b.claimOne()
			err := b.Settle(background(), b.now, []tagwire.Settlement{{Delivery: d.ID, State: tagwire.Sent, MessageID: 1}, {Delivery: d.ID, State: tagwire.Leased}})
			b.ok(err) // the second is too late
			b.say(home(), "two")
			d = b.claimOne()
			if err := b.Settle(background(), b.now, []tagwire.Settlement{{Delivery: d.ID, State: "lost"}}); err == nil {
				b.Fatal("a state that there is not was stored")
			}
			b.states(map[tagwire.State]int{tagwire.Sent: 1, tagwire.Leased: 1})
		}},
		{"tries are counted and markup given up", func(b *bench) {
			b.say(home(), "one")
			for i, s := range []tagwire.Settlement{{State: tagwire.Queued, Attempt: true}, {State: tagwire.Queued, Attempt: true, Ambiguous: true}, {State: tagwire.Queued, Plain: true}, {State: tagwire.Queued}} {
				d := b.claimOne()
				want := [][2]int{{0, 0}, {1, 0}, {2, 1}, {2, 1}}[i]
				if got := [2]int{d.Attempts, d.Ambiguous}; got != want || d.Plain != (i == 3) {
					b.Errorf("time %d: attempts and ambiguous %v, want %v; plain %v", i, got, want, d.Plain)
				}
				b.settle(d, s)
			}
		}},
		{"what was sent ends the suspension of its place", func(b *bench) {
			b.apply(tagwire.SeeChat{Chat: Chat(-100)}, tagwire.Suspend{Chat: -100, Reason: "gone"})
			b.say(home(), "one")
			b.sends("-100 message one")
			if c := b.chat(-100); c.Suspended != "" {
				b.Errorf("suspended: %s", c.Suspended)
			}
		}},
		{"a notice goes out once", func(b *bench) {
			b.apply(tagwire.SeeChat{Chat: Chat(-100)})
			b.say(topic(), "one")
			d := b.claimOne()
			for range 2 {
				b.settle(d, tagwire.Settlement{State: tagwire.Dropped, Reason: "topic", SuspendThread: "topic", Notice: notice})
			}
			b.sends("-100 message notice")
		}},
	}...)
}

func recoverTests() []test {
	crash := func(b *bench, want int) {
		b.Helper()
		b.restart()
		n, err := b.Recover(background(), b.now)
		if b.ok(err); n != want {
			b.Errorf("%d taken back, want %d", n, want)
		}
	}
	return []test{
		{"nothing on the wire, nothing changes", func(b *bench) {
			b.say(home(), "one", "two")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			crash(b, 0)
			b.states(map[tagwire.State]int{tagwire.Sent: 1, tagwire.Queued: 1})
		}},
		{"what was on the wire goes first again", func(b *bench) {
			b.say(home(), "one", "two")
			b.say(tagwire.Dest{Chat: -200}, "three")
			b.claim(8)
			crash(b, 2)
			got := describe(Drain(b, b, b.now))
			if slices.Index(got, "-100 message one") > slices.Index(got, "-100 message two") || len(got) != 3 {
				b.Error(got)
			}
		}},
		{"a message repeats at most twice", func(b *bench) {
			b.say(home(), "one", "two")
			for i := range maxAmbiguous + 1 {
				d := b.claimOne()
				if d.Message.HTML != "one" || d.Ambiguous != i {
					b.Fatalf("crash %d: %+v", i, d)
				}
				crash(b, 1)
			}
			b.sends("-100 message two")
			b.reasons(map[string]int{"dead: " + tagwire.ReasonUnknownOutcome: 1})
		}},
		{"lost answers and crashes count together", func(b *bench) {
			b.say(home(), "one")
			for range maxAmbiguous {
				b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, Attempt: true, Ambiguous: true})
			}
			b.claimOne()
			crash(b, 1)
			b.states(map[tagwire.State]int{tagwire.Dead: 1})
		}},
		{"twice in a row takes back once", func(b *bench) {
			b.say(home(), "one")
			b.claimOne()
			crash(b, 1)
			crash(b, 0)
			if d := b.claimOne(); d.Ambiguous != 1 {
				b.Errorf("ambiguous %d", d.Ambiguous)
			}
		}},
		{"a pause holds after it", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a", "b")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, PostAfter: b.after(time.Hour)})
			b.say(home(), "one")
			b.claimOne()
			crash(b, 1)
			b.sends("-100 message one")
			b.next(b.after(time.Hour))
		}},
		{"the dead are listed, newest first, and counted", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a", "b")
			for i := range 2 {
				b.now = b.after(time.Duration(i) * time.Minute)
				b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dead, Reason: "bad"})
			}
			newest, total, err := b.DeadDeliveries(background(), 1)
			if b.ok(err); total != 2 || len(newest) != 1 || newest[0].Headline != "Title b" || newest[0].Reason != "bad" || newest[0].Dest != home() || !newest[0].At.Equal(b.now) {
				b.Errorf("%d in all: %+v", total, newest)
			}
		}},
		{"a dead one sent again begins anew, in its old place", func(b *bench) {
			b.say(home(), "one", "two", "three")
			d := b.claimOne()
			b.settle(d, tagwire.Settlement{State: tagwire.Dead, Reason: "bad", Attempt: true, Ambiguous: true})
			b.apply(tagwire.Requeue{Delivery: d.ID})
			again := b.claimOne()
			if again.ID != d.ID || again.Attempts != 0 || again.Ambiguous != 0 {
				b.Errorf("%+v", again)
			}
		}},
		{"all dead until an instant are sent again", func(b *bench) {
			b.say(home(), "one", "two")
			for i := range 2 {
				b.now = b.after(time.Duration(i) * time.Minute)
				b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dead, Reason: "bad"})
			}
			b.apply(tagwire.Requeue{Through: b.after(0)})
			b.sends("-100 message one")
			b.states(map[tagwire.State]int{tagwire.Sent: 1, tagwire.Dead: 1})
		}},
		{"what is not dead can't be sent again", func(b *bench) {
			b.say(home(), "one")
			d := b.claimOne()
			b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			b.apply(tagwire.Requeue{Delivery: d.ID})
			b.sends()
		}},
	}
}
