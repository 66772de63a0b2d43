package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"tagwire/internal/tagwire"
)

func updateTests() []test {
	tags := func(list ...tagwire.TagSlug) []tagwire.TagSlug { return list }
	return []test{
		{"take effect once, however often they come", func(b *bench) {
			changes := []tagwire.Change{tagwire.SeeChat{Chat: Chat(-100)}, tagwire.Subscribe{Dest: home(), Tags: tags("zinc", "copper")}}
			for i := range 4 {
				if i == 2 {
					b.restart()
				}
				applied, err := b.ApplyUpdate(background(), b.after(time.Duration(i)*time.Hour), 7, changes, []tagwire.Reply{{Dest: home(), Message: tagwire.Message{HTML: "done"}}})
				if b.ok(err); applied != (i == 0) {
					b.Errorf("time %d: applied %v", i, applied)
				}
			}
			b.sends("-100 message done")
		}},
		{"in any order", func(b *bench) {
			for _, id := range []int64{5, 3, 4, 3, 5} {
				_, err := b.ApplyUpdate(background(), b.now, id, nil, []tagwire.Reply{{Dest: home(), Message: tagwire.Message{HTML: tagwire.HTML(fmt.Sprint(id))}}})
				b.ok(err)
			}
			b.sends("-100 message 5", "-100 message 3", "-100 message 4")
		}},
		{"one that fails leaves nothing behind and may come again", func(b *bench) {
			bad := Chat(-300)
			bad.Mode = "never"
			for range 2 {
				applied, err := b.ApplyUpdate(background(), b.now, 1, []tagwire.Change{tagwire.SeeChat{Chat: Chat(-200)}, tagwire.SeeChat{Chat: bad}}, []tagwire.Reply{{Dest: home()}})
				if err == nil || applied {
					b.Fatal("a chat with an impossible mode was stored")
				}
			}
			if _, err := b.Chat(background(), -200); !errors.Is(err, tagwire.ErrNotFound) {
				b.Error("half of a failed update was stored")
			}
			b.states(nil)
			b.apply(tagwire.SeeChat{Chat: Chat(-200)}) // as update 1
		}},
		{"a stranger is not found", func(b *bench) {
			if _, err := b.Chat(background(), -100); !errors.Is(err, tagwire.ErrNotFound) {
				b.Error(err)
			}
		}},
		{"a chat comes back as stored", func(b *bench) {
			want := Chat(-100)
			b.apply(tagwire.SeeChat{Chat: want})
			b.restart()
			b.same("chat", want, b.chat(-100))
		}},
		{"a chat seen again keeps its settings", func(b *bench) {
			b.apply(tagwire.SeeChat{Chat: Chat(-100)}, tagwire.SetLanguage{Chat: -100, Language: "zh"})
			want := b.chat(-100)
			again := Chat(-100)
			again.Type, again.Title, again.Zone, again.Mode = tagwire.Group, "New title", "UTC", tagwire.ModeInstant
			b.apply(tagwire.SeeChat{Chat: again})
			want.Type, want.Title = again.Type, again.Title
			b.same("chat", want, b.chat(-100))
		}},
		{"settings of a stranger are passed over", func(b *bench) {
			b.apply(tagwire.SetLanguage{Chat: -100, Language: "zh"}, tagwire.SetTiming{Chat: -100, Mode: tagwire.ModeInstant}, tagwire.Suspend{Chat: -100, Reason: "gone"}, tagwire.Resume{Dest: home()}, tagwire.SeeTopic{Dest: topic(), Name: "x"})
			if _, err := b.Chat(background(), -100); !errors.Is(err, tagwire.ErrNotFound) {
				b.Error(err)
			}
		}},
		{"timing is kept as set", func(b *bench) {
			b.apply(tagwire.SeeChat{Chat: Chat(-100)})
			want := b.chat(-100)
			want.Mode, want.Rhythm, want.Zone, want.NextDigest = tagwire.ModeDigest, tagwire.Rhythm{Days: tagwire.Workdays, Minute: 1439}, "UTC", b.after(time.Hour)
			b.apply(tagwire.SetTiming{Chat: -100, Mode: want.Mode, Rhythm: want.Rhythm, Zone: want.Zone, NextDigest: want.NextDigest})
			b.same("chat", want, b.chat(-100))
		}},
		{"tags stay in the order they were chosen", func(b *bench) {
			b.subscribe(home(), "zinc", "copper")
			b.now = b.after(time.Minute)
			b.subscribe(home(), "aluminium", "copper")
			b.same("tags", tags("zinc", "copper", "aluminium"), b.tags(home()))
		}},
		{"tags taken off are gone, others stay", func(b *bench) {
			b.subscribe(home(), "zinc", "copper")
			b.apply(tagwire.Unsubscribe{Dest: home(), Tags: tags("zinc", "tin")})
			b.same("tags", tags("copper"), b.tags(home()))
		}},
		{"places of a chat are told apart", func(b *bench) {
			b.subscribe(home(), "zinc")
			b.subscribe(topic(), "copper")
			all, err := b.ChatSubscriptions(background(), -100)
			b.ok(err)
			b.same("all", map[tagwire.ThreadID][]tagwire.TagSlug{0: {"zinc"}, 4: {"copper"}}, all)
			b.same("one", tags("copper"), b.tags(topic()))
		}},
		{"a stranger can't subscribe", func(b *bench) {
			if _, err := b.ApplyUpdate(background(), b.now, 1, []tagwire.Change{tagwire.Subscribe{Dest: home(), Tags: tags("zinc")}}, nil); err == nil {
				b.Error("no error")
			}
		}},
		{"topics have the name last heard", func(b *bench) {
			b.subscribe(topic(), "copper")
			b.apply(tagwire.SeeTopic{Dest: topic(), Name: "Prices"}, tagwire.SeeTopic{Dest: topic(), Name: ""}, tagwire.SeeTopic{Dest: tagwire.Dest{Chat: -100, Thread: 5}, Name: "Talk"}, tagwire.SeeTopic{Dest: tagwire.Dest{Chat: -100, Thread: 5}, Name: "News"})
			names, err := b.Topics(background(), -100)
			b.ok(err)
			b.same("names", map[tagwire.ThreadID]string{4: "Prices", 5: "News"}, names)
		}},
		{"a suspension drops what waits and keeps the settings", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a")
			b.say(home(), "one")
			b.apply(tagwire.Suspend{Chat: -100, Reason: "kicked"})
			b.sends()
			b.next(time.Time{})
			b.reasons(map[string]int{"dropped: kicked": 2})
			b.same("tags", tags("copper"), b.tags(home()))
			if c := b.chat(-100); c.Suspended != "kicked" {
				b.Errorf("suspended: %q", c.Suspended)
			}
			b.apply(tagwire.Resume{Dest: home()})
			if c := b.chat(-100); c.Suspended != "" {
				b.Errorf("suspended after the return: %q", c.Suspended)
			}
		}},
		{"a suspension leaves what is on the wire to its outcome", func(b *bench) {
			b.apply(tagwire.SeeChat{Chat: Chat(-100)})
			b.say(home(), "one")
			d := b.claimOne()
			b.apply(tagwire.Suspend{Chat: -100, Reason: "kicked"})
			b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			b.states(map[tagwire.State]int{tagwire.Sent: 1})
		}},
	}
}

