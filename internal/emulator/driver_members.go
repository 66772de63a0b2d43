package emulator

import (
	"fmt"
	"time"
)

// actor finds who does something in a chat and checks that they may. 0 is the
// chat's creator.
func (w *world) actor(c *chat, id int64, right func(Rights) bool) (User, error) {
	if id == 0 {
		id = c.Creator
	}
	m := c.memberByID(id)
	if !m.isIn() {
		return User{}, fmt.Errorf("emulator: user %d is not in chat %d", id, c.ID)
	}
	if right != nil && !m.may(right) {
		return User{}, fmt.Errorf("emulator: user %d has not the right to do that in chat %d", id, c.ID)
	}
	return m.User, nil
}

// group finds a group, supergroup or channel that is alive.
func (w *world) group(id int64) (*chat, error) {
	c := w.groupByID(id)
	switch {
	case c == nil:
		return nil, fmt.Errorf("emulator: no group %d", id)
	case c.MigratedTo != 0:
		return nil, fmt.Errorf("emulator: group %d has become %d", id, c.MigratedTo)
	case c.Deleted:
		return nil, fmt.Errorf("emulator: group %d is deleted", id)
	}
	return c, nil
}

// changeMember gives a user a new status, tells the bots, and posts the notice
// of coming or going.
func (w *world) changeMember(c *chat, by, who User, status Status, adjust func(*Member)) {
	before := c.member(who)
	m := c.join(who, status)
	if adjust != nil {
		adjust(m)
	}
	after := *m
	if w.botByID(who.ID) != nil && after.isIn() {
		c.welcomed[who.ID] = true
	}
	w.memberChanged(c, by, who, before, after, nil, false)
	if c.isChannel() || c.isPrivate() {
		return
	}
	switch {
	case !before.isIn() && after.isIn():
		w.notice(c, &by, 0, Service{Kind: "new_chat_members", Users: []User{who}})
	case before.isIn() && !after.isIn():
		w.notice(c, &by, 0, Service{Kind: "left_chat_member", Users: []User{who}})
	}
}

// change is the frame of the moderators' actions.
func (t *Telegram) change(by, who, chatID int64, right func(Rights) bool, do func(c *chat, by User, who User, was Member) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return err
	}
	actor, err := t.actor(c, by, right)
	if err != nil {
		return err
	}
	u := t.userByID(who)
	if u == nil {
		return fmt.Errorf("emulator: no user %d", who)
	}
	was := c.member(u.User)
	if was.Status == Creator {
		return fmt.Errorf("emulator: nobody can change the creator of chat %d", chatID)
	}
	return do(c, actor, u.User, was)
}

// Add puts a user or a bot into a chat, by the hand of another member; by 0 is
// the chat's creator. A bot enters a channel as administrator only (Promote).
func (t *Telegram) Add(by, who, chatID int64) error {
	return t.change(by, who, chatID, nil, func(c *chat, actor, u User, was Member) error {
		b := t.botByID(who)
		switch {
		case was.isIn():
			return fmt.Errorf("emulator: user %d is in chat %d already", who, chatID)
		case b != nil && c.isChannel():
			return fmt.Errorf("emulator: a bot enters channel %d as administrator only", chatID)
		case b != nil && b.NoGroups:
			return fmt.Errorf("emulator: bot %d does not join groups", who)
		case was.Status == Kicked && !c.memberByID(actor.ID).may(func(r Rights) bool { return r.RestrictMembers }):
			return fmt.Errorf("emulator: user %d is banned from chat %d", who, chatID)
		}
		t.changeMember(c, actor, u, Ordinary, nil)
		return nil
	})
}

// Kick bans a user or a bot from a chat.
func (t *Telegram) Kick(by, who, chatID int64) error {
	return t.change(by, who, chatID, func(r Rights) bool { return r.RestrictMembers }, func(c *chat, actor, u User, _ Member) error {
		t.changeMember(c, actor, u, Kicked, nil)
		return nil
	})
}

// Promote makes a user an administrator with these rights, or changes them. Who
// is not in the chat yet is added.
func (t *Telegram) Promote(by, who, chatID int64, rights Rights) error {
	return t.change(by, who, chatID, func(r Rights) bool { return r.PromoteMembers }, func(c *chat, actor, u User, _ Member) error {
		t.changeMember(c, actor, u, Administrator, func(m *Member) { m.Rights = rights })
		return nil
	})
}

