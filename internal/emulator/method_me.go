package emulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scope says for whom a command menu is.
type scope struct {
	Type   string
	ChatID json.RawMessage `json:"chat_id"`
	UserID int64           `json:"user_id"`
}

// scopeKey reads the scope parameter as a key of the bot's menus, without the
// language.
func (c *call) scopeKey() (string, *apiError) {
	var s scope
	given, err := c.object("scope", &s)
	if err != nil {
		return "", badRequest("can't parse BotCommandScope JSON object")
	}
	if !given {
		return "default", nil
	}
	wrong := func(why string) *apiError { return badRequest("can't parse BotCommandScope: %s", why) }
	switch s.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return s.Type, nil
	case "chat", "chat_administrators", "chat_member":
	case "":
		return "", wrong(`Can't find field "type"`)
	default:
		return "", wrong("Unsupported type specified")
	}
	id, _ := scalar(s.ChatID)
	if id == "" {
		return "", wrong("Empty chat_id specified")
	}
	if s.Type == "chat_member" && s.UserID <= 0 {
		return "", wrong("Invalid user_id specified")
	}
	to := c.resolve(c.bot, id)
	switch {
	case to == nil:
		return "", badRequest("chat not found")
	case to.isChannel():
		return "", badRequest("can't change commands in channel chats")
	case to.isPrivate() && s.Type != "chat":
		return "", badRequest("can't use specified scope in private chats")
	}
	key := s.Type + ":" + strconv.FormatInt(to.ID, 10)
	if s.Type == "chat_member" {
		key += ":" + strconv.FormatInt(s.UserID, 10)
	}
	return key, nil
}

// menuKey is the key of a menu for a scope and a language.
func menuKey(scope, language string) string { return scope + "/" + language }

func (c *call) language() (string, *apiError) {
	code := c.text("language_code")
	if code == "" {
		return "", nil
	}
	if len(code) != 2 || code != asciiLower(code) || !isAlpha(code[0]) || !isAlpha(code[1]) {
		return "", badRequest("invalid language code specified")
	}
	return code, nil
}

func setMyCommands(c *call) (any, *apiError) {
	commands, refusal := c.commandList()
	if refusal != nil {
		return nil, refusal
	}
	key, refusal := c.scopeKey()
	if refusal != nil {
		return nil, refusal
	}
	language, refusal := c.language()
	if refusal != nil {
		return nil, refusal
	}
	if refusal := checkCommands(commands); refusal != nil {
		return nil, refusal
	}
	if len(commands) == 0 {
		delete(c.bot.commands, menuKey(key, language))
	} else {
		c.bot.commands[menuKey(key, language)] = commands
	}
	return true, nil
}

func (c *call) commandList() ([]Command, *apiError) {
	if c.text("commands") == "" {
		return nil, nil
	}
	var raw json.RawMessage
	if json.Unmarshal([]byte(c.text("commands")), &raw) != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, badRequest("expected an Array of BotCommand")
	}
	var out []Command
	for _, item := range list {
		var command struct{ Command, Description *string }
		switch err := json.Unmarshal(item, &command); {
		case err != nil || !isObject(item):
			return nil, badRequest("can't parse BotCommand: expected an Object")
		case command.Command == nil:
			return nil, badRequest(`can't parse BotCommand: Can't find field "command"`)
		case command.Description == nil:
			return nil, badRequest(`can't parse BotCommand: Can't find field "description"`)
		}
		c.unknownFields("commands", item, "command", "description")
		out = append(out, Command{strings.TrimPrefix(strings.TrimSpace(*command.Command), "/"), strings.TrimSpace(*command.Description)})
	}
	return out, nil
}

func checkCommands(commands []Command) *apiError {
	if len(commands) > 100 {
		return badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, command := range commands {
		name := command.Command
		switch {
		case name == "":
			return badRequest("command name must be non-empty")
		case len(name) > 32:
			return badRequest("command name length must not exceed 32")
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
			return badRequest("BOT_COMMAND_INVALID")
		case command.Description == "":
			return badRequest("command description must be non-empty")
		case utf8.RuneCountInString(command.Description) > 256:
			return badRequest("command description length must not exceed 256")
		}
	}
	return nil
}

func getMyCommands(c *call) (any, *apiError) {
	key, refusal := c.scopeKey()
	if refusal != nil {
		return nil, refusal
	}
	language, refusal := c.language()
	if refusal != nil {
		return nil, refusal
	}
	if commands := c.bot.commands[menuKey(key, language)]; commands != nil {
		return commands, nil
	}
	return []Command{}, nil
}

func deleteMyCommands(c *call) (any, *apiError) {
	key, refusal := c.scopeKey()
	if refusal != nil {
		return nil, refusal
	}
	language, refusal := c.language()
	if refusal != nil {
		return nil, refusal
	}
	delete(c.bot.commands, menuKey(key, language))
	return true, nil
}

// setMyText and getMyText serve name, description and short description.
func setMyText(kind string, limit int) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		language, refusal := c.language()
		if refusal != nil {
			return nil, refusal
		}
		text := strings.TrimSpace(c.text(kind))
		if utf8.RuneCountInString(text) > limit {
			return nil, badRequest("%s is too long", strings.ReplaceAll(kind, "_", " "))
		}
		c.bot.texts[menuKey(kind, language)] = text
		return true, nil
	}
}

func getMyText(kind string) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		language, refusal := c.language()
		if refusal != nil {
			return nil, refusal
		}
		text, ok := c.bot.texts[menuKey(kind, language)]
		if !ok {
			text = c.bot.texts[menuKey(kind, "")]
		}
		if text == "" && kind == "name" {
			text = c.bot.Name
		}
		return obj{kind: text}, nil
	}
}

func setMyRights(c *call) (any, *apiError) {
	var r Rights
	given, err := c.object("rights", &r)
	if err != nil {
		return nil, badRequest("can't parse chat administrator rights JSON object")
	}
	if given {
		c.bot.rights[c.flag("for_channels")] = r
	} else {
		delete(c.bot.rights, c.flag("for_channels"))
	}
	return true, nil
}

func getMyRights(c *call) (any, *apiError) {
	return c.bot.rights[c.flag("for_channels")], nil
}

// Menu is the command menu that a person sees in a chat: of all menus the bot
// has set, the one for the narrowest scope, in the person's language if there
// is one.
func (t *Telegram) Menu(botID, userID, chatID int64) []Command {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, u := t.botByID(botID), t.userByID(userID)
	if b == nil || u == nil {
		return nil
	}
	id := strconv.FormatInt(chatID, 10)
	var scopes []string
	if chatID > 0 {
		scopes = []string{"chat:" + id, "all_private_chats", "default"}
	} else {
		scopes = []string{"chat_member:" + id + ":" + strconv.FormatInt(userID, 10)}
		c := t.groupByID(chatID)
		admin := c != nil && c.memberByID(userID).isAdmin()
		if admin {
			scopes = append(scopes, "chat_administrators:"+id)
		}
		scopes = append(scopes, "chat:"+id)
		if admin {
			scopes = append(scopes, "all_chat_administrators")
		}
		scopes = append(scopes, "all_group_chats", "default")
	}
	language, _, _ := strings.Cut(u.LanguageCode, "-")
	for _, s := range scopes {
		for _, l := range []string{language, ""} {
			if commands := b.commands[menuKey(s, l)]; len(commands) > 0 {
				return append([]Command(nil), commands...)
			}
		}
	}
	return nil
}
