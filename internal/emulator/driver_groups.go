package emulator

import (
	"fmt"
	"slices"
)

// SetMuted forbids, or allows, ordinary members to write in a chat.
func (t *Telegram) SetMuted(chatID int64, muted bool) error {
	return t.alter(chatID, func(c *chat) { c.Muted = muted })
}

// SetSlowMode sets the least number of seconds between a member's messages.
func (t *Telegram) SetSlowMode(chatID int64, seconds int) error {
	return t.alter(chatID, func(c *chat) { c.SlowMode = seconds })
}

// DeleteChat deletes a group for good.
func (t *Telegram) DeleteChat(chatID int64) error {
	return t.alter(chatID, func(c *chat) { c.Deleted = true })
}

func (t *Telegram) alter(id int64, do func(*chat)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(id)
	if err != nil {
		return err
	}
	do(c)
	t.touch()
	return nil
}

// SetTitle renames a chat.
func (t *Telegram) SetTitle(by, chatID int64, title string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return err
	}
	actor, err := t.actor(c, by, func(r Rights) bool { return r.ChangeInfo })
	if err != nil {
		return err
	}
	c.Title = title
	t.notice(c, &actor, 0, Service{Kind: "new_chat_title", Name: title})
	return nil
}

// Upgrade turns a group into a supergroup and returns its new id. Both chats get
// a notice; from then on the old one answers 400 with the new id.
func (t *Telegram) Upgrade(by, chatID int64) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, err := t.group(chatID)
	if err != nil {
		return 0, err
	}
	if old.Type != "group" {
		return 0, fmt.Errorf("emulator: chat %d is no group", chatID)
	}
	actor, err := t.actor(old, by, func(r Rights) bool { return r.PromoteMembers })
	if err != nil {
		return 0, err
	}
	id := supergroupBase - 1_000_000_000 + old.ID
	for t.groupByID(id) != nil {
		id--
	}
	heir := old.Chat
	heir.ID, heir.Type, heir.Pinned = id, "supergroup", nil
	c := newChat(heir)
	for _, uid := range old.order {
		m := *old.members[uid]
		c.members[uid] = &m
	}
	c.order = slices.Clone(old.order)
	for b, known := range old.welcomed {
		c.welcomed[b] = known
	}
	t.addGroup(c)
	old.MigratedTo = id
	t.notice(old, &actor, 0, Service{Kind: "migrate_to_chat_id", Chat: id})
	t.notice(c, &actor, 0, Service{Kind: "migrate_from_chat_id", Chat: old.ID})
	return id, nil
}
