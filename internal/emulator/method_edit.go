package emulator

import "encoding/json"

// target finds a message of the bot's to be edited.
func (c *call) target() (*chat, *stored, *apiError) {
	if c.text("chat_id") == "" && c.number("message_id", 0, 0, 1<<31-1) == 0 {
		if c.text("inline_message_id") == "" {
			return nil, nil, badRequest("message identifier is not specified")
		}
		return nil, nil, badRequest("MESSAGE_ID_INVALID")
	}
	to, refusal := c.chat(toEdit)
	if refusal != nil {
		return nil, nil, refusal
	}
	m := to.message(c.number("message_id", 0, 0, 1<<31-1))
	if m == nil {
		return nil, nil, badRequest("message to edit not found")
	}
	if m.Service != nil || !c.mayEdit(to, m) {
		return nil, nil, badRequest("message can't be edited")
	}
	return to, m, nil
}

func (c *call) mayEdit(to *chat, m *stored) bool {
	if m.By == c.bot.ID {
		return true
	}
	return to.isChannel() && to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.EditMessages })
}

func editMessageText(c *call) (any, *apiError) {
	text, preview, refusal := c.textContent()
	if refusal != nil {
		return nil, refusal
	}
	rows, refusal := c.markup()
	if refusal != nil {
		return nil, refusal
	}
	to, m, refusal := c.target()
	if refusal != nil {
		return nil, refusal
	}
	if m.Photo != nil {
		return nil, badRequest("there is no text in the message to edit")
	}
	if refusal := text.check(maxText, "message"); refusal != nil {
		return nil, refusal
	}
	changed := m.Message
	changed.Text, changed.Entities, changed.Keyboard, changed.Preview = text.text, text.entities, rows, preview
	return c.replace(to, m, changed)
}

func editMessageReplyMarkup(c *call) (any, *apiError) {
	rows, refusal := c.markup()
	if refusal != nil {
		return nil, refusal
	}
	to, m, refusal := c.target()
	if refusal != nil {
		return nil, refusal
	}
	changed := m.Message
	changed.Keyboard = rows
	return c.replace(to, m, changed)
}

// replace puts an edited message in the place of the old one.
func (c *call) replace(to *chat, m *stored, changed Message) (any, *apiError) {
	if refusal := checkButtons(changed.Keyboard); refusal != nil {
		return nil, refusal
	}
	if refusal := c.flow(to); refusal != nil {
		return nil, refusal
	}
	if refusal := acceptButtons(changed.Keyboard); refusal != nil {
		return nil, refusal
	}
	if to.message(m.ID) != m {
		return nil, badRequest("message to edit not found")
	}
	if same(m.Message, changed) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	changed.Edited = c.now()
	m.Message = changed
	c.record.Message = m.ID
	c.touch()
	return c.messageObj(to, m, true), nil
}

// same compares what an edit can change.
func same(a, b Message) bool {
	face := func(m Message) string {
		body, _ := json.Marshal([]any{m.Text, m.Entities, m.Keyboard, m.Preview})
		return string(body)
	}
	return face(a) == face(b)
}

func deleteMessage(c *call) (any, *apiError) {
	if c.text("chat_id") == "" {
		return nil, badRequest("chat identifier is not specified")
	}
	id := c.number("message_id", 0, 0, 1<<31-1)
	if id == 0 {
		return nil, badRequest("message identifier is not specified")
	}
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	m := to.message(id)
	if m == nil {
		return nil, badRequest("message to delete not found")
	}
	if !c.mayDelete(to, m) {
		if to.isSuper() {
			return nil, badRequest("message can't be deleted")
		}
		return nil, badRequest("message can't be deleted for everyone")
	}
	c.remove(to, m)
	return true, nil
}

// mayDelete: its own messages and those it has the right for; in private chats
// and groups none older than 48 hours.
func (c *call) mayDelete(to *chat, m *stored) bool {
	const oldest = 48 * 60 * 60
	young := c.now().Unix()-m.Date.Unix() <= oldest
	me := to.memberByID(c.bot.ID)
	switch {
	case to.isPrivate():
		return young
	case me.may(func(r Rights) bool { return r.DeleteMessages }):
		return young || to.isSuper()
	}
	return m.By == c.bot.ID && young
}

func (w *world) remove(to *chat, m *stored) {
	m.Deleted = true
	for i := 0; i < len(to.Pinned); i++ {
		if to.Pinned[i] == m.ID {
			to.Pinned = append(to.Pinned[:i:i], to.Pinned[i+1:]...)
			i--
		}
	}
	w.touch()
}

func pinChatMessage(c *call) (any, *apiError) {
	to, m, refusal := c.pinnable()
	if refusal != nil {
		return nil, refusal
	}
	if m == nil {
		return nil, badRequest("message to pin not found")
	}
	to.Pinned = append(to.Pinned, m.ID)
	from := c.bot.user()
	s := c.post(to, Message{From: &from, Thread: m.Thread, Service: &Service{Kind: "pinned_message", Message: m.ID}, By: c.bot.ID, Silent: c.flag("disable_notification")})
	if to.isChannel() {
		s.From, s.SenderChat = nil, to.ID
	}
	return true, nil
}

func unpinChatMessage(c *call) (any, *apiError) {
	to, m, refusal := c.pinnable()
	if refusal != nil {
		return nil, refusal
	}
	kept := to.Pinned[:0:0]
	for i, id := range to.Pinned {
		if m != nil && id == m.ID || !c.has("message_id") && i == len(to.Pinned)-1 {
			continue
		}
		kept = append(kept, id)
	}
	if len(kept) == len(to.Pinned) {
		return nil, badRequest("message to unpin not found")
	}
	to.Pinned = kept
	c.touch()
	return true, nil
}

// pinnable finds the message of a pin and checks the right to pin.
func (c *call) pinnable() (*chat, *stored, *apiError) {
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, nil, refusal
	}
	right := func(r Rights) bool { return r.PinMessages }
	if to.isChannel() {
		right = func(r Rights) bool { return r.EditMessages }
	}
	if me := to.memberByID(c.bot.ID); !to.isPrivate() && !me.may(right) {
		return nil, nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	return to, to.message(c.number("message_id", 0, 0, 1<<31-1)), nil
}
