package app_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/emulator"
	"tagwire/internal/tagwire"
	"tagwire/store"
)

// faults is a stage on which four places read about copper and one of them, the
// group, meets misfortune.
type faults struct {
	*stage
	titles int
}

func newFaults(t *testing.T) *faults {
	t.Helper()
	f := &faults{stage: newStage(t, time.Minute)}
	f.must(f.tg.Add(anna, botID, group))
	f.must(f.tg.Add(anna, botID, forum))
	f.must(f.tg.Promote(anna, botID, channel, emulator.AllRights()))
	f.settle()
	for _, text := range []string{"/subscribe copper", "/digest off"} {
		f.must(f.say("anna", "group", text, emulator.Saying{}))
		f.must(f.say("anna", "forum/copper", text, emulator.Saying{}))
		f.must(f.say("chen", "chen", text, emulator.Saying{}))
		_, err := f.tg.ChannelPost(anna, channel, text)
		f.must(err)
		f.settle()
	}
	return f
}

func (f *faults) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func others() []string { return []string{"forum/copper", "channel", "chen"} }

// strike prepares a fault of the next posts to the group, or to the chat named.
func (f *faults) strike(fault emulator.Fault) {
	fault.Method = "sendMessage"
	if fault.Chat == 0 {
		fault.Chat = f.places["group"]
	}
	f.tg.Inject(fault)
}

// publish makes an article and waits until the program has read it.
func (f *faults) publish() (title string) {
	f.t.Helper()
	f.titles++
	title = fmt.Sprintf("Copper report %d.", f.titles)
	_, err := f.web.PublishArticle(f.web.Sites()[0].Key, emulator.SiteArticle{Title: title, Body: []string{title + " The market was calm."}})
	f.must(err)
	time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)))
	time.Sleep(10 * time.Second)
	synctest.Wait()
	return title
}

// calls are the posts of an article to a place that were tried.
func (f *faults) calls(place, title string) (calls []emulator.Call) {
	f.t.Helper()
	chat, thread, err := f.place(place)
	f.must(err)
	for _, c := range f.tg.Ledger("sendMessage") {
		if c.Chat == chat && c.Thread == thread && strings.Contains(c.Text, title) {
			calls = append(calls, c)
		}
	}
	return calls
}

// copies is how often an article is to be seen in a place.
func (f *faults) copies(place, title string) (n int) {
	for _, c := range f.calls(place, title) {
		if c.Effect {
			n++
		}
	}
	return n
}

func (f *faults) want(place, title string, least, most int) {
	f.t.Helper()
	if n := f.copies(place, title); n < least || n > most {
		f.t.Errorf("%s: %d copies of %q, want %d to %d", place, n, title, least, most)
	}
}

// answer is a refusal by Telegram, so many times.
func answer(code int, description string, times int) emulator.Fault {
	return emulator.Fault{Kind: emulator.FaultAnswer, Code: code, Description: description, Count: times}
}

func slow(seconds int) emulator.Fault {
	f := answer(429, fmt.Sprintf("Too Many Requests: retry after %d", seconds), 1)
	f.Parameters = map[string]any{"retry_after": seconds}
	return f
}

