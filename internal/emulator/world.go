package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Accounts that Telegram itself puts in the place of a sender.
const (
	serviceAccount = 777000     // forwards a linked channel's posts
	anonymousAdmin = 1087968824 // GroupAnonymousBot
	channelAccount = 136817688  // Channel_Bot
)

// supergroupBase is what ids of supergroups and channels count down from.
const supergroupBase = -1_000_000_000_000

// world is everything that exists. Its methods expect the lock to be held.
type world struct {
	mu      sync.Mutex
	options Options
	chance  *rand.Rand

	version uint64
	changed chan struct{} // closed at the next change; nil while nobody waits

	bots     []*bot
	users    []*user
	chats    []*chat // groups, supergroups, channels
	privates []*chat
	people   map[int64]*user    // users by id
	places   map[[2]int64]*chat // chats by id and, private ones, by bot

	queries   map[string]*query
	lastQuery int64
	photos    map[string]*Photo // by file id
	lastFile  int
	lastLink  int

	faults  []*fault
	ledger  []*Call
	lastSeq int
}

// user is a person or a bot.
type user struct {
	User
	deactivated bool
}

// bot is what the Bot API keeps for an account with a token.
type bot struct {
	Bot
	revoked  bool
	commands map[string][]Command // by scope and language
	texts    map[string]string    // description and the like, by kind and language
	rights   map[bool]Rights      // suggested ones, true for channels
	queue    queue
	webhook  webhook
	pace     pace
}

// chat is a chat of any type. A private one is of one person with one bot.
type chat struct {
	Chat
	user, bot int64 // private chats only
	members   map[int64]*Member
	order     []int64 // of members
	messages  []*stored
	links     []*InviteLink
	requests  []*request
	lastBot   int64               // the bot that spoke last
	spoken    map[int64]time.Time // for slow mode
	paces     map[int64]*chatPace // by bot
	contact   map[int64]time.Time // until when a bot may write to an applicant
	started   bool                // private: the person has written to the bot
	blocked   bool                // private: the person has blocked the bot
	welcomed  map[int64]bool      // bots that know the chat although not in it
}

// stored is a message with what only the Bot API shows of it.
type stored struct {
	Message
	root   int // the first message of its thread of replies, 0 if none
	origin int // of a forwarded post, its id in the channel
}

// request is a pending application.
type request struct {
	JoinRequest
	link *InviteLink
}

func (w *world) now() time.Time { return w.options.Now() }

