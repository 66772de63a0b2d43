package demo

import (
	"fmt"
	"time"

	"tagwire/internal/emulator"
)

// The people and chats of the demo. Ids have the shape of Telegram's.
const (
	botID  = 7700000001
	annaID = 700100001
	benID  = 700100002
	chenID = 700100003

	forumID   = -1002700000001
	teamID    = -4200000001
	channelID = -1002700000002
)

// zoneName is the zone of the demo's chats, the catalogue's default.
const zoneName = "Asia/Shanghai"

// zone is that zone. China has no daylight saving, so where the zone database is
// missing a fixed zone is as good.
func zone() *time.Location {
	if z, err := time.LoadLocation(zoneName); err == nil {
		return z
	}
	return time.FixedZone("CST", 8*60*60)
}

// backlog is how many articles each site carries from the start. Those are the
// baseline that nobody is sent; the next sample of each site is on rare earths.
// The tour makes do with one, since the program takes its time with a site's
// pages: a second for each.
const (
	backlog     = 3
	tourBacklog = 1
)

// person is somebody the visitor can be.
type person struct {
	emulator.User
	Role  string // in two words
	Blurb string
}

// cast is the people of the demo.
func cast() []person {
	return []person{
		{emulator.User{ID: annaID, FirstName: "Anna", LastName: "Weiss", Username: "anna_weiss", LanguageCode: "en"},
			"Group admin", "owns the groups and the channel"},
		{emulator.User{ID: benID, FirstName: "Ben", LastName: "Okafor", Username: "ben_okafor", LanguageCode: "en"},
			"Plain member", "reads along, may change nothing"},
		{emulator.User{ID: chenID, FirstName: "陈丽", Username: "chenli_metals", LanguageCode: "zh-hans"},
			"Stranger", "in no group, writes Chinese"},
	}
}

// world is the outside world of the demo with its clock.
type world struct {
	clock    *clock
	zone     *time.Location
	token    string
	telegram *emulator.Telegram
	web      *emulator.Web
	topics   map[string]int // of the forum, by name
	sites    turns
}

// newWorld builds chats and people as they are at the clock's present moment:
// some small talk lies behind them, and the bot has just been added everywhere.
func newWorld(c *clock, backlog int) (*world, error) {
	w := &world{clock: c, zone: zone(), token: "7700000001:demo-token-that-opens-nothing", topics: map[string]int{}}
	c.Advance(-smallTalk)
	w.telegram = emulator.NewTelegram(emulator.Options{Now: c.Now})
	b := builder{w: w}
	b.people()
	b.chats()
	b.talk()
	b.bot()
	if b.err != nil {
		return nil, fmt.Errorf("demo: build the world: %w", b.err)
	}
	w.web = emulator.NewWeb(emulator.WebOptions{Now: c.Now, Backlog: backlog})
	return w, nil
}

// smallTalk is how long before the start the first words were spoken.
const smallTalk = 50 * time.Minute

// builder remembers the first error, so that the story reads without them.
type builder struct {
	w   *world
	err error
}

func (b *builder) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) people() {
	b.do(b.w.telegram.AddBot(emulator.Bot{Token: b.w.token, ID: botID, Username: "tagwire_bot", Name: "tagwire"}))
	for _, p := range cast() {
		b.do(b.w.telegram.AddUser(p.User))
	}
}

func (b *builder) chats() {
	t := b.w.telegram
	b.do(t.AddChat(emulator.Chat{ID: forumID, Type: "supergroup", Title: "Metals Circle", Username: "metals_circle", Forum: true, Creator: annaID}))
	b.do(t.AddChat(emulator.Chat{ID: teamID, Type: "group", Title: "Purchasing Team", Creator: annaID}))
	b.do(t.AddChat(emulator.Chat{ID: channelID, Type: "channel", Title: "Metals Morning", Username: "metals_morning", Creator: annaID}))
	for _, chat := range []int64{forumID, teamID, channelID} {
		b.do(t.Add(annaID, benID, chat))
	}
	for _, name := range []string{"Rare earths", "Copper"} {
		thread, err := t.AddTopic(annaID, forumID, name)
		b.do(err)
		b.w.topics[name] = thread
	}
}

func (b *builder) talk() {
	b.say(annaID, forumID, 0, "Good morning all! Newcomers: one topic per metal, please. General is for everything else.")
	b.pause(4 * time.Minute)
	b.say(benID, forumID, 0, "Morning. Is there a way to get the news in here without somebody pasting links all day?")
	b.pause(2 * time.Minute)
	b.say(annaID, forumID, 0, "Working on it 🙂 I am adding a bot.")
	b.pause(5 * time.Minute)
	b.say(benID, forumID, b.w.topics["Rare earths"], "Did anyone see new Pr-Nd oxide quotes this week?")
	b.pause(3 * time.Minute)
	b.say(benID, forumID, b.w.topics["Copper"], "Cathode premiums look calm from here.")
	b.pause(6 * time.Minute)
	b.say(benID, teamID, 0, "Supplier call moved to 14:00.")
	b.pause(time.Minute)
	b.say(annaID, teamID, 0, "Fine. I will bring the lithium numbers.")
	b.pause(10 * time.Minute)
	_, err := b.w.telegram.ChannelPost(annaID, channelID, "Welcome to Metals Morning: what moves the metals trade, every day.")
	b.do(err)
	b.w.clock.Advance(smallTalk - 31*time.Minute)
}

// bot adds the bot. Its greeting answers that as soon as the program runs; the
// channel and one topic are subscribed, the rest is left to the visitor.
func (b *builder) bot() {
	t := b.w.telegram
	b.do(t.Promote(annaID, botID, channelID, emulator.AllRights()))
	_, err := t.ChannelPost(annaID, channelID, "/subscribe rare-earths copper lithium nickel")
	b.do(err)
	for _, chat := range []int64{teamID, forumID} {
		b.do(t.Add(annaID, botID, chat))
		b.do(t.Promote(annaID, botID, chat, emulator.AllRights()))
	}
	b.say(annaID, forumID, b.w.topics["Copper"], "/subscribe copper")
}

func (b *builder) say(who, chat int64, thread int, text string) {
	_, err := b.w.telegram.Say(who, chat, text, emulator.Saying{Thread: thread})
	b.do(err)
}

func (b *builder) pause(d time.Duration) { b.w.clock.Advance(d) }