func migrationTests() []test {
	const from, to = tagwire.ChatID(-100), tagwire.ChatID(-1_001_234)
	there := tagwire.Dest{Chat: to}
	move := tagwire.Migrate{From: from, To: to}
	return []test{
		{"a thousand posts, none lost, in order, told of three times, the new chat first", func(b *bench) {
			old := Chat(from)
			old.Type, old.Language, old.Zone = tagwire.Group, "zh", "Europe/Berlin"
			b.apply(tagwire.SeeChat{Chat: old})
			for thread := range tagwire.ThreadID(10) {
				b.apply(tagwire.Subscribe{Dest: tagwire.Dest{Chat: from, Thread: thread}, Tags: []tagwire.TagSlug{"copper"}})
			}
			var articles []tagwire.Article
			for i := range 100 {
				articles = append(articles, Article(fmt.Sprint(i), "copper"))
			}
			b.publish(articles...)
			b.fanOut(400)
			onWire := b.claimOne()
			b.subscribe(there, "copper", "tin")
			for range 3 {
				b.apply(move)
			}
			b.same("while one is on the wire", nil, b.claim(8))
			b.settle(onWire, tagwire.Settlement{State: tagwire.Queued, MigrateTo: to})
			lines, err := b.Ledger(background())
			b.ok(err)
			queued := 0
			for _, l := range lines {
				if l.Dest.Chat == to && l.State == tagwire.Queued {
					queued++
				}
			}
			if queued != 1000 {
				b.Errorf("%d posts wait at the new chat, want 1000", queued)
			}
			last := onWire.ID - 1
			for range 20 {
				d := b.claimOne()
				if d.Dest.Chat != to || d.ID <= last {
					b.Fatalf("after %d comes %+v", last, d)
				}
				last = d.ID
				b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			}
			if n := len(b.waiting(there)); n != 100 {
				b.Errorf("%d articles wait for the digest, want 100", n)
			}
		}},
		{"settings and tags go along", func(b *bench) {
			b.subscribe(home(), "copper")
			b.apply(tagwire.SetLanguage{Chat: from, Language: "zh"}, tagwire.SeeTopic{Dest: topic(), Name: "Prices"})
			want := b.chat(from)
			want.ID = to
			b.apply(move)
			b.same("chat", want, b.chat(to))
			b.same("tags", []tagwire.TagSlug{"copper"}, b.tags(there))
			names, err := b.Topics(background(), to)
			b.ok(err)
			b.same("topics", map[tagwire.ThreadID]string{4: "Prices"}, names)
			if _, err := b.Chat(background(), from); !errors.Is(err, tagwire.ErrNotFound) {
				b.Error("the old chat is still there:", err)
			}
		}},
		{"tags of both are kept", func(b *bench) {
			b.subscribe(home(), "copper", "zinc")
			b.subscribe(there, "tin", "zinc")
			b.apply(move)
			if n := len(b.tags(there)); n != 3 {
				b.Error(b.tags(there))
			}
		}},
		{"a new chat is not suspended because the old one was", func(b *bench) {
			b.subscribe(home(), "copper")
			b.apply(tagwire.Suspend{Chat: from, Reason: "gone"}, move)
			if c := b.chat(to); c.Suspended != "" {
				b.Error(c.Suspended)
			}
		}},
		{"a suspended topic stays so", func(b *bench) {
			b.subscribe(topic(), "copper")
			b.say(topic(), "one")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dropped, Reason: "closed", SuspendThread: "closed"})
			b.apply(move)
			b.post("a")
			b.sends()
		}},
		{"a digest that came does not come again", func(b *bench) {
			b.subscribe(home(), "copper")
			b.mode(from, tagwire.ModeDigest)
			b.post("a")
			plan := b.plan(home(), "monday")
			b.apply(plan)
			b.apply(move)
			plan.Dest = there
			b.apply(plan)
			b.sends("-1001234 digest monday 1")
			b.same("waiting", nil, b.waiting(there))
		}},
		{"a pause goes along", func(b *bench) {
			b.say(home(), "one")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Hour)})
			b.apply(move)
			b.same("early", nil, b.claim(8))
			b.next(b.after(time.Hour))
		}},
		{"the longer pause of both holds", func(b *bench) {
			b.say(home(), "one")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Hour), PostAfter: b.after(2 * time.Hour)})
			b.subscribe(there, "copper")
			b.post("a")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, ReplyAfter: b.after(time.Minute), PostAfter: b.after(time.Minute)})
			b.apply(move)
			b.next(b.after(time.Hour))
			b.now = b.after(time.Hour)
			b.sends("-1001234 message one")
			b.next(b.after(2 * time.Hour))
		}},
		{"a digest that came counts at a place that was known", func(b *bench) {
			b.subscribe(home(), "copper", "zinc")
			b.mode(from, tagwire.ModeDigest)
			b.apply(tagwire.SeeChat{Chat: Chat(to)}, tagwire.SeeTopic{Dest: there, Name: "General"})
			b.publish(Article("a", "copper", "zinc"))
			b.chunk(1)
			b.apply(b.plan(home(), "monday"))
			b.apply(move)
			b.fanOut(1)
			b.same("waiting", nil, b.waiting(there))
		}},
		{"to itself is nothing", func(b *bench) {
			b.subscribe(home(), "copper")
			b.say(home(), "one")
			b.apply(tagwire.Migrate{From: from, To: from})
			b.same("tags", []tagwire.TagSlug{"copper"}, b.tags(home()))
			b.sends("-100 message one")
		}},
		{"of a stranger moves its replies", func(b *bench) {
			b.say(home(), "one")
			b.apply(move)
			b.sends("-1001234 message one")
		}},
		{"what both were to get comes once", func(b *bench) {
			b.subscribe(home(), "copper")
			b.subscribe(there, "copper")
			b.post("a")
			b.apply(move)
			b.sends("-1001234 article 1")
			b.reasons(map[string]int{"dropped: migrated": 1})
		}},
		{"the outcome of a call that both had opens the new chat", func(b *bench) {
			b.subscribe(home(), "copper")
			b.subscribe(there, "copper")
			b.post("a")
			for _, d := range b.claim(8) {
				if d.Dest.Chat == to {
					b.settle(d, tagwire.Settlement{State: tagwire.Queued})
				} else {
					defer b.states(map[tagwire.State]int{tagwire.Sent: 3, tagwire.Dropped: 1})
					defer b.sends("-1001234 message two")
					defer b.settle(d, tagwire.Settlement{State: tagwire.Queued, MigrateTo: to})
				}
			}
			b.apply(move)
			b.say(there, "one")
			b.sends("-1001234 message one", "-1001234 article 1")
			b.say(there, "two")
		}},
		{"two calls on the wire hold the new chat until both are over", func(b *bench) {
			b.say(home(), "one")
			b.say(there, "two", "three")
			calls := b.claim(8)
			b.apply(move)
			for _, d := range calls {
				b.same("meanwhile", nil, b.claim(8))
				b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			}
			b.sends("-1001234 message three")
		}},
		{"twice, one after the other", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a")
			b.apply(tagwire.Migrate{From: from, To: -5})
			b.apply(tagwire.Migrate{From: -5, To: to})
			b.same("tags", []tagwire.TagSlug{"copper"}, b.tags(there))
			b.sends("-1001234 article 1")
		}},
	}
}

