package emulator

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// callbackAge is how long a bot may answer a pressed button.
const callbackAge = callbackLife

// query is a pressed button.
type query struct {
	id       string
	bot      int64
	chat     int64
	at       time.Time
	answer   Answer
	answered bool
	done     chan struct{} // closed when answered
}

// Query is a pressed button whose answer may be outstanding.
type Query struct {
	ID string
	// Done is closed when the bot has answered.
	Done <-chan struct{}
}

// Tap presses the button that carries the data and does not wait.
func (t *Telegram) Tap(userID, chatID int64, message int, data string) (*Query, error) {
	return t.tap(userID, chatID, message, data, false)
}

// Forge is what a manipulated client does: a press with data that no button
// carries, or on a message that is gone.
func (t *Telegram) Forge(userID, chatID int64, message int, data string) (*Query, error) {
	return t.tap(userID, chatID, message, data, true)
}

func (t *Telegram) tap(userID, chatID int64, message int, data string, forged bool) (*Query, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return nil, err
	}
	c, err := t.lookup(chatID, 0)
	if err != nil {
		return nil, err
	}
	if message < 1 || message > len(c.messages) {
		return nil, fmt.Errorf("emulator: chat %d has no message %d", chatID, message)
	}
	m := c.messages[message-1]
	b := t.botByID(m.By)
	switch {
	case b == nil:
		return nil, fmt.Errorf("emulator: message %d of chat %d is of no bot", message, chatID)
	case c.isPrivate() && c.user != userID, !c.isPrivate() && !c.member(u.User).isIn() && c.Username == "":
		return nil, fmt.Errorf("emulator: user %d does not see chat %d", userID, chatID)
	case !forged && (m.Deleted || !hasButton(m.Keyboard, data)):
		return nil, fmt.Errorf("emulator: message %d of chat %d has no button %q", message, chatID, data)
	case len(data) > maxData:
		return nil, fmt.Errorf("emulator: data of %d bytes", len(data))
	}
	t.forgetQueries()
	t.lastQuery++
	q := &query{
		id: strconv.FormatInt(4_000_000_000_000+t.lastQuery, 10), bot: b.ID, chat: c.ID, at: t.now(), done: make(chan struct{}),
	}
	t.queries[q.id] = q
	shown := obj{"chat": t.chatObj(c), "message_id": m.ID, "date": 0}
	if !m.Deleted {
		shown = t.messageObj(c, m, true)
	}
	t.push(b, "callback_query", obj{
		"id": q.id, "from": t.userObj(u.User), "message": shown, "data": data,
		"chat_instance": strconv.FormatInt(c.ID*7919+13, 10),
	})
	return &Query{q.id, q.done}, nil
}

func hasButton(rows [][]Button, data string) bool {
	for _, row := range rows {
		for _, b := range row {
			if b.URL == "" && b.Data == data {
				return true
			}
		}
	}
	return false
}

// forgetQueries drops what nobody can answer any more.
func (w *world) forgetQueries() {
	for id, q := range w.queries {
		if w.now().Sub(q.at) > time.Hour {
			delete(w.queries, id)
		}
	}
}

// Press presses a button and waits for the answer, or for the context's end.
func (t *Telegram) Press(ctx context.Context, userID, chatID int64, message int, data string) (Answer, error) {
	q, err := t.Tap(userID, chatID, message, data)
	if err != nil {
		return Answer{}, err
	}
	select {
	case <-q.Done:
		answer, _ := t.Answered(q.ID)
		return answer, nil
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("emulator: button %q is not answered: %w", data, ctx.Err())
	}
}

// Answered is the answer to a query, if there is one yet.
func (t *Telegram) Answered(query string) (Answer, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q, ok := t.queries[query]
	if !ok || !q.answered {
		return Answer{}, false
	}
	return q.answer, true
}