// Each fault of one message ends as the design says, and everyone else gets
// theirs at once.
func TestFaults_ofOneMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		for _, tc := range []struct {
			name        string
			fault       emulator.Fault
			within      time.Duration // when all is over
			least, most int           // copies in the group
			tries       int           // calls for them
			gap         time.Duration // at least, between the first call and the second
			restart     bool          // half-way
			then        string        // text of the last call lacks markup: "plain"; it is in the list of the undelivered: "dead"
		}{
			{name: "reset before it was read", fault: emulator.Fault{Kind: emulator.FaultReset}, within: time.Minute, least: 1, most: 1, tries: 2},
			{name: "reset after it was read", fault: emulator.Fault{Kind: emulator.FaultReset, After: true}, within: time.Minute, least: 2, most: 2, tries: 2},
			{name: "no connection", fault: emulator.Fault{Kind: emulator.FaultRefused}, within: time.Minute, least: 1, most: 1, tries: 2},
			{name: "hang", fault: emulator.Fault{Kind: emulator.FaultDelay, Delay: 10 * time.Minute}, within: 20 * time.Minute, least: 1, most: 2, tries: 2, gap: 30 * time.Second},
			{name: "502 with a page", fault: emulator.Fault{Kind: emulator.FaultHTML}, within: time.Minute, least: 1, most: 1, tries: 2},
			{name: "504 with nothing", fault: emulator.Fault{Kind: emulator.FaultEmpty}, within: time.Minute, least: 1, most: 1, tries: 2},
			{name: "half an answer", fault: emulator.Fault{Kind: emulator.FaultTruncate, After: true}, within: time.Minute, least: 1, most: 2, tries: 2},
			{name: "500", fault: answer(500, "Internal Server Error: restart", 1), within: time.Minute, least: 1, most: 1, tries: 2},
			{name: "500 for good", fault: answer(500, "Internal Server Error", 3), within: time.Hour, tries: 3, then: "dead"},
			{name: "429 of 1 s", fault: slow(1), within: time.Minute, least: 1, most: 1, tries: 2, gap: time.Second},
			{name: "429 of 30 s", fault: slow(30), within: time.Minute, least: 1, most: 1, tries: 2, gap: 30 * time.Second},
			{name: "429 of 10,072 s", fault: slow(10_072), within: 4 * time.Hour, least: 1, most: 1, tries: 2, gap: 10_072 * time.Second, restart: true},
			{name: "chat not found, for a moment", fault: answer(400, "Bad Request: chat not found", 1), within: 14 * time.Hour, least: 1, most: 1, tries: 2, gap: 11 * time.Hour},
			{name: "markup", fault: answer(400, "Bad Request: can't parse entities: Unexpected end tag", 1), within: time.Minute, least: 1, most: 1, tries: 2, then: "plain"},
			{name: "length", fault: answer(400, "Bad Request: message is too long", 1), within: time.Minute, least: 1, most: 1, tries: 2, then: "plain"},
			{name: "emptiness", fault: answer(400, "Bad Request: message text is empty", 1), within: time.Minute, least: 1, most: 1, tries: 2, then: "plain"},
			{name: "markup, plain too", fault: answer(400, "Bad Request: can't parse entities", 2), within: time.Minute, tries: 2, then: "dead"},
			{name: "another 400", fault: answer(400, "Bad Request: WEBPAGE_CURL_FAILED", 1), within: time.Minute, tries: 1, then: "dead"},
			{name: "another 403", fault: answer(403, "Forbidden: something new", 1), within: time.Minute, tries: 1, then: "dead"},
		} {
			f.strike(tc.fault)
			title := f.publish()
			for _, place := range others() {
				f.want(place, title, 1, 1)
			}
			if tc.restart {
				time.Sleep(tc.within / 2)
				f.must(f.stop())
				f.must(f.start())
				time.Sleep(tc.within / 2)
			} else {
				time.Sleep(tc.within)
			}
			synctest.Wait()
			calls := f.calls("group", title)
			if n := f.copies("group", title); n < tc.least || n > tc.most || len(calls) != tc.tries {
				t.Errorf("%s: %d copies by %d calls, want %d to %d by %d", tc.name, n, len(calls), tc.least, tc.most, tc.tries)
				continue
			}
			if len(calls) > 1 && calls[1].At.Sub(calls[0].At) < tc.gap {
				t.Errorf("%s: called again after %s, want %s", tc.name, calls[1].At.Sub(calls[0].At), tc.gap)
			}
			if last := calls[len(calls)-1]; (tc.then == "plain") != (last.Params["parse_mode"] == "") && tc.then != "dead" {
				t.Errorf("%s: sent with %v", tc.name, last.Params)
			}
			f.must(f.say("anna", "anna", "/dead", emulator.Saying{}))
			all := f.tg.Transcript(anna)
			if listed := strings.Contains(all[len(all)-1].Text, title); listed != (tc.then == "dead") {
				t.Errorf("%s: among the undelivered: %v\n%s", tc.name, listed, all[len(all)-1].Text)
			}
		}
	})
}

