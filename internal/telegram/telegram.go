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
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultEndpoint is Telegram's own Bot API server.
const DefaultEndpoint = "https://api.telegram.org"

// Options are what a Gateway needs. Only Token is required.
type Options struct {
	Token     string
	Endpoint  string            // base address of the Bot API server; empty: DefaultEndpoint
	Transport http.RoundTripper // nil: real connections
	Log       *slog.Logger      // nil: no log
	Now       func() time.Time  // nil: the system's clock
	Metrics   *metrics.Set      // nil: kept nowhere
}

// Gateway talks to the Bot API as one bot. It is safe for concurrent use.
type Gateway struct {
	bot    tgbotapi.BotAPI // a pattern: each call uses a copy with its own Client
	client *http.Client
	secret secret
	log    *slog.Logger
	now    func() time.Time
	meter  meter

	mu     sync.Mutex
	status Status
}

var validToken = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]+$`)

// silence stops the library's own logger, which is one variable for the whole
// process; once is enough, and twice at a time would be a race.
var silence = sync.OnceFunc(func() {
	// The error is for a nil logger only.
	_ = tgbotapi.SetLogger(mute{})
})

type mute struct{}

func (mute) Println(...any)        {}
func (mute) Printf(string, ...any) {}

// New makes a gateway without calling Telegram. Its errors never show the token.
func New(o Options) (*Gateway, error) {
	// A malformed token would be printed by the request's own error, before any
	// client of ours sees it.
	if !validToken.MatchString(o.Token) {
		return nil, errors.New("telegram: the token is not of the form 123456:letters-and-digits")
	}
	if o.Endpoint == "" {
		o.Endpoint = DefaultEndpoint
	}
	base, err := url.Parse(strings.TrimRight(o.Endpoint, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" ||
		base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("telegram: the endpoint is not an http or https address without query")
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	silence()
	g := &Gateway{
		client: &http.Client{
			Transport: o.Transport,
			// Telegram never redirects. Following one would carry the token away.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		secret: newSecret(o.Token),
		log:    slog.New(Redact(o.Log.Handler(), o.Token)).With("component", "telegram"),
		now:    o.Now,
		meter:  meter{o.Metrics},
	}
	g.bot.Token = o.Token
	// The endpoint is a format: the library fills in token and method.
	g.bot.SetAPIEndpoint(strings.ReplaceAll(base.String(), "%", "%%") + "/bot%s/%s")
	return g, nil
}

// Close drops idle connections.
func (g *Gateway) Close() { g.client.CloseIdleConnections() }

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
func (g *Gateway) Me(ctx context.Context) (Me, error) {
	var u tgbotapi.User
	if err := g.ask(ctx, "getMe", nil, &u); err != nil {
		return Me{}, err
	}
	return Me{
		ID: u.ID, Username: u.UserName, Name: fullName(u),
		JoinsGroups: u.CanJoinGroups, SeesAll: u.CanReadAllGroupMessages,
	}, nil
}

// ask calls a method and decodes its result.
func (g *Gateway) ask(ctx context.Context, method string, params tgbotapi.Params, result any) error {
	raw, err := g.call(ctx, method, otherTimeout, func(bot *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return bot.MakeRequest(method, params)
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, result); err != nil {
		return unreadable(fmt.Errorf("result of %s: %w", method, err))
	}
	return nil
}