// touch says that something has changed.
func (w *world) touch() {
	w.version++
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

func (w *world) botByID(id int64) *bot {
	for _, b := range w.bots {
		if b.ID == id {
			return b
		}
	}
	return nil
}

func (w *world) userByID(id int64) *user { return w.people[id] }

func (w *world) groupByID(id int64) *chat { return w.places[[2]int64{id, 0}] }

// private is the chat of a person with a bot; nil if there is none yet.
func (w *world) private(userID, botID int64) *chat { return w.places[[2]int64{userID, botID}] }

func (w *world) makePrivate(u *user, b *bot) *chat {
	if c := w.private(u.ID, b.ID); c != nil {
		return c
	}
	c := newChat(Chat{ID: u.ID, Type: "private", Title: u.FirstName, Username: u.Username})
	c.user, c.bot = u.ID, b.ID
	c.join(u.User, Ordinary)
	c.join(b.user(), Ordinary)
	w.privates = append(w.privates, c)
	w.places[[2]int64{u.ID, b.ID}] = c
	return c
}

// lookup finds a chat for the driver: a private one by the person's id (with the
// bot named, or the first one), any other by its own.
func (w *world) lookup(id, botID int64) (*chat, error) {
	if id < 0 {
		if c := w.groupByID(id); c != nil {
			return c, nil
		}
		return nil, fmt.Errorf("emulator: no chat %d", id)
	}
	if botID == 0 && len(w.bots) > 0 {
		botID = w.bots[0].ID
	}
	if c := w.private(id, botID); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("emulator: user %d has no private chat with bot %d", id, botID)
}

// person finds a living person.
func (w *world) person(id int64) (*user, error) {
	u := w.userByID(id)
	if u == nil || u.IsBot {
		return nil, fmt.Errorf("emulator: no person %d", id)
	}
	if u.deactivated {
		return nil, fmt.Errorf("emulator: user %d is deactivated", id)
	}
	return u, nil
}

func newChat(c Chat) *chat {
	return &chat{
		Chat: c, members: map[int64]*Member{}, spoken: map[int64]time.Time{}, paces: map[int64]*chatPace{},
		contact: map[int64]time.Time{}, welcomed: map[int64]bool{},
	}
}

func (b *bot) user() User {
	return User{ID: b.ID, IsBot: true, FirstName: b.Name, Username: b.Username}
}

// join gives a user a status in the chat; who was not in it is listed anew.
func (c *chat) join(u User, status Status) *Member {
	m := c.members[u.ID]
	if m == nil {
		m = &Member{Status: Left}
		c.members[u.ID] = m
	}
	was := m.isIn()
	*m = Member{User: u, Status: status, Allowed: AllPermissions()}
	if status == Creator {
		m.Rights = AllRights()
		m.Rights.PromoteMembers = true
	}
	if is := m.isIn(); is && !was {
		c.order = append(c.order, u.ID)
	} else if was && !is {
		c.order = slices.DeleteFunc(c.order, func(id int64) bool { return id == u.ID })
	}
	return m
}

// member is a user's place; Left if they never came.
func (c *chat) member(u User) Member {
	if m := c.members[u.ID]; m != nil {
		return *m
	}
	return Member{User: u, Status: Left}
}

func (c *chat) memberByID(id int64) Member { return c.member(User{ID: id}) }

// isIn reports whether the member is present.
func (m Member) isIn() bool { return m.Status != Left && m.Status != Kicked }

// isAdmin reports whether the member is an administrator or the creator.
func (m Member) isAdmin() bool { return m.Status == Creator || m.Status == Administrator }

// may reports whether an administrator holds a right.
func (m Member) may(right func(Rights) bool) bool {
	return m.Status == Creator || m.Status == Administrator && right(m.Rights)
}

func (c *chat) isPrivate() bool { return c.Type == "private" }
func (c *chat) isChannel() bool { return c.Type == "channel" }

// isSuper reports whether ids and rules are those of supergroups and channels.
func (c *chat) isSuper() bool { return c.Type == "supergroup" || c.Type == "channel" }

// title is what a message about the chat calls it.
func (c *chat) kindName() string {
	switch c.Type {
	case "supergroup", "channel":
		return c.Type + " chat"
	}
	return "group chat"
}

func (c *chat) topic(thread int) *Topic {
	if i := slices.IndexFunc(c.Topics, func(t Topic) bool { return t.Thread == thread }); i >= 0 {
		return &c.Topics[i]
	}
	return nil
}

// message is a message by id; nil if it never was or is deleted.
func (c *chat) message(id int) *stored {
	if id < 1 || id > len(c.messages) || c.messages[id-1].Deleted {
		return nil
	}
	return c.messages[id-1]
}

// post appends a message and gives it its id.
func (w *world) post(c *chat, m Message) *stored {
	m.Chat, m.ID = c.ID, len(c.messages)+1
	if m.Date.IsZero() {
		m.Date = w.now()
	}
	s := &stored{Message: m}
	if replied := c.message(m.ReplyTo); replied != nil && c.Type == "supergroup" && !c.Forum {
		s.root = replied.root
		if s.root == 0 {
			s.root = replied.ID
		}
	}
	c.messages = append(c.messages, s)
	w.touch()
	return s
}

// notice posts a service message and tells the bots.
func (w *world) notice(c *chat, from *User, thread int, s Service) *stored {
	m := w.post(c, Message{From: from, Thread: thread, Service: &s})
	if c.isChannel() {
		m.From, m.SenderChat = nil, c.ID
	}
	w.announce(c, m, false)
	return m
}
