package emulator

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// Options of a Telegram. The zero value is a strict Telegram on the real clock.
type Options struct {
	// Now is the clock of message dates, rates and expiry; nil is time.Now.
	// Waiting (long polls, delays) is always by timers.
	Now func() time.Time
	// Limits are the rates; the zero value is Telegram's published guidance.
	Limits Limits
	// Seed makes chance (faults with a probability, first update id) repeatable.
	Seed uint64
	// Fetch loads pictures sent by address; nil believes every web address.
	Fetch http.RoundTripper
	// Webhook carries updates to a bot that has set a webhook; nil reaches none.
	Webhook http.RoundTripper
	// Keep is how many calls the ledger keeps; 0 is 100,000.
	Keep int
}

// Limits are sending rates. Zero fields take the values in brackets.
type Limits struct {
	Off            bool    // no limits at all
	Overall        float64 // messages a second, one bot [30]
	OverallBurst   int     // [30]
	Private        float64 // messages a second, one private chat [1]
	PrivateBurst   int     // [3]
	GroupPerMinute int     // messages in any minute, one group or channel [20]
	GroupPerSecond float64 // and a second [1]
	GroupBurst     int     // [5]
	// Absorb holds a call back for up to 8 s before it answers 429, as the real
	// server does; otherwise any excess is answered 429 at once.
	Absorb bool
}

// Telegram is a Telegram Bot API with the people who use it. It is safe for
// concurrent use.
type Telegram struct {
	world
	methods map[string]*method
}

// NewTelegram makes a Telegram without bots, people or chats.
func NewTelegram(o Options) *Telegram {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Keep <= 0 {
		o.Keep = 100_000
	}
	o.Limits = o.Limits.withDefaults()
	t := &Telegram{methods: methods()}
	t.options = o
	t.chance = rand.New(rand.NewPCG(o.Seed, 0x7461677769726521))
	t.people, t.places = map[int64]*user{}, map[[2]int64]*chat{}
	t.queries, t.photos = map[string]*query{}, map[string]*Photo{}
	return t
}

// Close ends what runs of its own accord: the delivery to webhooks.
func (t *Telegram) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range t.bots {
		b.dropWebhook()
	}
}

// AddBot registers a bot.
func (t *Telegram) AddBot(b Bot) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.ID <= 0 || b.Username == "" || b.Token == "" {
		return fmt.Errorf("emulator: bot %d needs an id, a username and a token", b.ID)
	}
	if t.people[b.ID] != nil {
		return fmt.Errorf("emulator: id %d is taken", b.ID)
	}
	added := &bot{
		Bot: b, commands: map[string][]Command{}, texts: map[string]string{}, rights: map[bool]Rights{},
		queue: queue{next: 100_000_000 + t.chance.IntN(800_000_000)},
	}
	t.bots = append(t.bots, added)
	t.people[b.ID] = &user{User: added.user()}
	t.touch()
	return nil
}

// AddUser registers a person.
func (t *Telegram) AddUser(u User) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.ID <= 0 || u.IsBot || u.FirstName == "" {
		return fmt.Errorf("emulator: person %d needs an id and a first name", u.ID)
	}
	if t.people[u.ID] != nil {
		return fmt.Errorf("emulator: id %d is taken", u.ID)
	}
	added := &user{User: u}
	t.users = append(t.users, added)
	t.people[u.ID] = added
	t.touch()
	return nil
}

// AddChat makes a group, supergroup or channel; Creator becomes its owner.
// Ids are as in the Bot API: -N for a group, -100… for the others.
func (t *Telegram) AddChat(c Chat) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner, err := t.person(c.Creator)
	if err != nil {
		return fmt.Errorf("emulator: chat %d needs a creator: %w", c.ID, err)
	}
	switch {
	case c.Type == "group" && (c.ID >= 0 || c.ID <= supergroupBase),
		(c.Type == "supergroup" || c.Type == "channel") && c.ID >= supergroupBase:
		return fmt.Errorf("emulator: %d is no id of a %s", c.ID, c.Type)
	case c.Type != "group" && c.Type != "supergroup" && c.Type != "channel":
		return fmt.Errorf("emulator: no chat type %q", c.Type)
	case c.Forum && c.Type != "supergroup":
		return fmt.Errorf("emulator: a %s cannot be a forum", c.Type)
	case c.Title == "":
		return fmt.Errorf("emulator: chat %d needs a title", c.ID)
	case t.groupByID(c.ID) != nil:
		return fmt.Errorf("emulator: chat id %d is taken", c.ID)
	}
	c.Topics, c.Pinned, c.MigratedTo, c.Deleted = nil, nil, 0, false
	added := newChat(c)
	added.join(owner.User, Creator)
	t.addGroup(added)
	return nil
}

func (w *world) addGroup(c *chat) {
	w.chats = append(w.chats, c)
	w.places[[2]int64{c.ID, 0}] = c
	w.touch()
}

// Revoke makes a token invalid, as BotFather does.
func (t *Telegram) Revoke(token string) { t.setRevoked(token, true) }

// Restore makes a revoked token valid again.
func (t *Telegram) Restore(token string) { t.setRevoked(token, false) }

func (t *Telegram) setRevoked(token string, revoked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range t.bots {
		if b.Token == token {
			b.revoked = revoked
			t.touch()
		}
	}
}