// Demote makes an administrator an ordinary member; in a channel a bot leaves.
func (t *Telegram) Demote(by, who, chatID int64) error {
	return t.change(by, who, chatID, func(r Rights) bool { return r.PromoteMembers }, func(c *chat, actor, u User, was Member) error {
		if was.Status != Administrator {
			return fmt.Errorf("emulator: user %d is no administrator of chat %d", who, chatID)
		}
		status := Ordinary
		if c.isChannel() && u.IsBot {
			status = Left
		}
		t.changeMember(c, actor, u, status, nil)
		return nil
	})
}

// Restrict limits a member to what is allowed; AllPermissions frees it again.
func (t *Telegram) Restrict(by, who, chatID int64, allowed Permissions) error {
	return t.change(by, who, chatID, func(r Rights) bool { return r.RestrictMembers }, func(c *chat, actor, u User, was Member) error {
		if c.Type != "supergroup" || !was.isIn() {
			return fmt.Errorf("emulator: user %d cannot be restricted in chat %d", who, chatID)
		}
		status := Restricted
		if allowed == AllPermissions() {
			status = Ordinary
		}
		t.changeMember(c, actor, u, status, func(m *Member) { m.Allowed = allowed })
		return nil
	})
}

// Join is a person's own entry into a chat by its public name. Where that needs
// approval, it is an application.
func (t *Telegram) Join(userID, chatID int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return err
	}
	c, err := t.group(chatID)
	if err != nil {
		return err
	}
	return t.enterChat(c, u.User, nil)
}

// enterChat lets a person in, or files their application.
func (w *world) enterChat(c *chat, u User, l *InviteLink) error {
	was := c.member(u)
	switch {
	case was.isIn():
		return fmt.Errorf("emulator: user %d is in chat %d already", u.ID, c.ID)
	case was.Status == Kicked:
		return fmt.Errorf("emulator: user %d is banned from chat %d", u.ID, c.ID)
	case l == nil && c.JoinByRequest, l != nil && l.ByRequest:
		return w.apply(c, u, l)
	}
	if l != nil {
		l.Joined++
	}
	after := *c.join(u, Ordinary)
	w.memberChanged(c, u, u, was, after, l, false)
	if !c.isChannel() {
		w.notice(c, &u, 0, Service{Kind: "new_chat_members", Users: []User{u}})
	}
	return nil
}

// Leave is a person's own exit.
func (t *Telegram) Leave(userID, chatID int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return err
	}
	actor, err := t.actor(c, userID, nil)
	if err != nil {
		return err
	}
	if c.member(actor).Status == Creator {
		return fmt.Errorf("emulator: the creator stays in chat %d", chatID)
	}
	t.changeMember(c, actor, actor, Left, nil)
	return nil
}

// Block is a person's blocking of a bot.
func (t *Telegram) Block(userID, botID int64) error { return t.setBlocked(userID, botID, true) }

// Unblock takes a block back without writing anything.
func (t *Telegram) Unblock(userID, botID int64) error { return t.setBlocked(userID, botID, false) }

func (t *Telegram) setBlocked(userID, botID int64, blocked bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return err
	}
	c := t.private(userID, botID)
	if c == nil {
		return fmt.Errorf("emulator: user %d has no private chat with bot %d", userID, botID)
	}
	t.block(c, u.User, blocked)
	return nil
}

func (w *world) block(c *chat, u User, blocked bool) {
	if c.blocked == blocked {
		return
	}
	c.blocked = blocked
	status := Ordinary
	if blocked {
		status = Kicked
	}
	w.changeMember(c, u, w.botByID(c.bot).user(), status, nil)
}

// Deactivate deletes a person's account.
func (t *Telegram) Deactivate(userID int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return err
	}
	u.deactivated = true
	t.touch()
	return nil
}

// slow reports how long a member must still wait in slow mode.
func (c *chat) slow(userID int64, now time.Time) time.Duration {
	if c.SlowMode == 0 || c.memberByID(userID).isAdmin() {
		return 0
	}
	last, ok := c.spoken[userID]
	if !ok {
		return 0
	}
	return last.Add(time.Duration(c.SlowMode) * time.Second).Sub(now)
}
