package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// linkTerms are the properties of an invite link that a bot chooses.
func (c *call) linkTerms() (InviteLink, *apiError) {
	name := []rune(strings.TrimSpace(c.text("name")))
	terms := InviteLink{
		Name:        string(name[:min(len(name), 32)]), // longer names are cut, not refused
		MemberLimit: c.number("member_limit", 0, 0, 100_000),
		ByRequest:   c.flag("creates_join_request"),
	}
	if expires := c.number("expire_date", 0, 0, 1<<31-1); expires > 0 {
		terms.Expires = time.Unix(int64(expires), 0)
	}
	if terms.ByRequest && terms.MemberLimit > 0 {
		return terms, badRequest("member limit can't be specified for links requiring administrator approval")
	}
	return terms, nil
}

// doorkeeper finds the chat and checks the right to invite.
func (c *call) doorkeeper(what string) (*chat, *apiError) {
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	if to.isPrivate() {
		return nil, badRequest("can't invite members to a private chat")
	}
	if !to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.InviteUsers }) {
		return nil, badRequest("not enough rights to manage %s", what)
	}
	return to, nil
}

func createChatInviteLink(c *call) (any, *apiError) {
	to, refusal := c.doorkeeper("chat invite link")
	if refusal != nil {
		return nil, refusal
	}
	terms, refusal := c.linkTerms()
	if refusal != nil {
		return nil, refusal
	}
	if !terms.Expires.IsZero() && !terms.Expires.After(c.now()) {
		return nil, badRequest("EXPIRE_DATE_INVALID")
	}
	return c.linkObj(to, c.addLink(to, c.bot.ID, terms)), nil
}

// addLink gives a link its address, which nobody can guess from the chat.
func (w *world) addLink(to *chat, creator int64, terms InviteLink) *InviteLink {
	w.lastLink++
	terms.Link = fmt.Sprintf("https://t.me/+%08xEmulator%05d", uint32(to.ID*2654435761+int64(w.lastLink)*40503), w.lastLink)
	terms.Chat, terms.Creator = to.ID, creator
	l := &terms
	to.links = append(to.links, l)
	w.touch()
	return l
}

// ownLink finds a link that this bot has made; it can change no others.
func (c *call) ownLink() (*chat, *InviteLink, *apiError) {
	to, refusal := c.doorkeeper("chat invite link")
	if refusal != nil {
		return nil, nil, refusal
	}
	i := slices.IndexFunc(to.links, func(l *InviteLink) bool { return l.Link == c.text("invite_link") })
	if i < 0 {
		return nil, nil, badRequest("INVITE_HASH_INVALID")
	}
	if to.links[i].Creator != c.bot.ID {
		return nil, nil, badRequest("not enough rights to manage chat invite link of another administrator")
	}
	return to, to.links[i], nil
}

func editChatInviteLink(c *call) (any, *apiError) {
	to, l, refusal := c.ownLink()
	if refusal != nil {
		return nil, refusal
	}
	terms, refusal := c.linkTerms()
	if refusal != nil {
		return nil, refusal
	}
	switch {
	case l.Revoked:
		return nil, badRequest("INVITE_HASH_EXPIRED")
	case l.Primary:
		return nil, badRequest("INVITE_LINK_PERMANENT")
	}
	l.Name, l.Expires, l.MemberLimit, l.ByRequest = terms.Name, terms.Expires, terms.MemberLimit, terms.ByRequest
	return c.linkObj(to, l), nil
}

func revokeChatInviteLink(c *call) (any, *apiError) {
	to, l, refusal := c.ownLink()
	if refusal != nil {
		return nil, refusal
	}
	if l.Revoked {
		return nil, badRequest("INVITE_HASH_EXPIRED")
	}
	l.Revoked = true
	if l.Primary {
		c.addLink(to, c.bot.ID, InviteLink{Primary: true})
	}
	return c.linkObj(to, l), nil
}

// exportChatInviteLink makes a new primary link and revokes the old one.
func exportChatInviteLink(c *call) (any, *apiError) {
	to, refusal := c.doorkeeper("chat invite link")
	if refusal != nil {
		return nil, refusal
	}
	for _, l := range to.links {
		if l.Primary && l.Creator == c.bot.ID {
			l.Revoked = true
		}
	}
	return c.addLink(to, c.bot.ID, InviteLink{Primary: true}).Link, nil
}

func approveChatJoinRequest(c *call) (any, *apiError) { return c.decide(true) }

func declineChatJoinRequest(c *call) (any, *apiError) { return c.decide(false) }

func (c *call) decide(approve bool) (any, *apiError) {
	id, refusal := c.userID()
	if refusal != nil {
		return nil, refusal
	}
	to, refusal := c.doorkeeper("chat join requests")
	if refusal != nil {
		return nil, refusal
	}
	u := c.userByID(id)
	if u == nil {
		return nil, badRequest("USER_ID_INVALID")
	}
	if to.memberByID(id).isIn() {
		return nil, badRequest("USER_ALREADY_PARTICIPANT")
	}
	if !c.world.decide(to, c.bot.user(), id, approve) {
		return nil, badRequest("HIDE_REQUESTER_MISSING")
	}
	return true, nil
}

// decide ends an application; false if there is none.
func (w *world) decide(to *chat, by User, applicant int64, approve bool) bool {
	i := slices.IndexFunc(to.requests, func(r *request) bool { return r.User.ID == applicant })
	if i < 0 {
		return false
	}
	r := to.requests[i]
	to.requests = slices.Delete(to.requests, i, i+1)
	to.contact[applicant] = time.Time{} // the window to write to them is over
	w.touch()
	if !approve {
		return true
	}
	if r.link != nil {
		r.link.Joined++
	}
	before := to.member(r.User)
	after := *to.join(r.User, Ordinary)
	w.memberChanged(to, by, r.User, before, after, r.link, true)
	if !to.isChannel() {
		from := r.User
		w.notice(to, &from, 0, Service{Kind: "new_chat_members", Users: []User{r.User}})
	}
	return true
}
