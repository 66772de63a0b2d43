package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tagwire/internal/tagwire"
)

// maxAnswer is Telegram's limit of a button's answer, in characters.
const maxAnswer = 200

// preview is the Bot API's LinkPreviewOptions, which the library does not know.
type preview struct {
	Disabled bool   `json:"is_disabled,omitempty"`
	URL      string `json:"url,omitempty"`
}

// replyTo is the Bot API's ReplyParameters. That the message answered is gone
// must not stop the answer.
type replyTo struct {
	MessageID int  `json:"message_id"`
	Allow     bool `json:"allow_sending_without_reply"`
}

// Send posts m to a place, or edits the bot's own message m.Edit there. It gives
// the message's number; a failure is a *tagwire.SendError. An edit that changes
// nothing is a success.
func (g *Gateway) Send(ctx context.Context, to tagwire.Dest, m tagwire.Message) (messageID int, err error) {
	method := "sendMessage"
	if m.Edit != 0 {
		method = "editMessageText"
	}
	params, err := messageParams(to, m)
	if err != nil {
		return 0, &tagwire.SendError{Fault: tagwire.FaultBadMessage, Err: err}
	}
	raw, err := g.call(ctx, method, sendTimeout, func(bot *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return bot.MakeRequest(method, params)
	})
	if m.Edit != 0 {
		var e *tagwire.SendError
		if err == nil || errors.As(err, &e) && e.Fault == tagwire.FaultNotModified {
			return m.Edit, nil
		}
		return 0, err
	}
	if err != nil {
		return 0, err
	}
	var sent tgbotapi.MessageID
	if err := json.Unmarshal(raw, &sent); err != nil || sent.MessageID == 0 {
		return 0, unreadable(errors.New("sendMessage gave no message"))
	}
	return sent.MessageID, nil
}

// messageParams are the parameters of sendMessage or editMessageText.
func messageParams(to tagwire.Dest, m tagwire.Message) (tgbotapi.Params, error) {
	p := tgbotapi.Params{"chat_id": strconv.FormatInt(int64(to.Chat), 10)}
	if m.Plain {
		p["text"] = plain(m.HTML)
	} else {
		p["text"] = string(m.HTML)
		p["parse_mode"] = tgbotapi.ModeHTML
	}
	var reply *replyTo
	if m.Edit != 0 {
		p.AddNonZero("message_id", m.Edit)
	} else {
		p.AddNonZero("message_thread_id", int(to.Thread))
		p.AddBool("disable_notification", m.Silent)
		if m.ReplyTo != 0 {
			reply = &replyTo{m.ReplyTo, true}
		}
	}
	// An edit without buttons takes away those the message had.
	var markup *tgbotapi.InlineKeyboardMarkup
	if len(m.Keyboard) > 0 {
		k := keyboard(m.Keyboard)
		markup = &k
	}
	err := errors.Join(
		p.AddInterface("link_preview_options", preview{Disabled: m.Preview == "", URL: m.Preview}),
		p.AddInterface("reply_parameters", reply),
		p.AddInterface("reply_markup", markup),
	)
	if err != nil {
		return nil, fmt.Errorf("message parameters: %w", err)
	}
	return p, nil
}

// keyboard is ours in the library's type.
func keyboard(k tagwire.Keyboard) tgbotapi.InlineKeyboardMarkup {
	rows := make([][]tgbotapi.InlineKeyboardButton, 0, len(k))
	for _, row := range k {
		var buttons []tgbotapi.InlineKeyboardButton
		for _, b := range row {
			if b.URL != "" {
				buttons = append(buttons, tgbotapi.NewInlineKeyboardButtonURL(b.Text, b.URL))
			} else {
				buttons = append(buttons, tgbotapi.NewInlineKeyboardButtonData(b.Text, b.Data))
			}
		}
		if len(buttons) > 0 {
			rows = append(rows, buttons)
		}
	}
	return tgbotapi.NewInlineKeyboardMarkup(rows...)
}

// AnswerCallback ends the waiting state of a pressed button, with a short text
// (none if empty), shown as a dialog when alert is set. An answer that comes
// too late is no error.
func (g *Gateway) AnswerCallback(ctx context.Context, id, text string, alert bool) error {
	answer := tgbotapi.NewCallback(id, shorten(text, maxAnswer))
	answer.ShowAlert = alert
	_, err := g.call(ctx, "answerCallbackQuery", otherTimeout, func(bot *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return bot.Request(answer)
	})
	if queryExpired(err) {
		return nil
	}
	return err
}
