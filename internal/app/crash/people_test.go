package crash_test

import (
	"fmt"
	"time"

	"tagwire/internal/emulator"
)

// populate fills the world: readers who get articles at once, some who also want
// them as a digest at times all around the clock, groups, a forum with topics,
// and talkers.
func (w *world) populate() {
	w.t.Helper()
	w.must(w.tg.AddBot(emulator.Bot{Token: token, ID: botID, Username: "tagwire_bot", Name: "tagwire"}))
	person := func(id int64) int64 {
		w.must(w.tg.AddUser(emulator.User{ID: id, FirstName: fmt.Sprint("Person ", id), LanguageCode: "en"}))
		return id
	}
	tag := func(i int) string { return tags()[i%len(tags())] }
	for i := range 40 {
		id := person(101 + int64(i))
		w.say(id, id, 0, "/digest off")
		w.say(id, id, 0, "/subscribe "+tag(i))
		w.places = append(w.places, place{chat: id, tag: tag(i), instant: true})
	}
	zones := []string{"UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu"}
	for i := range 8 {
		id := person(201 + int64(i))
		w.say(id, id, 0, fmt.Sprintf("/digest %02d:15 %s", 3*i, zones[i%len(zones)]))
		w.say(id, id, 0, "/subscribe "+tag(i))
		w.places = append(w.places, place{chat: id, tag: tag(i), instant: true, digest: true})
	}
	for i := range 4 {
		id := person(301 + int64(i))
		w.talkers[id] = &talker{}
		w.talk(id)
	}
	for i := range 5 {
		owner, id := person(401+int64(i)), int64(-501-i)
		w.must(w.tg.AddChat(emulator.Chat{ID: id, Type: "group", Title: fmt.Sprint("Desk ", i), Creator: owner}))
		w.must(w.tg.Add(owner, botID, id))
		w.say(owner, id, 0, "/subscribe "+tag(i))
		w.places = append(w.places, place{chat: id, tag: tag(i), instant: true, digest: true})
		w.groups = append(w.groups, id)
	}
	owner, forum := person(410), int64(-1001000000001)
	w.must(w.tg.AddChat(emulator.Chat{ID: forum, Type: "supergroup", Title: "Forum", Forum: true, Creator: owner}))
	w.must(w.tg.Add(owner, botID, forum))
	for i := range 2 {
		thread, err := w.tg.AddTopic(owner, forum, "topic "+tag(i))
		w.must(err)
		w.say(owner, forum, thread, "/subscribe "+tag(i))
		w.places = append(w.places, place{chat: forum, thread: thread, tag: tag(i), instant: true, digest: true})
	}
	for _, wire := range wires() {
		for i := range tags() {
			w.press.publish(wire, tag(i), w.now().Add(-time.Hour), true)
		}
	}
}

func (w *world) say(who, chat int64, thread int, text string) {
	w.t.Helper()
	_, err := w.tg.Say(who, chat, text, emulator.Saying{Thread: thread})
	w.must(err)
}

// talk has a talker type the next command. What it changes is undone by a later
// one, so an update that takes effect twice, or late, is seen at the end.
func (w *world) talk(id int64) {
	w.t.Helper()
	k := w.talkers[id]
	k.said++
	switch w.chance.IntN(4) {
	case 0:
		k.chinese = !k.chinese
		w.say(id, id, 0, "/lang "+map[bool]string{true: "zh", false: "en"}[k.chinese])
	case 1:
		w.say(id, id, 0, "/list")
	default:
		k.follows = !k.follows
		w.say(id, id, 0, map[bool]string{true: "/subscribe ", false: "/unsubscribe "}[k.follows]+silent)
	}
}

// happen lets the world go on: an hour or less passes, articles come out, people
// type, and Telegram repeats some updates that it was told were done.
func (w *world) happen() {
	w.t.Helper()
	w.pass(time.Duration(20+w.chance.IntN(30)) * time.Minute)
	if w.tg.Pending(botID) == 0 { // else a repetition would overtake what it repeats
		w.tg.Repeat(botID, 1+w.chance.IntN(4))
	}
	for range 1 + w.chance.IntN(2) {
		w.publish()
	}
	w.talk(301 + w.chance.Int64N(4))
	w.talk(301 + w.chance.Int64N(4))
	if w.chance.IntN(4) == 0 {
		id := 201 + w.chance.Int64N(8)
		w.say(id, id, 0, "/digest now")
	}
}

func (w *world) publish() {
	wire, tag := wires()[w.chance.IntN(2)], tags()[w.chance.IntN(len(tags()))]
	w.press.publish(wire, tag, w.now(), false)
}

// upgrade makes the next group a supergroup.
func (w *world) upgrade() {
	w.t.Helper()
	group := w.groups[0]
	w.groups = w.groups[1:]
	heir, err := w.tg.Upgrade(0, group)
	w.must(err)
	w.heirs[group] = heir
}
