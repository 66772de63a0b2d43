package emulator

import (
	"encoding/json"
	"errors"
	"strings"
)

// Limits of a message.
const (
	maxText    = 4096
	maxCaption = 1024
	maxRaw     = 32 << 10 // bytes, before parsing
	maxButtons = 100
	maxData    = 64 // bytes of callback_data
)

// content is a text after parsing.
type content struct {
	text     string
	entities []Entity
}

// formatted parses a text by parse_mode, or takes its entities as given.
func (c *call) formatted(text, entitiesParam string) (content, *apiError) {
	if len(text) > maxRaw {
		return content{}, badRequest("text is too long")
	}
	var raw content
	switch mode := asciiLower(c.text("parse_mode")); {
	case mode == "" || mode == "none" || text == "":
		entities, refusal := c.givenEntities(entitiesParam)
		if refusal != nil {
			return content{}, refusal
		}
		raw = content{text, entities}
	case mode == "html":
		parsed, entities, err := parseHTML(text, c.mentionable)
		if err != nil {
			return content{}, fail(400, "Bad Request: can't parse entities: "+err.Error())
		}
		raw = content{parsed, entities}
	case mode == "markdown" || mode == "markdownv2":
		return content{}, badRequest("parse_mode %s is not supported by the emulator", mode)
	default:
		return content{}, badRequest("unsupported parse_mode")
	}
	fixed, entities, _ := fixText(raw.text, raw.entities)
	c.record.Units = utf16Len(fixed)
	c.record.Entities = len(raw.entities)
	return content{fixed, entities}, nil
}

func (c *call) mentionable(id int64) *User {
	if u := c.userByID(id); u != nil {
		return &u.User
	}
	return nil
}

// givenEntities reads the entities parameter; automatic kinds are ignored.
func (c *call) givenEntities(name string) ([]Entity, *apiError) {
	var list []struct {
		Type          string
		Offset        *int
		Length        *int
		URL           string
		Language      string
		CustomEmojiID string `json:"custom_emoji_id"`
		User          *struct{ ID int64 }
	}
	if _, err := c.object(name, &list); err != nil {
		return nil, nil // as the server: what is no array counts as none
	}
	var out []Entity
	for _, e := range list {
		if e.Offset == nil || e.Length == nil {
			return nil, badRequest(`can't parse MessageEntity: Can't find field "offset"`)
		}
		entity := Entity{Type: e.Type, Offset: max(*e.Offset, 0), Length: *e.Length, Language: e.Language, EmojiID: e.CustomEmojiID}
		switch e.Type {
		case "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote", "expandable_blockquote", "custom_emoji":
		case "text_link":
			link, ok := checkLink(e.URL)
			if !ok {
				return nil, badRequest("entity URL '%s' is invalid: Wrong HTTP URL", e.URL)
			}
			entity.URL = link
		case "text_mention":
			if e.User == nil || c.mentionable(e.User.ID) == nil {
				continue
			}
			entity.User = c.mentionable(e.User.ID)
		case "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number":
			continue
		default:
			return nil, badRequest("can't parse MessageEntity: Unsupported type specified")
		}
		if entity.Length > 0 {
			out = append(out, entity)
		}
	}
	sortEntities(out)
	return out, nil
}

// textContent reads the text of a message to be sent or edited.
func (c *call) textContent() (content, *LinkPreview, *apiError) {
	preview, refusal := c.preview()
	if refusal != nil {
		return content{}, nil, refusal
	}
	if c.text("text") == "" {
		return content{}, nil, badRequest("message text is empty")
	}
	text, refusal := c.formatted(c.text("text"), "entities")
	return text, preview, refusal
}

// check refuses what is empty or too long after cleaning.
func (t content) check(limit int, what string) *apiError {
	switch {
	case t.text == "" && what == "message":
		return badRequest("text must be non-empty")
	case tooLong(t.text, limit):
		return badRequest("%s is too long", what)
	}
	return nil
}

// preview reads link_preview_options, or the older disable_web_page_preview if
// that is empty.
func (c *call) preview() (*LinkPreview, *apiError) {
	if c.text("link_preview_options") == "" {
		if c.flag("disable_web_page_preview") {
			return &LinkPreview{Disabled: true}, nil
		}
		return nil, nil
	}
	var raw json.RawMessage
	if _, err := c.object("link_preview_options", &raw); err != nil {
		return nil, badRequest("can't parse link preview options JSON object")
	}
	var p LinkPreview
	if !isObject(raw) {
		return nil, badRequest("object expected as link preview options")
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, badRequest("can't parse link preview options JSON object")
	}
	c.unknownFields("link_preview_options", raw, "is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")
	if p == (LinkPreview{}) {
		return nil, nil
	}
	return &p, nil
}

func isObject(raw json.RawMessage) bool { return strings.HasPrefix(string(raw), "{") }

// unknownFields notes fields of a nested object that do not exist, as
// "parameter.field".
func (c *call) unknownFields(param string, raw json.RawMessage, known ...string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return
	}
	for _, name := range known {
		delete(fields, name)
	}
	for name := range fields {
		c.record.Unknown = append(c.record.Unknown, param+"."+name)
	}
}

