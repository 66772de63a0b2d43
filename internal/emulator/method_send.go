package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"  // pictures are judged by their bytes
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"net/http"
	"reflect"
	"strconv"
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
	to.lastBot = c.bot.ID
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

// photo reads the photo parameter: a file id, an address or an upload.
func (c *call) photo() (*Photo, *apiError) {
	value := c.text("photo")
	upload, ok := c.files["photo"]
	if name, attached := strings.CutPrefix(value, "attach://"); attached {
		upload, ok = c.files[name]
		if c.record != nil {
			c.record.Unknown = deleteString(c.record.Unknown, name)
		}
	}
	switch {
	case ok:
		return c.uploaded(upload)
	case value == "":
		return nil, badRequest("there is no photo in the request")
	}
	if p, known := c.photos[value]; known {
		same := *p
		return &same, nil
	}
	if !strings.HasPrefix(asciiLower(value), "http://") && !strings.HasPrefix(asciiLower(value), "https://") {
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	}
	if _, valid := checkLink(value); !valid {
		return nil, badRequest("wrong HTTP URL specified")
	}
	return &Photo{URL: value, Width: 1280, Height: 720}, nil
}

func deleteString(list []string, s string) []string {
	kept := list[:0]
	for _, v := range list {
		if v != s {
			kept = append(kept, v)
		}
	}
	return kept
}

func (c *call) uploaded(f file) (*Photo, *apiError) {
	const most = 10 << 20
	if len(f.data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	if len(f.data) > most {
		return nil, badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(f.data), most)
	}
	p := &Photo{Name: f.name, Data: f.data}
	if refusal := p.measure("IMAGE_PROCESS_FAILED"); refusal != nil {
		return nil, refusal
	}
	return p, nil
}

// measure judges a picture by its bytes.
func (p *Photo) measure(unreadable string) *apiError {
	config, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
	if err != nil {
		return badRequest("%s", unreadable)
	}
	p.Width, p.Height = config.Width, config.Height
	if w, h := p.Width, p.Height; w+h > 10000 || w > 20*h || h > 20*w {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// loadPhoto fetches a picture sent by address, and gives every picture an id.
func (c *call) loadPhoto(p *Photo) *apiError {
	if p.FileID != "" {
		return nil
	}
	if p.URL != "" && c.options.Fetch != nil {
		c.mu.Unlock()
		data, refusal := fetchPhoto(c.ctx, c.options.Fetch, p.URL)
		c.mu.Lock()
		if refusal != nil {
			return refusal
		}
		p.Data = data
		if refusal := p.measure("wrong type of the web page content"); refusal != nil {
			return refusal
		}
	}
	c.lastFile++
	p.FileID = "photo" + strconv.Itoa(c.lastFile)
	kept := *p
	c.photos[p.FileID] = &kept
	return nil
}

func fetchPhoto(ctx context.Context, by http.RoundTripper, address string) ([]byte, *apiError) {
	const most = 5 << 20
	failed := badRequest("failed to get HTTP URL content")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, badRequest("wrong HTTP URL specified")
	}
	response, err := (&http.Client{Transport: by}).Do(r)
	if err != nil {
		return nil, failed
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil || response.StatusCode != http.StatusOK || len(data) > most:
		return nil, failed
	case !strings.HasPrefix(response.Header.Get("Content-Type"), "image/"):
		return nil, badRequest("wrong type of the web page content")
	}
	return data, nil
}

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
	return reflect.DeepEqual(face(a), face(b))
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
