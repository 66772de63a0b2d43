package demo

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"time"

	"tagwire/internal/emulator"
	"tagwire/internal/tagwire"
)

// order is what the visitor does, as somebody.
type order struct {
	As      int64   `json:"as"`
	Chat    int64   `json:"chat"`
	Thread  int     `json:"thread"`
	Text    string  `json:"text"`
	ReplyTo int     `json:"reply_to"`
	Message int     `json:"message"`
	Data    string  `json:"data"`
	Site    string  `json:"site"`
	Hours   float64 `json:"hours"`
}

// action carries an order out; its result goes to the browser.
type action func(ctx context.Context, o order) (any, error)

// maxOrder bounds an order's JSON; Telegram's clients stop at 4096 characters.
const maxOrder = 64 << 10

// acting makes a handler of an action. Asking for JSON by its media type keeps
// out forms that other pages could send.
func (p *page) acting(act action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
			writeJSON(w, http.StatusUnsupportedMediaType, problem{"send JSON"})
			return
		}
		var o order
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder)).Decode(&o); err != nil {
			writeJSON(w, http.StatusBadRequest, problem{"not understood: " + err.Error()})
			return
		}
		if _, ok := p.world.person(o.As); !ok {
			writeJSON(w, http.StatusBadRequest, problem{"choose who you are"})
			return
		}
		result, err := act(r.Context(), o)
		if err != nil {
			// Not an HTTP error: what a person may not do in Telegram is no fault
			// of the page, and browsers write those to the console.
			writeJSON(w, http.StatusOK, problem{err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, result)
	})
}

type problem struct {
	Error string `json:"error"`
}

// done is the result of an action that shows by itself.
type done struct{}

func (p *page) say(_ context.Context, o order) (any, error) {
	if o.Chat == channelID {
		_, err := p.world.telegram.ChannelPost(o.As, o.Chat, o.Text)
		return done{}, err
	}
	_, err := p.world.telegram.Say(o.As, o.Chat, o.Text, emulator.Saying{Thread: o.Thread, ReplyTo: o.ReplyTo})
	return done{}, err
}

// patience is how long a pressed button is shown as busy; Telegram's clients
// give up after about as long.
const patience = 10 * time.Second

func (p *page) press(ctx context.Context, o order) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := p.world.telegram.Press(ctx, o.As, o.Chat, o.Message, o.Data)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, errors.New("the bot did not answer in time")
	}
	return answer, err
}

func (p *page) start(_ context.Context, o order) (any, error) {
	_, err := p.world.telegram.Start(o.As, botID, o.Text)
	return done{}, err
}

func (p *page) join(_ context.Context, o order) (any, error) {
	return done{}, p.world.telegram.Join(o.As, o.Chat)
}

// published tells the browser what came out where.
type published struct {
	Site  string   `json:"site"`
	Title string   `json:"title"`
	URL   string   `json:"url"`
	Tags  []string `json:"tags"`
}

func (p *page) publish(ctx context.Context, o order) (any, error) {
	a, err := p.world.publish(ctx, o.Site)
	if err != nil {
		return nil, err
	}
	p.program.Nudge()
	out := published{Title: a.Title, URL: a.URL, Tags: a.Tags}
	if s, ok := p.world.siteOf(a.URL); ok {
		out.Site = s.Name
	}
	return out, nil
}

// skipped tells the browser the new time.
type skipped struct {
	Now time.Time `json:"now"`
	// Digest is when the digest is due that the clock jumped to; zero if hours
	// were skipped.
	Digest time.Time `json:"digest,omitzero"`
}

// skip moves the clock: by hours, or to the morning if they are zero.
func (p *page) skip(ctx context.Context, o order) (any, error) {
	if o.Hours < 0 || o.Hours > 24*7 {
		return nil, errors.New("the clock goes ahead by up to a week")
	}
	var out skipped
	if o.Hours > 0 {
		p.world.clock.Advance(time.Duration(o.Hours * float64(time.Hour)))
	} else {
		to := p.world.morning(p.nextDigest(ctx, o.Chat))
		p.world.clock.JumpTo(to)
		out.Digest = to.Add(lead)
	}
	p.program.Nudge()
	out.Now = p.world.clock.Now()
	return out, nil
}

// nextDigest is when a chat's next digest is due, so that the clock can jump to
// the time the visitor set for it; zero if none is, or if the bot does not know
// the chat.
func (p *page) nextDigest(ctx context.Context, id int64) time.Time {
	chat, err := p.program.Chat(ctx, tagwire.ChatID(id))
	if err != nil {
		return time.Time{}
	}
	return chat.NextDigest
}
