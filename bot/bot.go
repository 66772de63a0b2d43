package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/locale"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
	"tagwire/internal/telegram"
)

// How much one person and one chat may ask for. Commands beyond it are passed
// over in silence, presses are answered with a word of patience. Presses are
// cheap and come in runs: choosing a dozen tags is a dozen presses.
const (
	userCommands = 10
	chatCommands = 20
	userPresses  = 40
	chatPresses  = 80
	rateWindow   = time.Minute

	// Members of a group who may not change anything are told so at most this
	// often in one chat.
	refusalEvery = 30 * time.Second

	// A "startgroup" link adds the bot and sends /start at once: one greeting.
	greetingEvery = 2 * time.Minute
)

// Defaults are the settings of new chats where nothing better is known.
type Defaults struct {
	Language string
	Zone     string
}

// Options are what a Bot needs. Log, Wake and Metrics may be nil.
type Options struct {
	Store    Store
	Gateway  Gateway
	Taxonomy *taxonomy.Taxonomy
	Me       telegram.Me
	Defaults Defaults
	// Operators are the users who may ask how the service itself is doing.
	Operators []int64
	Now       func() time.Time
	Log       *slog.Logger
	Wake      func() // called when replies were queued
	Metrics   *metrics.Set
}

// Bot handles updates. It is safe for concurrent use; updates of one chat must
// come in order.
type Bot struct {
	store    Store
	gateway  Gateway
	tags     *taxonomy.Taxonomy
	render   *render.Renderer
	me       telegram.Me
	defaults Defaults
	operator map[int64]bool
	now      func() time.Time
	log      *slog.Logger
	wake     func()
	metrics  *metrics.Set

	byUser, byChat           *limiter // commands
	pressByUser, pressByChat *limiter
	refusals                 *limiter // by chat
	greetings                *limiter // by chat
}

// New makes a bot. A default zone or language that does not exist is replaced
// by UTC and English.
func New(o Options) *Bot {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	if _, err := time.LoadLocation(o.Defaults.Zone); err != nil || o.Defaults.Zone == "" {
		o.Defaults.Zone = "UTC"
	}
	o.Defaults.Language = locale.For(o.Defaults.Language).Language()
	operator := map[int64]bool{}
	for _, id := range o.Operators {
		operator[id] = true
	}
	return &Bot{
		store:    o.Store,
		gateway:  o.Gateway,
		tags:     o.Taxonomy,
		render:   render.New(o.Taxonomy.Tags()),
		me:       o.Me,
		defaults: o.Defaults,
		operator: operator,
		now:      o.Now,
		log:      o.Log.With("component", "bot"),
		wake:     o.Wake,
		metrics:  o.Metrics,

		byUser:      newLimiter(userCommands, rateWindow),
		byChat:      newLimiter(chatCommands, rateWindow),
		pressByUser: newLimiter(userPresses, rateWindow),
		pressByChat: newLimiter(chatPresses, rateWindow),
		refusals:    newLimiter(1, refusalEvery),
		greetings:   newLimiter(1, greetingEvery),
	}
}

// Handle does all that an update asks for. After an error nothing was done and
// the update is to be handled again.
func (b *Bot) Handle(ctx context.Context, u telegram.Update) error {
	switch {
	case u.MyChatMember != nil:
		return b.onMember(ctx, u)
	case u.CallbackQuery != nil:
		return b.onPress(ctx, u)
	case u.Post() != nil:
		return b.onPost(ctx, u)
	}
	return nil
}

// open starts a turn: who the chat is, in which language to speak, what time it
// is. A chat that the store does not know gets the defaults and is made known
// by whatever the turn writes.
func (b *Bot) open(ctx context.Context, u telegram.Update) (*turn, error) {
	seen := u.Chat()
	t := &turn{b: b, now: b.now(), update: u.ID, dest: u.Dest(), from: u.From(), forum: seen.Forum}
	chat, err := b.store.Chat(ctx, seen.ID)
	switch {
	case err == nil:
		t.known = true
		if chat.Type != seen.Type || chat.Title != seen.Title {
			chat.Type, chat.Title = seen.Type, seen.Title
			t.change(tagwire.SeeChat{Chat: chat})
		}
	case errors.Is(err, tagwire.ErrNotFound):
		chat = b.newChat(seen, t.from, t.now)
		t.change(tagwire.SeeChat{Chat: chat})
	default:
		return nil, err
	}
	t.suspended = chat.Suspended
	t.setChat(chat)
	return t, nil
}

// newChat is a chat with the settings of the first hour: a private chat speaks
// its person's language, a group that of whoever added or first used the bot.
func (b *Bot) newChat(seen telegram.Chat, from *telegram.User, now time.Time) tagwire.Chat {
	language := b.defaults.Language
	if from != nil && !from.Bot {
		if spoken, ok := locale.Spoken(from.Language); ok {
			language = spoken
		}
	}
	chat := tagwire.Chat{
		ID: seen.ID, Type: seen.Type, Title: seen.Title,
		Language: language, Zone: b.defaults.Zone,
		Mode: tagwire.ModeBoth, Rhythm: tagwire.DefaultRhythm(),
	}
	chat.NextDigest = nextDigest(chat, now)
	return chat
}

// nextDigest is when a chat's digest comes next; zero if it has none.
func nextDigest(chat tagwire.Chat, now time.Time) time.Time {
	if !chat.Mode.Digest() {
		return time.Time{}
	}
	due, _ := chat.Rhythm.Next(now, location(chat.Zone))
	return due
}

// location is the zone of a chat; UTC if the name means nothing here any more.
func location(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// close writes the turn: one call for all of it, none when there is nothing.
func (b *Bot) close(ctx context.Context, t *turn) error {
	if len(t.changes) == 0 && len(t.replies) == 0 {
		return nil
	}
	if _, err := b.store.ApplyUpdate(ctx, t.now, t.update, t.changes, t.replies); err != nil {
		return err
	}
	b.wake()
	return nil
}

func (b *Bot) count(name string) {
	b.metrics.GetOrCreateCounter(name).Inc()
}
