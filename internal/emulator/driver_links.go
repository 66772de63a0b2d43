package emulator

import (
	"fmt"
	"slices"
)

// apply files an application and tells the bots that may decide it. They may
// write to the applicant for five minutes.
func (w *world) apply(c *chat, u User, l *InviteLink) error {
	if slices.ContainsFunc(c.requests, func(r *request) bool { return r.User.ID == u.ID }) {
		return fmt.Errorf("emulator: user %d has applied to chat %d already", u.ID, c.ID)
	}
	r := &request{JoinRequest: JoinRequest{Chat: c.ID, User: u, Date: w.now()}, link: l}
	if l != nil {
		r.Link = l.Link
	}
	c.requests = append(c.requests, r)
	c.contact[u.ID] = w.now().Add(applicantWindow)
	w.touch()
	for _, b := range w.bots {
		if !c.memberByID(b.ID).may(func(r Rights) bool { return r.InviteUsers }) {
			continue
		}
		o := obj{"chat": w.chatObj(c), "from": w.userObj(u), "user_chat_id": u.ID, "date": r.Date.Unix()}
		o.set("bio", u.Bio)
		if l != nil {
			o["invite_link"] = w.linkObj(c, l)
		}
		w.push(b, "chat_join_request", o)
	}
	return nil
}

// Apply follows an invite link: the person joins, or applies to join.
func (t *Telegram) Apply(userID int64, link string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.person(userID)
	if err != nil {
		return err
	}
	for _, c := range t.chats {
		for _, l := range c.links {
			if l.Link != link {
				continue
			}
			switch {
			case l.Revoked, !l.Expires.IsZero() && !t.now().Before(l.Expires), l.MemberLimit > 0 && l.Joined >= l.MemberLimit:
				return fmt.Errorf("emulator: link %s is no longer valid", link)
			case c.MigratedTo != 0 || c.Deleted:
				return fmt.Errorf("emulator: chat %d is gone", c.ID)
			}
			return t.enterChat(c, u.User, l)
		}
	}
	return fmt.Errorf("emulator: no such link %s", link)
}

// AddLink is a human administrator's making of an invite link.
func (t *Telegram) AddLink(by, chatID int64, terms InviteLink) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return "", err
	}
	actor, err := t.actor(c, by, func(r Rights) bool { return r.InviteUsers })
	if err != nil {
		return "", err
	}
	return t.addLink(c, actor.ID, terms).Link, nil
}

// Decide is a human moderator's verdict on an application.
func (t *Telegram) Decide(by, userID, chatID int64, approve bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return err
	}
	actor, err := t.actor(c, by, func(r Rights) bool { return r.InviteUsers })
	if err != nil {
		return err
	}
	if !t.decide(c, actor, userID, approve) {
		return fmt.Errorf("emulator: user %d has not applied to chat %d", userID, chatID)
	}
	return nil
}
