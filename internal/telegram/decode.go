package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tagwire/internal/tagwire"
)

// The wire types embed the library's and shadow what it does not know, or what
// could fail to decode though nobody here looks at it: a command that answers a
// poll must not be lost for the poll's sake. The methods the library gives its
// types see none of the shadowed fields and are never called.
type (
	wireUpdate struct {
		tgbotapi.Update
		UpdateID      int64           `json:"update_id"`
		Message       *wireMessage    `json:"message"`
		ChannelPost   *wireMessage    `json:"channel_post"`
		CallbackQuery *wireQuery      `json:"callback_query"`
		MyChatMember  *wireMembership `json:"my_chat_member"`
	}
	wireMessage struct {
		tgbotapi.Message
		Chat            wireChat        `json:"chat"`
		SenderChat      *wireChat       `json:"sender_chat"`
		ThreadID        int             `json:"message_thread_id"`
		IsTopicMessage  bool            `json:"is_topic_message"`
		ForwardOrigin   json.RawMessage `json:"forward_origin"`
		TopicCreated    *wireTopic      `json:"forum_topic_created"`
		TopicEdited     *wireTopic      `json:"forum_topic_edited"`
		TopicReopened   *struct{}       `json:"forum_topic_reopened"`
		ReplyToMessage  *wireReply      `json:"reply_to_message"`
		PinnedMessage   json.RawMessage `json:"pinned_message"`
		Poll            json.RawMessage `json:"poll"`
		PassportData    json.RawMessage `json:"passport_data"`
		Invoice         json.RawMessage `json:"invoice"`
		ReplyMarkup     json.RawMessage `json:"reply_markup"`
		CaptionEntities json.RawMessage `json:"caption_entities"`
	}
	wireReply struct {
		TopicCreated *wireTopic `json:"forum_topic_created"`
	}
	wireTopic struct {
		Name string `json:"name"`
	}
	wireChat struct {
		tgbotapi.Chat
		IsForum       bool            `json:"is_forum"`
		PinnedMessage json.RawMessage `json:"pinned_message"`
	}
	wireQuery struct {
		tgbotapi.CallbackQuery
		Message *wireMessage `json:"message"`
	}
	wireMembership struct {
		tgbotapi.ChatMemberUpdated
		Chat wireChat `json:"chat"`
	}
)

// DecodeUpdate reads one update as the Bot API writes it.
func DecodeUpdate(data []byte) (Update, error) {
	var w wireUpdate
	if err := json.Unmarshal(data, &w); err != nil {
		return Update{}, fmt.Errorf("telegram: decode update: %w", err)
	}
	if w.UpdateID == 0 {
		return Update{}, errors.New("telegram: decode update: no update_id")
	}
	u := Update{ID: w.UpdateID}
	switch {
	case w.Message != nil:
		u.Message = message(w.Message)
	case w.ChannelPost != nil:
		u.ChannelPost = message(w.ChannelPost)
	case w.CallbackQuery != nil:
		u.CallbackQuery = query(w.CallbackQuery)
	case w.MyChatMember != nil:
		c := w.MyChatMember
		u.MyChatMember = &MemberChange{
			Chat: chat(c.Chat), From: user(c.From), Date: date(c.Date),
			Old: member(c.OldChatMember), New: member(c.NewChatMember),
		}
	}
	if u.Message != nil && u.Message.Chat.ID == 0 || u.ChannelPost != nil && u.ChannelPost.Chat.ID == 0 ||
		u.MyChatMember != nil && u.MyChatMember.Chat.ID == 0 {
		return Update{}, errors.New("telegram: decode update: no chat")
	}
	return u, nil
}

func message(w *wireMessage) *Message {
	m := &Message{
		ID: w.MessageID, Date: date(w.Date), Chat: chat(w.Chat), Thread: w.thread(), Text: w.Text,
		AutomaticForward: w.IsAutomaticForward,
		Forwarded:        w.ForwardDate != 0 || len(w.ForwardOrigin) > 0 && string(w.ForwardOrigin) != "null",
		ViaBot:           w.ViaBot != nil,
		MigrateTo:        tagwire.ChatID(w.MigrateToChatID),
		MigrateFrom:      tagwire.ChatID(w.MigrateFromChatID),
	}
	if w.From != nil {
		u := user(*w.From)
		m.From = &u
	}
	if w.SenderChat != nil {
		c := chat(*w.SenderChat)
		m.SenderChat = &c
	}
	for _, e := range w.Entities {
		m.Entities = append(m.Entities, Entity{e.Type, e.Offset, e.Length})
	}
	for _, u := range w.NewChatMembers {
		m.NewMembers = append(m.NewMembers, user(u))
	}
	if w.LeftChatMember != nil {
		u := user(*w.LeftChatMember)
		m.Left = &u
	}
	if m.Thread == 0 {
		return m
	}
	m.TopicReopened = w.TopicReopened != nil
	switch {
	case w.TopicEdited != nil && w.TopicEdited.Name != "":
		m.TopicName, m.TopicNamed = w.TopicEdited.Name, true
	case w.TopicCreated != nil:
		m.TopicName, m.TopicNamed = w.TopicCreated.Name, true
	case w.ReplyToMessage != nil && w.ReplyToMessage.TopicCreated != nil:
		m.TopicName = w.ReplyToMessage.TopicCreated.Name
	}
	return m
}

// thread is the forum topic. Threads of replies are none, and General, which
// some clients call 1, must be addressed without a number.
func (w *wireMessage) thread() tagwire.ThreadID {
	if !w.IsTopicMessage || w.ThreadID <= 1 {
		return 0
	}
	return tagwire.ThreadID(w.ThreadID)
}

func query(w *wireQuery) *CallbackQuery {
	q := &CallbackQuery{ID: w.ID, Data: w.Data}
	if w.From != nil {
		q.From = user(*w.From)
	}
	if m := w.Message; m != nil {
		q.MessageID, q.Chat, q.Thread, q.Accessible = m.MessageID, chat(m.Chat), m.thread(), m.Date != 0
	}
	return q
}

func chat(w wireChat) Chat {
	c := Chat{
		ID: tagwire.ChatID(w.ID), Type: tagwire.ChatType(w.Type),
		Title: w.Title, Username: w.UserName, Forum: w.IsForum,
	}
	if c.Type == tagwire.Private {
		c.Title = w.FirstName
	}
	return c
}

func user(u tgbotapi.User) User {
	return User{ID: u.ID, Name: fullName(u), Username: u.UserName, Language: u.LanguageCode, Bot: u.IsBot}
}

func fullName(u tgbotapi.User) string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

func date(unix int) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(int64(unix), 0).UTC()
}
