package emulator

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func getMe(c *call) (any, *apiError) {
	o := userObj(c.bot.user())
	o["can_join_groups"] = !c.bot.NoGroups
	o["can_read_all_group_messages"] = c.bot.ReadsAll
	o["supports_inline_queries"] = false
	o["can_connect_to_business"], o["has_main_web_app"] = false, false
	return o, nil
}

// getChat gives a ChatFullInfo.
func getChat(c *call) (any, *apiError) {
	to, refusal := c.chat(toRead)
	if refusal != nil {
		return nil, refusal
	}
	o := c.chatObj(to)
	o["accent_color_id"], o["max_reaction_count"] = 0, 11
	o["accepted_gift_types"] = obj{"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false}
	if to.isPrivate() {
		if u := c.userByID(to.user); u != nil {
			o.set("bio", u.Bio)
			if u.Username != "" {
				o["active_usernames"] = []string{u.Username}
			}
		}
		return o, nil
	}
	if !to.isChannel() {
		allowed := AllPermissions()
		if to.Muted {
			allowed = Permissions{}
		}
		o["permissions"] = permissionsObj(allowed)
	}
	o.set("join_by_request", to.JoinByRequest)
	o.set("linked_chat_id", c.linkedID(to))
	o.set("slow_mode_delay", to.SlowMode)
	if to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.InviteUsers }) {
		for _, l := range to.links {
			if l.Primary && !l.Revoked && l.Creator == c.bot.ID {
				o["invite_link"] = l.Link
			}
		}
	}
	if n := len(to.Pinned); n > 0 {
		if m := to.message(to.Pinned[n-1]); m != nil {
			o["pinned_message"] = c.messageObj(to, m, false)
		}
	}
	return o, nil
}

// linkedID is the channel of a group, or the group of a channel.
func (c *call) linkedID(to *chat) int64 {
	if to.Linked != 0 {
		return to.Linked
	}
	for _, group := range c.chats {
		if group.Linked == to.ID {
			return group.ID
		}
	}
	return 0
}

// userID reads the user_id parameter.
func (c *call) userID() (int64, *apiError) {
	id, err := strconv.ParseInt(strings.TrimSpace(c.text("user_id")), 10, 64)
	if err != nil || id <= 0 {
		return 0, badRequest("invalid user_id specified")
	}
	return id, nil
}

func getChatMember(c *call) (any, *apiError) {
	id, refusal := c.userID()
	if refusal != nil {
		return nil, refusal
	}
	need := toReadMembers
	if id == c.bot.ID {
		need = toRead
	}
	to, refusal := c.chat(need)
	if refusal != nil {
		return nil, refusal
	}
	u := c.userByID(id)
	if u == nil {
		return nil, badRequest("member not found")
	}
	if refusal := c.membersVisible(to, id); refusal != nil {
		return nil, refusal
	}
	if to.isPrivate() && id != to.user && id != c.bot.ID {
		return nil, badRequest("member not found")
	}
	return c.memberObj(to, to.member(u.User)), nil
}

// membersVisible: a bot always sees itself; others in a channel, or in a group
// with hidden members, only as an administrator.
func (c *call) membersVisible(to *chat, id int64) *apiError {
	if id == c.bot.ID || to.memberByID(c.bot.ID).isAdmin() {
		return nil
	}
	if to.isChannel() || to.HiddenMembers {
		return badRequest("member list is inaccessible")
	}
	return nil
}

func getChatAdministrators(c *call) (any, *apiError) {
	to, refusal := c.chat(toReadMembers)
	if refusal != nil {
		return nil, refusal
	}
	if to.isPrivate() {
		return nil, badRequest("there are no administrators in the private chat")
	}
	if to.isChannel() && !to.memberByID(c.bot.ID).isAdmin() {
		return nil, badRequest("member list is inaccessible")
	}
	out := []obj{}
	for _, id := range to.order {
		m := to.members[id]
		if m.isAdmin() && (!m.User.IsBot || id == c.bot.ID || c.flag("return_bots")) {
			out = append(out, c.memberObj(to, *m))
		}
	}
	return out, nil
}

func getChatMemberCount(c *call) (any, *apiError) {
	to, refusal := c.chat(toRead)
	if refusal != nil {
		return nil, refusal
	}
	count := 0
	for _, m := range to.members {
		if m.isIn() {
			count++
		}
	}
	return count, nil
}

func leaveChat(c *call) (any, *apiError) {
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	if to.isPrivate() {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	me := c.bot.user()
	c.changeMember(to, me, me, Left, nil)
	return true, nil
}

func createForumTopic(c *call) (any, *apiError) {
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	name := strings.TrimSpace(c.text("name"))
	switch {
	case !to.Forum:
		return nil, badRequest("the chat is not a forum")
	case !to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.ManageTopics }):
		return nil, badRequest("not enough rights to create a topic")
	case name == "" || utf8.RuneCountInString(name) > 128:
		return nil, badRequest("TOPIC_TITLE_EMPTY")
	}
	from := c.bot.user()
	t := c.openTopic(to, from, name)
	return obj{"message_thread_id": t.Thread, "name": t.Name, "icon_color": 7322096}, nil
}

func closeForumTopic(c *call) (any, *apiError) { return c.toggleTopic(true) }

func reopenForumTopic(c *call) (any, *apiError) { return c.toggleTopic(false) }

func (c *call) toggleTopic(closed bool) (any, *apiError) {
	to, refusal := c.chat(toWrite)
	if refusal != nil {
		return nil, refusal
	}
	if !to.Forum {
		return nil, badRequest("the chat is not a forum")
	}
	t := to.topic(c.number("message_thread_id", 0, 0, 1<<31-1))
	switch {
	case t == nil || t.Deleted:
		return nil, badRequest("message thread not found")
	case !to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.ManageTopics }):
		return nil, badRequest("not enough rights to close or reopen the topic")
	case t.Closed == closed:
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	c.setTopicClosed(to, c.bot.user(), t, closed)
	return true, nil
}
