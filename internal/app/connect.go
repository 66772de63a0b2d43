package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tagwire/bot"
	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// converse introduces the bot to Telegram and then handles what people do until
// ctx ends. Telegram may be out of reach at the start: polling sources and
// planning digests go on meanwhile.
func (a *App) converse(ctx context.Context) error {
	me, err := a.introduce(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	a.Log.Info("connected to Telegram", "bot", "@"+me.Username)
	b := bot.New(bot.Options{
		Store: a.db, Gateway: a.gateway, Taxonomy: a.taxonomy, Me: me,
		Defaults:  bot.Defaults{Language: a.Catalogue.Language, Zone: a.Catalogue.Zone},
		Operators: a.Config.Operators,
		Now:       a.Now, Log: a.Log, Metrics: a.metrics, Wake: a.outbox.Wake,
	})
	a.publishMenus(ctx, b)
	return a.gateway.Updates(ctx, b.Handle)
}

// introduce asks Telegram who the bot is until there is an answer.
func (a *App) introduce(ctx context.Context) (telegram.Me, error) {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		me, err := a.gateway.Me(ctx)
		if err == nil || ctx.Err() != nil {
			return me, nil
		}
		if unauthorized(err) {
			return me, err
		}
		a.Log.Warn("Telegram can't be reached yet", "err", err, "retry_in", wait)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return me, nil
		}
	}
}

func unauthorized(err error) bool {
	send, ok := errors.AsType[*tagwire.SendError](err)
	return ok && send.Fault == tagwire.FaultUnauthorized
}

// refusedToken adds the remedy to an error that Telegram did not know the token.
func refusedToken(err error) error {
	return fmt.Errorf("%w; Telegram does not know this token: copy it anew from @BotFather", err)
}

// publishMenus sets the command menus that Telegram shows beside the text
// field. They are a convenience: what fails is logged and left for the next
// start.
func (a *App) publishMenus(ctx context.Context, b *bot.Bot) {
	for _, scope := range []string{"default", "all_private_chats", "all_group_chats", "all_chat_administrators"} {
		for _, language := range append([]string{""}, locale.Languages()...) {
			texts := language
			if texts == "" {
				texts = a.Catalogue.Language
			}
			if err := a.gateway.SetCommands(ctx, scope, language, b.Menu(texts, scope)); err != nil {
				a.Log.Warn("a command menu could not be set", "scope", scope, "language", language, "err", err)
			}
		}
	}
}