// replyTarget is the message to be answered.
type replyTarget struct {
	message int
	chat    string
	lenient bool // send without, if it is gone
}

func (c *call) replyTarget() (replyTarget, *apiError) {
	if !c.has("reply_parameters") {
		return replyTarget{
			message: c.number("reply_to_message_id", 0, 0, 1<<31-1),
			lenient: c.flag("allow_sending_without_reply"),
		}, nil
	}
	if c.text("reply_parameters") == "" {
		return replyTarget{}, nil
	}
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(c.text("reply_parameters")), &raw); err != nil {
		return replyTarget{}, badRequest("can't parse reply parameters JSON object")
	}
	if !isObject(raw) {
		return replyTarget{}, badRequest("object expected as reply parameters")
	}
	var p struct {
		MessageID *int            `json:"message_id"`
		ChatID    json.RawMessage `json:"chat_id"`
		Allow     bool            `json:"allow_sending_without_reply"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return replyTarget{}, badRequest("can't parse reply parameters JSON object")
	}
	c.unknownFields("reply_parameters", raw, "message_id", "chat_id", "allow_sending_without_reply", "quote",
		"quote_parse_mode", "quote_entities", "quote_position", "checklist_task_id", "poll_option_id")
	if len(raw) > 2 && p.MessageID == nil {
		return replyTarget{}, badRequest(`can't find field "message_id"`)
	}
	target := replyTarget{lenient: p.Allow}
	if p.MessageID != nil {
		target.message = max(*p.MessageID, 0)
	}
	target.chat, _ = scalar(p.ChatID)
	return target, nil
}

// find checks that the message to be answered is there; 0 if none is.
func (r replyTarget) find(c *call, to *chat) (int, *apiError) {
	if r.message == 0 {
		return 0, nil
	}
	in := to
	if r.chat != "" {
		if in = c.resolve(c.bot, r.chat); in == nil {
			return 0, badRequest("chat not found")
		}
		if refusal := c.checkAccess(in, toRead); refusal != nil {
			return 0, refusal
		}
	}
	if in.message(r.message) == nil {
		if r.lenient {
			return 0, nil
		}
		return 0, badRequest("message to be replied not found")
	}
	if in != to {
		return 0, nil // a reply across chats is sent, but not kept here
	}
	return r.message, nil
}

// markup reads reply_markup. Only inline keyboards are shown; the others are
// accepted and forgotten.
func (c *call) markup() (rows [][]Button, refusal *apiError) {
	text := c.text("reply_markup")
	if text == "" {
		return nil, nil
	}
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	if string(raw) == "null" {
		return nil, badRequest("object expected as reply markup")
	}
	if !isObject(raw) {
		return nil, badRequest("object expected as reply markup")
	}
	var object struct {
		Inline json.RawMessage `json:"inline_keyboard"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	if object.Inline == nil {
		return nil, nil
	}
	c.unknownFields("reply_markup", raw, "inline_keyboard")
	var lists []json.RawMessage
	if json.Unmarshal(object.Inline, &lists) != nil {
		return nil, badRequest(`field "inline_keyboard" must be of type Array`)
	}
	for _, list := range lists {
		var buttons []json.RawMessage
		if json.Unmarshal(list, &buttons) != nil || buttons == nil {
			return nil, badRequest(`field "inline_keyboard" must be an Array of Arrays`)
		}
		var row []Button
		for _, button := range buttons {
			b, err := c.button(button)
			if err != nil {
				return nil, badRequest("can't parse inline keyboard button: %s", err.Error())
			}
			row = append(row, b)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (c *call) button(raw json.RawMessage) (Button, error) {
	if !isObject(raw) {
		return Button{}, errors.New("InlineKeyboardButton must be an Object")
	}
	var b struct {
		Text *string
		URL  string
		Data string `json:"callback_data"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return Button{}, errors.New(`field "text" must be of type String`)
	}
	c.unknownFields("reply_markup.button", raw, "text", "url", "callback_data", "style", "icon_custom_emoji_id")
	switch {
	case b.Text == nil:
		return Button{}, markupError(`Can't find field "text"`)
	case b.URL != "":
		return Button{Text: *b.Text, URL: b.URL}, nil
	case b.Data != "":
		return Button{Text: *b.Text, Data: b.Data}, nil
	}
	return Button{}, markupError("Text buttons are unallowed in the inline keyboard")
}

// checkButtons is what the server's own library refuses before sending.
func checkButtons(rows [][]Button) *apiError {
	for _, row := range rows {
		for _, b := range row {
			if b.URL == "" {
				continue
			}
			if _, ok := checkLink(b.URL); !ok {
				if _, mention := userLink(b.URL); !mention {
					return badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
				}
			}
		}
	}
	return nil
}

// acceptButtons is what Telegram itself refuses, after the rates have counted.
func acceptButtons(rows [][]Button) *apiError {
	count := 0
	for _, row := range rows {
		for _, b := range row {
			count++
			switch {
			case strings.TrimSpace(b.Text) == "":
				return badRequest("BUTTON_TEXT_INVALID")
			case len(b.Data) > maxData:
				return badRequest("BUTTON_DATA_INVALID")
			}
		}
	}
	if count > maxButtons {
		return badRequest("reply markup is too long")
	}
	return nil
}
