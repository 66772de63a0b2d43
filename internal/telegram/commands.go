package telegram

import (
	"context"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Command is an entry of the command menu.
type Command struct{ Name, Description string }

// SetCommands sets the command menu of a scope (default, all_private_chats,
// all_group_chats, all_chat_administrators) for a language, "" for all others.
// A menu only shows: it gives nobody a right.
func (g *Gateway) SetCommands(ctx context.Context, scope, language string, commands []Command) error {
	list := make([]tgbotapi.BotCommand, 0, len(commands))
	for _, c := range commands {
		list = append(list, tgbotapi.BotCommand{Command: c.Name, Description: shorten(c.Description, 256)})
	}
	config := tgbotapi.NewSetMyCommandsWithScopeAndLanguage(tgbotapi.BotCommandScope{Type: scope}, language, list...)
	_, err := g.call(ctx, "setMyCommands", otherTimeout, func(bot *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return bot.Request(config)
	})
	return err
}