// What closes a chat stops the posts to it at once and for good, keeps its
// settings, and ends when someone speaks to the bot there again.
func TestFaults_thatCloseAChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		for _, fault := range []emulator.Fault{
			answer(403, "Forbidden: bot was blocked by the user", 1),
			answer(403, "Forbidden: bot was kicked from the group chat", 1),
			answer(403, "Forbidden: bot was kicked from the supergroup chat", 1),
			answer(403, "Forbidden: bot is not a member of the channel chat", 1),
			answer(403, "Forbidden: user is deactivated", 1),
			answer(403, "Forbidden: the group chat was deleted", 1),
			answer(403, "Forbidden: bot can't initiate conversation with a user", 1),
			answer(400, "Bad Request: USER_IS_BLOCKED", 1),
			answer(400, "Bad Request: CHANNEL_PRIVATE", 1),
			answer(400, "Bad Request: not enough rights to send text messages to the chat", 1),
			answer(400, "Bad Request: need administrator rights in the channel chat", 1),
			answer(400, "Bad Request: CHAT_WRITE_FORBIDDEN", 1),
			answer(400, "Bad Request: CHAT_ADMIN_REQUIRED", 1),
			answer(400, "Bad Request: CHAT_RESTRICTED", 1),
			answer(400, "Bad Request: chat not found", 3), // over a day
		} {
			f.strike(fault)
			first := f.publish()
			if fault.Count == 3 {
				time.Sleep(30 * time.Hour)
			}
			second := f.publish()
			for _, place := range others() {
				f.want(place, first, 1, 1)
				f.want(place, second, 1, 1)
			}
			if n, m := len(f.calls("group", first)), len(f.calls("group", second)); n != fault.Count || m != 0 {
				t.Errorf("%s: %d calls, want %d, and then %d, want none", fault.Description, n, fault.Count, m)
			}
			f.must(f.say("anna", "group", "/list", emulator.Saying{}))
			third := f.publish()
			if f.copies("group", third) != 1 || f.copies("group", second) != 0 {
				t.Errorf("%s: it does not go on with the next article when the chat is open again", fault.Description)
			}
		}
	})
}

func TestFaults_thatCloseATopic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		f.must(f.say("anna", "forum/magnets", "/subscribe copper", emulator.Saying{}))
		copper := func(c emulator.Call) bool { return c.Thread == f.topics["forum/copper"] }
		for _, description := range []string{"Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED", "Bad Request: TOPIC_DELETED"} {
			fault := answer(400, description, 1)
			fault.Chat, fault.When = forum, copper
			f.strike(fault)
			before := len(f.news(forum, 0))
			first, second := f.publish(), f.publish()
			for _, place := range []string{"group", "channel", "chen", "forum/magnets"} {
				f.want(place, first, 1, 1)
				f.want(place, second, 1, 1)
			}
			if n, m := len(f.calls("forum/copper", first)), len(f.calls("forum/copper", second)); n != 1 || m != 0 {
				t.Errorf("%s: %d calls, then %d", description, n, m)
			}
			if told := len(f.news(forum, 0)) - before; told != 1 {
				t.Errorf("%s: the rest of the forum was told %d times", description, told)
			}
			f.must(f.say("anna", "forum/copper", "/list", emulator.Saying{}))
			f.want("forum/copper", f.publish(), 1, 1)
		}
	})
}

// Too fast in several chats at once is too fast everywhere.
func TestFaults_tooFastEverywhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		for _, seconds := range []int{30, 10_072} {
			for _, chat := range []int64{group, forum, channel} {
				fault := slow(seconds)
				fault.Chat = chat
				f.strike(fault)
			}
			title := f.publish()
			began := time.Now().Add(-10 * time.Second)
			f.must(f.say("chen", "chen", "/list", emulator.Saying{}))
			time.Sleep(time.Duration(seconds) / 3 * time.Second)
			f.must(f.stop())
			f.must(f.start())
			f.must(f.say("chen", "chen", "/list", emulator.Saying{}))
			time.Sleep(time.Duration(seconds) * time.Second)
			synctest.Wait()
			for _, c := range f.tg.Ledger("sendMessage") {
				if c.At.After(began.Add(2*time.Second)) && c.At.Before(began.Add(time.Duration(seconds)*time.Second)) {
					t.Errorf("%d s: chat %d was called after %s", seconds, c.Chat, c.At.Sub(began))
				}
			}
			for _, place := range []string{"group", "forum/copper", "channel"} {
				calls := f.calls(place, title)
				if len(calls) != 2 || !calls[1].Effect || calls[1].At.Sub(calls[0].At) < time.Duration(seconds)*time.Second {
					t.Errorf("%d s, %s: %+v", seconds, place, calls)
				}
			}
			f.want("chen", title, 1, 1)
		}
	})
}

// A token that is refused ends the program; all that waited is sent when it is
// good again.
func TestFaults_aRefusedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		f.strike(answer(401, "Unauthorized", 1))
		title := f.publish()
		if err := <-f.done; err == nil || strings.Contains(err.Error(), stageToken) {
			t.Errorf("ended with %v", err)
		}
		f.cancel()
		f.must(f.start())
		time.Sleep(time.Minute)
		for _, place := range append(others(), "group") {
			f.want(place, title, 1, 1)
		}
	})
}

