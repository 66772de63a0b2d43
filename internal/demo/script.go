package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tagwire/internal/emulator"
)

// Script plays a tour through the bot in the terminal: who says what, what is
// published, what the bot answers and posts. It opens no port and ends by
// itself; an answer that does not come is an error.
func Script(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	// Any morning would do; a fixed one makes tours alike.
	s, err := newStage(ctx, newClock(opening(time.Date(2026, 7, 28, 12, 0, 0, 0, time.UTC))), tourBacklog, o.Log)
	if err != nil {
		return err
	}
	defer s.tidy()

	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(running) }()
	t := &tour{stage: s, ctx: ctx, paint: newPainter(o.Out), read: map[int64]int{}, ended: ended}
	t.play()
	stop()
	if t.over {
		return t.failed()
	}
	return errors.Join(t.failed(), <-ended)
}

// tour plays one step after the other; after the first failure, none.
type tour struct {
	*stage
	ctx   context.Context
	paint *painter
	read  map[int64]int // last message shown, by chat
	scene string
	ended chan error // what became of the program, should it end by itself
	over  bool
	err   error
}

func (t *tour) failed() error {
	if t.err != nil {
		return fmt.Errorf("demo: the tour stops: %w", t.err)
	}
	if t.paint.err != nil {
		return fmt.Errorf("demo: %w", t.paint.err)
	}
	return nil
}

// play is the story.
func (t *tour) play() {
	rare := t.world.topics["Rare earths"]
	p := t.paint
	p.line(p.styled("tagwire, a tour", bold))
	p.note("This is the whole program: real cron, SQLite, HTTP and bot. Only Telegram and the news sites are played by an emulator.")

	p.note("The bot has just been added to an industry group with topics. It says hello once, and admins may press tags right there.")
	greeting := t.reply(forumID, 0)

	p.note("Anna, an admin, subscribes a topic by command.")
	t.say(annaID, forumID, rare, "/subscribe rare-earths")
	t.reply(forumID, rare)

	p.note("A news site without any feed publishes. The article is filed under “Copper”, but its words and its publisher's tags are about rare earths.")
	t.publish("harbour", "beiliang-outline")
	t.reply(forumID, rare)
	p.note("A channel that follows several metals gets the same article.")
	t.find(channelID, 0, "Beiliang")

	p.note("Ben is a plain member: he may look, and change nothing.")
	t.say(benID, forumID, rare, "/unsubscribe rare-earths")
	t.reply(forumID, rare)
	t.press(benID, greeting)

	p.note("陈丽 is in no group. She talks with the bot in private; her Telegram is Chinese, and so are the answers.")
	t.start(chenID)
	t.reply(chenID, 0)
	t.say(chenID, chenID, 0, "/subscribe 稀土 铜")
	t.reply(chenID, 0)
	t.publish("qingshi", "prnd-steady")
	t.find(chenID, 0, "氧化镨钕")

	p.note("How and when news come is set by buttons.")
	t.say(annaID, forumID, 0, "/settings")
	t.reply(forumID, 0)

	p.note("One more article, and the night passes.")
	t.publish("lantern", "larkspur-furnace")
	t.find(forumID, rare, "Larkspur")
	t.sleep()
	p.note("At 08:30 of the group's zone the digest comes: grouped by tag, newest first.")
	t.find(forumID, rare, "Larkspur", "Beiliang")

	p.note("That was the tour. To play with it in the browser: tagwire demo")
}

// say is a person's message.
func (t *tour) say(who, chat int64, thread int, text string) {
	if t.err != nil {
		return
	}
	t.markRead(chat)
	id, err := t.world.telegram.Say(who, chat, text, emulator.Saying{Thread: thread})
	t.show(chat, thread, id, err)
}

// start is a person's first word to the bot.
func (t *tour) start(who int64) {
	if t.err != nil {
		return
	}
	id, err := t.world.telegram.Start(who, botID, "")
	t.show(who, 0, id, err)
}

func (t *tour) show(chat int64, thread, id int, err error) {
	if err != nil {
		t.err = err
		return
	}
	m, _ := t.world.telegram.Message(chat, id)
	t.place(chat, thread)
	t.paint.message(name(m.From), m, false)
	t.read[chat] = id
}