func housekeepingTests() []test {
	return []test{
		{"updates are known for two days", func(b *bench) {
			b.apply()
			b.ok(b.Prune(background(), b.after(48*time.Hour)))
			applied, err := b.ApplyUpdate(background(), b.now, 1, nil, nil)
			if b.ok(err); applied {
				b.Error("it acts again within two days")
			}
			b.ok(b.Prune(background(), b.after(48*time.Hour+time.Millisecond)))
			applied, err = b.ApplyUpdate(background(), b.now, 1, nil, nil)
			if b.ok(err); !applied {
				b.Error("it is known for ever")
			}
		}},
		{"what is done is kept for a month, what waits for ever", func(b *bench) {
			b.say(home(), "one", "two", "three")
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Dropped, Reason: "x"})
			b.ok(b.Prune(background(), b.after(30*24*time.Hour)))
			b.states(map[tagwire.State]int{tagwire.Sent: 1, tagwire.Dropped: 1, tagwire.Queued: 1})
			b.ok(b.Prune(background(), b.after(31*24*time.Hour)))
			b.states(map[tagwire.State]int{tagwire.Queued: 1})
		}},
		{"what is on the wire is not pruned", func(b *bench) {
			b.say(home(), "one")
			d := b.claimOne()
			b.ok(b.Prune(background(), b.after(1000*time.Hour)))
			b.settle(d, tagwire.Settlement{State: tagwire.Sent, MessageID: 1})
			b.states(map[tagwire.State]int{tagwire.Sent: 1})
		}},
		{"articles that wait for a digest stay", func(b *bench) {
			b.subscribe(home(), "copper")
			b.mode(-100, tagwire.ModeDigest)
			b.post("a")
			b.ok(b.Prune(background(), b.after(1000*time.Hour)))
			b.same("waiting", []string{"Title a"}, b.waiting(home()))
		}},
		{"writes that come together are each whole", func(b *bench) {
			var all sync.WaitGroup
			for i := range int64(100) {
				all.Go(func() {
					chat := Chat(tagwire.ChatID(-1000 - i))
					timing := tagwire.SetTiming{Chat: chat.ID, Mode: tagwire.ModeBoth, Zone: "UTC"}
					if i%3 == 0 {
						timing.Mode = "impossible"
					}
					_, err := b.ApplyUpdate(background(), b.now, i+1, []tagwire.Change{tagwire.SeeChat{Chat: chat}, timing}, nil)
					if (err != nil) != (i%3 == 0) {
						b.Errorf("chat %d: %v", i, err)
					}
				})
			}
			all.Wait()
			for i := range int64(100) {
				_, err := b.Chat(background(), tagwire.ChatID(-1000-i))
				if errors.Is(err, tagwire.ErrNotFound) != (i%3 == 0) {
					b.Errorf("chat %d: %v", i, err)
				}
			}
		}},
		{"claims that come together share nothing", func(b *bench) {
			for i := range 40 {
				b.say(tagwire.Dest{Chat: tagwire.ChatID(-1000 - i)}, "one")
			}
			var all sync.WaitGroup
			var mu sync.Mutex
			seen := map[tagwire.DeliveryID]int{}
			for range 8 {
				all.Go(func() {
					got, err := b.Claim(background(), b.now, 7)
					if err != nil {
						b.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					for _, d := range got {
						seen[d.ID]++
					}
				})
			}
			all.Wait()
			if len(seen) != 40 {
				b.Errorf("%d claimed, want 40", len(seen))
			}
			for id, n := range seen {
				if n > 1 {
					b.Errorf("delivery %d claimed %d times", id, n)
				}
			}
		}},
		{"a clock set back leaves pauses as long as they were", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a")
			b.now = b.after(24 * time.Hour)
			b.settle(b.claimOne(), tagwire.Settlement{State: tagwire.Queued, PostAfter: b.now.Add(time.Minute), HoldAll: b.now.Add(time.Second)})
			newest, err := b.Newest(background())
			b.ok(err)
			if !newest.Equal(b.after(0)) {
				b.Errorf("newest %v", newest)
			}
			b.now = b.after(0)
			b.ok(b.SetBack(background(), b.now, 24*time.Hour))
			b.next(b.after(time.Minute))
			if due := b.due(b.after(time.Hour), 9); len(due) != 1 {
				b.Errorf("due after an hour: %v", due)
			}
			if c := b.chat(-100); c.NextDigest.After(b.now) {
				b.Errorf("the next digest is still to be worked out, but comes %v", c.NextDigest)
			}
		}},
		{"a healthy store answers", func(b *bench) { b.ok(b.Ping(background())) }},
		{"a closed store refuses", func(b *bench) {
			b.ok(b.Close())
			if _, err := b.Recover(background(), b.now); err == nil {
				b.Error("a write after the end was accepted")
			}
		}},
		{"all is there after a restart", func(b *bench) {
			b.subscribe(home(), "copper")
			b.post("a", "b")
			b.say(home(), "one")
			b.claimOne()
			before, err := b.Ledger(background())
			b.ok(err)
			b.restart()
			after, err := b.Ledger(background())
			b.ok(err)
			b.same("books", sortLines(before), sortLines(after))
		}},
	}
}