// While another program polls with the token nothing is sent, /healthz is red,
// and all that waited is sent once it has gone.
func TestFaults_anotherProgramPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		if !f.program.Healthy(context.Background()) {
			t.Error("unhealthy before")
		}
		fault := answer(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", -1)
		fault.Method = "getUpdates"
		gone := f.tg.Inject(fault)
		time.Sleep(2 * time.Minute) // the poll under way ends first
		before := len(f.tg.Ledger("sendMessage"))
		title := f.publish()
		time.Sleep(time.Hour)
		if n := len(f.tg.Ledger("sendMessage")) - before; n != 0 || f.program.Healthy(context.Background()) {
			t.Errorf("%d sent during the conflict; healthy: %v", n, f.program.Healthy(context.Background()))
		}
		gone()
		time.Sleep(10 * time.Minute)
		for _, place := range append(others(), "group") {
			f.want(place, title, 1, 1)
		}
		if !f.program.Healthy(context.Background()) {
			t.Error("unhealthy afterwards")
		}
	})
}

// Of a thousand messages that wait in a group none is lost and none comes twice
// when it becomes a supergroup in their midst, however often that is told.
func TestFaults_migrationInTheMidst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		f.must(f.stop())
		db, err := store.Open(context.Background(), f.path)
		f.must(err)
		var replies []tagwire.Reply
		for i := range 1000 {
			replies = append(replies, tagwire.Reply{Dest: tagwire.Dest{Chat: group}, Message: tagwire.Message{HTML: tagwire.HTML(fmt.Sprintf("number %d.", i))}})
		}
		_, err = db.ApplyUpdate(context.Background(), time.Now(), 1<<40, nil, replies)
		f.must(err)
		f.must(db.Close())
		f.must(f.start())
		time.Sleep(10 * time.Minute)
		supergroup, err := f.tg.Upgrade(anna, group)
		f.must(err)
		time.Sleep(time.Minute)
		f.tg.Repeat(botID, 10) // it is told again
		time.Sleep(time.Hour)
		seen, in := map[string]int{}, map[int64]int{}
		for _, c := range f.tg.Ledger("sendMessage") {
			if c.Effect && strings.HasPrefix(c.Text, "number ") {
				seen[c.Text]++
				in[c.Chat]++
			}
		}
		for text, n := range seen {
			if n != 1 {
				t.Errorf("%q came %d times", text, n)
			}
		}
		if len(seen) != 1000 || in[group] < 100 || in[supergroup] < 100 {
			t.Errorf("%d messages came: %v", len(seen), in)
		}
	})
}

// While nothing can be stored nothing is taken for done: neither what people
// wrote, nor what sources publish. All of it is made up for within ten seconds
// (of articles: at the next minute) after it works again.
func TestFaults_ofTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFaults(t)
		defer f.close()
		raw := func(query string) {
			t.Helper()
			db, err := sql.Open("sqlite", f.path)
			f.must(err)
			_, err = db.Exec(query)
			f.must(errors.Join(err, db.Close()))
		}
		tables := []string{"updates", "articles", "deliveries"}
		for _, table := range tables {
			raw(fmt.Sprintf(`CREATE TRIGGER no_%s BEFORE INSERT ON %[1]s BEGIN SELECT RAISE(ABORT, 'no room'); END`, table))
		}
		said := len(f.news(group, 0))
		f.must(f.say("anna", "group", "/subscribe lithium", emulator.Saying{}))
		f.must(f.say("anna", "group", "/list", emulator.Saying{}))
		before := len(f.tg.Ledger())
		title := f.publish()
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if len(f.news(group, 0)) != said || f.copies("chen", title) != 0 || f.tg.Pending(botID) == 0 {
			t.Errorf("something went on without being stored: %d unconfirmed updates", f.tg.Pending(botID))
		}
		if n := len(f.tg.Ledger()) - before; n > 20*60/3 {
			t.Errorf("%d calls in 20 minutes without a database", n)
		}
		for _, table := range tables {
			raw(`DROP TRIGGER no_` + table)
		}
		time.Sleep(13 * time.Second) // and what an answer takes
		synctest.Wait()
		if n := len(f.news(group, 0)) - said; n != 2 || f.tg.Pending(botID) != 0 {
			t.Errorf("%d of 2 answers after ten seconds, %d updates unconfirmed", n, f.tg.Pending(botID))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, place := range append(others(), "group") {
			f.want(place, title, 1, 1)
		}
	})
}
