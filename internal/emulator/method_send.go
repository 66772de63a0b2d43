package emulator

import (
	"fmt"
	"strings"
)

// outgoing is a message on its way through the checks.
type outgoing struct {
	text    content
	limit   int
	what    string // in "not enough rights to send … to the chat"
	size    string // in "… is too long"
	allowed func(Permissions) bool
	message Message
}

func sendMessage(c *call) (any, *apiError) {
	text, preview, refusal := c.textContent()
	if refusal != nil {
		return nil, refusal
	}
	return c.deliver(outgoing{
		text: text, limit: maxText, what: "text messages", size: "message",
		allowed: func(p Permissions) bool { return p.SendMessages },
		message: Message{Preview: preview},
	}, nil)
}

func sendPhoto(c *call) (any, *apiError) {
	photo, refusal := c.photo()
	if refusal != nil {
		return nil, refusal
	}
	caption, refusal := c.formatted(c.text("caption"), "caption_entities")
	if refusal != nil {
		return nil, refusal
	}
	return c.deliver(outgoing{
		text: caption, limit: maxCaption, what: "photos", size: "message caption",
		allowed: func(p Permissions) bool { return p.SendPhotos },
		message: Message{Photo: photo},
	}, c.loadPhoto)
}

// deliver takes a message through the checks in the server's order: first what
// needs no chat, then access, topic, reply, rights and length, then the rates,
// and last what only Telegram itself refuses. load fetches what is sent by
// address.
func (c *call) deliver(out outgoing, load func(*Photo) *apiError) (any, *apiError) {
	reply, refusal := c.replyTarget()
	if refusal != nil {
		return nil, refusal
	}
	rows, refusal := c.markup()
	if refusal != nil {
		return nil, refusal
	}
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	thread, refusal := c.thread(to)
	if refusal != nil {
		return nil, refusal
	}
	m := out.message
	if m.ReplyTo, refusal = reply.find(c, to); refusal != nil {
		return nil, refusal
	}
	if thread == 0 && m.ReplyTo != 0 { // an answer goes where the question was
		thread = to.message(m.ReplyTo).Thread
	}
	for _, check := range []func() *apiError{
		func() *apiError { return c.mayPostInChannel(to) },
		func() *apiError { return out.text.check(out.limit, out.size) },
		func() *apiError { return checkButtons(rows) },
		func() *apiError { return c.mayPost(to, out.what, out.allowed) },
		func() *apiError { return c.slowMode(to) },
		func() *apiError { return c.flow(to) },
		func() *apiError { return c.checkAccess(to, toWrite) }, // it may have waited
		func() *apiError { return c.reachable(to, thread) },
		func() *apiError { return acceptButtons(rows) },
	} {
		if refusal := check(); refusal != nil {
			return nil, refusal
		}
	}
	if load != nil {
		if refusal := load(m.Photo); refusal != nil {
			return nil, refusal
		}
	}
	m.Text, m.Entities, m.Keyboard, m.Thread = out.text.text, out.text.entities, rows, thread
	m.Silent, m.Protected, m.By = c.flag("disable_notification"), c.flag("protect_content"), c.bot.ID
	return c.publish(to, m), nil
}

// publish puts a bot's message into the chat.
func (c *call) publish(to *chat, m Message) any {
	if to.isChannel() {
		m.SenderChat = to.ID
	} else {
		from := c.bot.user()
		m.From = &from
	}
	to.lastBot, to.spoken[c.bot.ID] = c.bot.ID, c.now()
	s := c.post(to, m)
	c.record.Message = s.ID
	if to.isChannel() {
		c.forwardLinked(to, s)
	}
	return c.messageObj(to, s, true)
}

// forwardLinked copies a channel's post into the groups linked to it.
func (w *world) forwardLinked(channel *chat, m *stored) {
	for _, group := range w.chats {
		if group.Linked != channel.ID || group.MigratedTo != 0 || group.Deleted {
			continue
		}
		from := User{ID: serviceAccount, FirstName: "Telegram"}
		s := w.post(group, Message{
			From: &from, SenderChat: channel.ID, Forwarded: true, Text: m.Text, Entities: m.Entities,
			Photo: m.Photo, Preview: m.Preview, Keyboard: m.Keyboard,
		})
		s.origin = m.ID
		w.announce(group, s, false)
	}
}

func sendChatAction(c *call) (any, *apiError) {
	switch action := asciiLower(c.text("action")); action {
	case "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note":
	default:
		return nil, badRequest("wrong parameter action in request")
	}
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	thread, refusal := c.thread(to)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := c.reachable(to, thread); refusal != nil {
		return nil, refusal
	}
	return true, nil
}

// answerCallbackQuery tells the person who pressed a button.
func answerCallbackQuery(c *call) (any, *apiError) {
	q, ok := c.queries[c.text("callback_query_id")]
	late := badRequest("query is too old and response timeout expired or query ID is invalid")
	if !ok || q.bot != c.bot.ID || q.answered || c.now().Sub(q.at) > callbackAge {
		return nil, late
	}
	if tooLong(c.text("text"), 200) {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	if link := c.text("url"); link != "" && !strings.HasPrefix(link, fmt.Sprintf("https://t.me/%s?start=", c.bot.Username)) &&
		!strings.HasPrefix(link, fmt.Sprintf("t.me/%s?start=", c.bot.Username)) {
		return nil, badRequest("URL_INVALID")
	}
	c.record.Chat = q.chat
	c.record.Text = c.text("text")
	q.answer = Answer{Text: c.text("text"), Alert: c.flag("show_alert"), URL: c.text("url")}
	q.answered = true
	close(q.done)
	c.touch()
	return true, nil
}
