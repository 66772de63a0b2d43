package emulator

import (
	"fmt"
	"strings"
	"time"
)

// Saying says how a text is said.
type Saying struct {
	Thread    int   // forum topic
	ReplyTo   int   // message answered
	Anonymous bool  // as the group, by one of its administrators
	AsChannel int64 // in the name of a channel the person owns
	Bot       int64 // which bot a private chat is with; 0 is the first one added
}

// Say is a person's writing in a chat; the id of a private chat is the person's
// own. Commands, mentions, hashtags and links in the text become entities.
func (t *Telegram) Say(userID, chatID int64, text string, how ...Saying) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return 0, err
	}
	var saying Saying
	if len(how) > 0 {
		saying = how[0]
	}
	text, entities, err := spoken(text)
	if err != nil {
		return 0, err
	}
	if chatID > 0 {
		return t.sayPrivately(u, chatID, text, entities, saying)
	}
	c, err := t.group(chatID)
	if err != nil {
		return 0, err
	}
	if c.isChannel() {
		return t.postInChannel(c, u, text, entities)
	}
	if err := t.maySpeak(c, u, saying); err != nil {
		return 0, err
	}
	from := u.User
	m := Message{From: &from, Thread: saying.Thread, ReplyTo: saying.ReplyTo, Text: text, Entities: entities}
	switch {
	case saying.Anonymous:
		m.From, m.SenderChat = &User{ID: anonymousAdmin, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}, c.ID
	case saying.AsChannel != 0:
		m.From, m.SenderChat = &User{ID: channelAccount, IsBot: true, FirstName: "Channel", Username: "Channel_Bot"}, saying.AsChannel
	}
	if replied := c.message(m.ReplyTo); replied != nil && m.Thread == 0 {
		m.Thread = replied.Thread
	}
	c.spoken[userID] = t.now()
	s := t.post(c, m)
	t.announce(c, s, false)
	return s.ID, nil
}

// spoken is what the person's app makes of a text.
func spoken(text string) (string, []Entity, error) {
	text, entities, _ := fixText(strings.ToValidUTF8(text, "\uFFFD"), nil)
	if text == "" || tooLong(text, maxText) {
		return "", nil, fmt.Errorf("emulator: a message has 1 to %d characters", maxText)
	}
	return text, entities, nil
}

func (t *Telegram) sayPrivately(u *user, chatID int64, text string, entities []Entity, saying Saying) (int, error) {
	botID := saying.Bot
	if b := t.botByID(chatID); b != nil {
		botID = chatID // a person's app knows the chat by the other's id
	} else if chatID != u.ID {
		return 0, fmt.Errorf("emulator: user %d cannot write in the private chat of user %d", u.ID, chatID)
	}
	if botID == 0 && len(t.bots) > 0 {
		botID = t.bots[0].ID
	}
	b := t.botByID(botID)
	if b == nil {
		return 0, fmt.Errorf("emulator: no bot %d", botID)
	}
	c := t.makePrivate(u, b)
	if c.blocked {
		return 0, fmt.Errorf("emulator: user %d has blocked bot %d", u.ID, botID)
	}
	c.started = true
	from := u.User
	s := t.post(c, Message{From: &from, ReplyTo: saying.ReplyTo, Text: text, Entities: entities})
	t.announce(c, s, false)
	return s.ID, nil
}

// maySpeak holds the rules that a person's app and Telegram hold.
func (w *world) maySpeak(c *chat, u *user, saying Saying) error {
	m := c.member(u.User)
	silenced := m.Status == Restricted && !m.Allowed.SendMessages || c.Muted && !m.isAdmin()
	if !m.isIn() || silenced && saying.AsChannel == 0 {
		return fmt.Errorf("emulator: user %d may not write in chat %d", u.ID, c.ID)
	}
	if wait := c.slow(u.ID, w.now()); wait > 0 {
		return fmt.Errorf("emulator: slow mode of chat %d, wait %s", c.ID, wait.Round(time.Second))
	}
	if saying.Thread != 0 {
		topic := c.topic(saying.Thread)
		if topic == nil || topic.Deleted {
			return fmt.Errorf("emulator: chat %d has no topic %d", c.ID, saying.Thread)
		}
		if topic.Closed && !m.may(manageTopics) {
			return fmt.Errorf("emulator: topic %d of chat %d is closed", saying.Thread, c.ID)
		}
	}
	if saying.ReplyTo != 0 && c.message(saying.ReplyTo) == nil {
		return fmt.Errorf("emulator: chat %d has no message %d", c.ID, saying.ReplyTo)
	}
	if saying.Anonymous && !m.isAdmin() {
		return fmt.Errorf("emulator: user %d is no administrator of chat %d", u.ID, c.ID)
	}
	if saying.AsChannel != 0 {
		if channel := w.groupByID(saying.AsChannel); channel == nil || !channel.isChannel() || channel.memberByID(u.ID).Status != Creator {
			return fmt.Errorf("emulator: user %d does not own channel %d", u.ID, saying.AsChannel)
		}
	}
	return nil
}

// ChannelPost is an administrator's post in a channel.
func (t *Telegram) ChannelPost(userID, chatID int64, text string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return 0, err
	}
	c, err := t.group(chatID)
	if err != nil {
		return 0, err
	}
	if !c.isChannel() {
		return 0, fmt.Errorf("emulator: chat %d is no channel", chatID)
	}
	text, entities, err := spoken(text)
	if err != nil {
		return 0, err
	}
	return t.postInChannel(c, u, text, entities)
}

func (w *world) postInChannel(c *chat, u *user, text string, entities []Entity) (int, error) {
	if !c.member(u.User).may(func(r Rights) bool { return r.PostMessages }) {
		return 0, fmt.Errorf("emulator: user %d may not post in channel %d", u.ID, c.ID)
	}
	s := w.post(c, Message{SenderChat: c.ID, Text: text, Entities: entities})
	w.announce(c, s, false)
	w.forwardLinked(c, s)
	return s.ID, nil
}

// EditSaid changes a person's earlier text.
func (t *Telegram) EditSaid(userID, chatID int64, message int, text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(chatID, 0)
	if err != nil {
		return err
	}
	m := c.message(message)
	if m == nil || m.Service != nil || m.From == nil || m.From.ID != userID {
		return fmt.Errorf("emulator: user %d has no message %d in chat %d", userID, message, chatID)
	}
	text, entities, err := spoken(text)
	if err != nil {
		return err
	}
	m.Text, m.Entities, m.Edited = text, entities, t.now()
	t.touch()
	t.announce(c, m, true)
	return nil
}

// DeleteSaid deletes a message by a person's hand: their own, or any as an
// administrator with that right. The bots are not told.
func (t *Telegram) DeleteSaid(userID, chatID int64, message int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(chatID, 0)
	if err != nil {
		return err
	}
	m := c.message(message)
	own := m != nil && m.From != nil && m.From.ID == userID
	if m == nil || !own && !c.isPrivate() && !c.memberByID(userID).may(func(r Rights) bool { return r.DeleteMessages }) {
		return fmt.Errorf("emulator: user %d cannot delete message %d in chat %d", userID, message, chatID)
	}
	t.remove(c, m)
	return nil
}

// Start opens the private chat with a bot through its deep link: it unblocks the
// bot if need be and says "/start" with the payload, if any.
func (t *Telegram) Start(userID, botID int64, payload string) (int, error) {
	t.mu.Lock()
	u, err := t.person(userID)
	b := t.botByID(botID)
	if err == nil && b == nil {
		err = fmt.Errorf("emulator: no bot %d", botID)
	}
	if err == nil {
		err = checkPayload(payload)
	}
	if err != nil {
		t.mu.Unlock()
		return 0, err
	}
	t.block(t.makePrivate(u, b), u.User, false)
	t.mu.Unlock()
	return t.Say(userID, userID, strings.TrimSpace("/start "+payload), Saying{Bot: botID})
}

// checkPayload holds the rule for deep links: 64 of A-Z a-z 0-9 _ -.
func checkPayload(payload string) error {
	for _, r := range payload {
		if !isName(r) && r != '-' {
			return fmt.Errorf("emulator: %q is no payload of a deep link", payload)
		}
	}
	if len(payload) > 64 {
		return fmt.Errorf("emulator: a payload of %d bytes is too long", len(payload))
	}
	return nil
}

// StartGroup follows a ?startgroup= link: the bot is added to the chat, and told
// "/start@bot payload" if there is a payload.
func (t *Telegram) StartGroup(userID, botID, chatID int64, payload string) error {
	if err := checkPayload(payload); err != nil {
		return err
	}
	if err := t.Add(userID, botID, chatID); err != nil {
		return err
	}
	if payload == "" {
		return nil
	}
	t.mu.Lock()
	name := t.botByID(botID).Username
	t.mu.Unlock()
	_, err := t.Say(userID, chatID, "/start@"+name+" "+payload)
	return err
}