// markRead passes over what stands in a chat: the next reply is a new one.
func (t *tour) markRead(chat int64) {
	for _, m := range t.world.telegram.Transcript(chat) {
		t.read[chat] = max(t.read[chat], m.ID)
	}
}

// reply shows the bot's next message in a place.
func (t *tour) reply(chat int64, thread int) emulator.Message { return t.find(chat, thread) }

// find waits for a message of the bot that holds all the words, and shows it.
func (t *tour) find(chat int64, thread int, words ...string) emulator.Message {
	for t.err == nil {
		_, changed := t.world.telegram.Changes()
		if m, ok := t.unread(chat, thread, words); ok {
			t.read[chat] = m.ID
			t.place(chat, thread)
			author := m.From
			if author == nil {
				chat, _ := t.world.telegram.Chat(chat)
				author = &emulator.User{FirstName: chat.Title}
			}
			t.paint.message(name(author), m, true)
			return m
		}
		select {
		case <-changed:
		case err := <-t.ended:
			t.over, t.err = true, errors.Join(errors.New("the program ended by itself"), err)
		case <-t.ctx.Done():
			t.err = fmt.Errorf("waiting for the bot in %s (%s): %w", t.title(chat, thread), strings.Join(words, ", "), t.ctx.Err())
		}
	}
	return emulator.Message{}
}

func (t *tour) unread(chat int64, thread int, words []string) (emulator.Message, bool) {
search:
	for _, m := range t.world.telegram.Transcript(chat) {
		if m.By != botID || m.Thread != thread || m.ID <= t.read[chat] {
			continue
		}
		for _, w := range words {
			if !strings.Contains(m.Text, w) {
				continue search
			}
		}
		return m, true
	}
	return emulator.Message{}, false
}

// press has somebody press a message's first button that goes to the bot.
func (t *tour) press(who int64, m emulator.Message) {
	if t.err != nil {
		return
	}
	for _, row := range m.Keyboard {
		for _, b := range row {
			if b.Data == "" {
				continue
			}
			answer, err := t.world.telegram.Press(t.ctx, who, m.Chat, m.ID, b.Data)
			if err != nil {
				t.err = err
				return
			}
			person, _ := t.world.person(who)
			t.place(m.Chat, m.Thread)
			t.paint.alert(name(&person.User), b.Text, answer.Text)
			return
		}
	}
	t.err = errors.New("the message has no button to press")
}

// publish puts an article on a site.
func (t *tour) publish(site, slug string) {
	if t.err != nil {
		return
	}
	for _, chat := range []int64{forumID, chenID} {
		t.markRead(chat)
	}
	a, err := t.world.publishSample(t.ctx, site, slug)
	if err != nil {
		t.err = err
		return
	}
	t.app.Nudge()
	where, _ := t.world.siteOf(a.URL)
	t.scene = where.Host
	t.paint.scene(where.Host, t.at(a.Published))
	t.paint.message(where.Name+" publishes", emulator.Message{Text: a.Title + "\nTags: " + strings.Join(a.Tags, ", ")}, false)
}

// sleep jumps to the moment before the next morning's digest.
func (t *tour) sleep() {
	if t.err != nil {
		return
	}
	t.world.clock.JumpTo(t.world.morning(time.Time{}).Add(lead - 100*time.Millisecond))
	t.app.Nudge()
	t.scene = "" // the same place, but another day
}

// place draws a heading when the scene changes.
func (t *tour) place(chat int64, thread int) {
	if title := t.title(chat, thread); title != t.scene {
		t.scene = title
		t.paint.scene(title, t.now())
	}
}

func (t *tour) title(id int64, thread int) string {
	if person, ok := t.world.person(id); ok {
		return name(&person.User) + " and the bot, in private"
	}
	chat, _ := t.world.telegram.Chat(id)
	title := chat.Title
	for _, topic := range chat.Topics {
		if topic.Thread == thread {
			title += " › " + topic.Name
		}
	}
	if chat.Forum && thread == 0 {
		title += " › General"
	}
	return title
}

func (t *tour) now() string { return t.at(t.world.clock.Now()) }

func (t *tour) at(moment time.Time) string { return moment.In(t.world.zone).Format("Mon 2 Jan, 15:04") }

func name(u *emulator.User) string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }
