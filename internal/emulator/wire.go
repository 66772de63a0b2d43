package emulator

import "reflect"

// obj is a JSON object of the Bot API, built field by field.
type obj map[string]any

// set adds a field unless the value is empty: the API never sends empty fields.
func (o obj) set(name string, value any) {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		return
	}
	o[name] = value
}

func userObj(u User) obj {
	o := obj{"id": u.ID, "is_bot": u.IsBot, "first_name": u.FirstName}
	o.set("last_name", u.LastName)
	o.set("username", u.Username)
	o.set("language_code", u.LanguageCode)
	return o
}

// userObj shows a user as they are now, not as they were when they wrote.
func (w *world) userObj(u User) obj {
	if now := w.userByID(u.ID); now != nil {
		u = now.User
	}
	return userObj(u)
}

// chatObj is the short form of a chat.
func (w *world) chatObj(c *chat) obj {
	o := obj{"id": c.ID, "type": c.Type}
	if c.isPrivate() {
		if u := w.userByID(c.user); u != nil {
			o["first_name"] = u.FirstName
			o.set("last_name", u.LastName)
			o.set("username", u.Username)
		}
		return o
	}
	o["title"] = c.Title
	o.set("username", c.Username)
	o.set("is_forum", c.Forum)
	if c.Type == "group" {
		o["all_members_are_administrators"] = false
	}
	return o
}

// chatObjByID is a chat by its id, for sender_chat and the like.
func (w *world) chatObjByID(id int64) obj {
	if c := w.groupByID(id); c != nil {
		return w.chatObj(c)
	}
	return obj{"id": id, "type": "channel", "title": ""}
}

// messageObj is a message; with replies, it shows the one it answers.
func (w *world) messageObj(c *chat, m *stored, replies bool) obj {
	o := obj{"message_id": m.ID, "chat": w.chatObj(c), "date": m.Date.Unix()}
	if m.From != nil {
		o["from"] = w.userObj(*m.From)
	}
	if m.SenderChat != 0 {
		o["sender_chat"] = w.chatObjByID(m.SenderChat)
	}
	if !m.Edited.IsZero() {
		o["edit_date"] = m.Edited.Unix()
	}
	if m.Forwarded {
		o["is_automatic_forward"] = true
		o["forward_origin"] = obj{"type": "channel", "chat": w.chatObjByID(m.SenderChat), "message_id": m.origin, "date": m.Date.Unix()}
		o["forward_from_chat"], o["forward_date"] = w.chatObjByID(m.SenderChat), m.Date.Unix()
	}
	if m.Thread != 0 {
		o["message_thread_id"], o["is_topic_message"] = m.Thread, true
	} else if m.root != 0 {
		o["message_thread_id"] = m.root // a thread of replies is no topic
	}
	if replies {
		if answered := w.answered(c, m); answered != nil {
			o["reply_to_message"] = w.messageObj(c, answered, false)
		}
	}
	o.set("has_protected_content", m.Protected)
	w.contentObj(o, m)
	if len(m.Keyboard) > 0 {
		o["reply_markup"] = keyboardObj(m.Keyboard)
	}
	return o
}

// answered is the message shown as answered. In a topic, a message that answers
// nothing is shown to answer the notice that opened the topic.
func (w *world) answered(c *chat, m *stored) *stored {
	if m.ReplyTo != 0 {
		return c.message(m.ReplyTo)
	}
	if m.Thread != 0 && m.Thread != m.ID {
		return c.message(m.Thread)
	}
	return nil
}

func (w *world) contentObj(o obj, m *stored) {
	text, entities := "text", "entities"
	if m.Photo != nil {
		text, entities = "caption", "caption_entities"
		size := obj{"file_id": m.Photo.FileID, "file_unique_id": "u" + m.Photo.FileID, "width": m.Photo.Width, "height": m.Photo.Height}
		size.set("file_size", len(m.Photo.Data))
		o["photo"] = []obj{size}
	}
	o.set(text, m.Text)
	if len(m.Entities) > 0 {
		list := make([]obj, len(m.Entities))
		for i, e := range m.Entities {
			list[i] = w.entityObj(e)
		}
		o[entities] = list
	}
	if p := m.Preview; p != nil {
		options := obj{}
		options.set("is_disabled", p.Disabled)
		options.set("url", p.URL)
		options.set("prefer_small_media", p.PreferSmall)
		options.set("prefer_large_media", p.PreferLarge)
		options.set("show_above_text", p.AboveText)
		o["link_preview_options"] = options
	}
	if m.Service != nil {
		w.serviceObj(o, m)
	}
}

func (w *world) entityObj(e Entity) obj {
	o := obj{"type": e.Type, "offset": e.Offset, "length": e.Length}
	o.set("url", e.URL)
	o.set("language", e.Language)
	o.set("custom_emoji_id", e.EmojiID)
	o.set("unix_time", e.Unix)
	o.set("date_time_format", e.Format)
	if e.User != nil {
		o["user"] = w.userObj(*e.User)
	}
	return o
}

func (w *world) serviceObj(o obj, m *stored) {
	s := m.Service
	switch s.Kind {
	case "new_chat_members":
		list := make([]obj, len(s.Users))
		for i, u := range s.Users {
			list[i] = w.userObj(u)
		}
		o[s.Kind], o["new_chat_participant"], o["new_chat_member"] = list, list[0], list[0]
	case "left_chat_member":
		o[s.Kind], o["left_chat_participant"] = w.userObj(s.Users[0]), w.userObj(s.Users[0])
	case "forum_topic_created":
		o[s.Kind] = obj{"name": s.Name, "icon_color": 7322096}
	case "forum_topic_edited":
		o[s.Kind] = obj{"name": s.Name}
	case "migrate_to_chat_id", "migrate_from_chat_id":
		o[s.Kind] = s.Chat
	case "pinned_message":
		if c := w.groupByID(m.Chat); c != nil {
			if pinned := c.message(s.Message); pinned != nil {
				o[s.Kind] = w.messageObj(c, pinned, false)
			}
		}
	case "new_chat_title":
		o[s.Kind] = s.Name
	default:
		o[s.Kind] = obj{}
	}
}

func keyboardObj(rows [][]Button) obj {
	out := make([][]obj, len(rows))
	for i, row := range rows {
		out[i] = make([]obj, len(row))
		for j, b := range row {
			o := obj{"text": b.Text}
			o.set("callback_data", b.Data)
			o.set("url", b.URL)
			out[i][j] = o
		}
	}
	return obj{"inline_keyboard": out}
}

// memberObj is a ChatMember: flat, with the rights of its status.
func (w *world) memberObj(c *chat, m Member) obj {
	o := obj{"user": w.userObj(m.User), "status": string(m.Status)}
	switch m.Status {
	case Creator:
		o["is_anonymous"] = m.Rights.Anonymous
	case Administrator:
		o["can_be_edited"] = false
		r := m.Rights
		o["is_anonymous"], o["can_manage_chat"] = r.Anonymous, true
		o["can_delete_messages"], o["can_restrict_members"] = r.DeleteMessages, r.RestrictMembers
		o["can_manage_video_chats"], o["can_manage_voice_chats"] = r.ManageVideoChats, r.ManageVideoChats
		o["can_promote_members"], o["can_change_info"], o["can_invite_users"] = r.PromoteMembers, r.ChangeInfo, r.InviteUsers
		o["can_post_stories"], o["can_edit_stories"], o["can_delete_stories"] = false, false, false
		if c.isChannel() {
			o["can_post_messages"], o["can_edit_messages"] = r.PostMessages, r.EditMessages
		} else {
			o["can_pin_messages"] = r.PinMessages
		}
		if c.Type == "supergroup" {
			o["can_manage_topics"] = r.ManageTopics
		}
	case Restricted:
		o["is_member"], o["until_date"] = true, 0
		for name, allowed := range permissionsObj(m.Allowed) {
			o[name] = allowed
		}
	case Kicked:
		o["until_date"] = 0
	}
	return o
}

func permissionsObj(p Permissions) obj {
	return obj{
		"can_send_messages": p.SendMessages, "can_send_photos": p.SendPhotos, "can_send_audios": p.SendOther,
		"can_send_documents": p.SendOther, "can_send_videos": p.SendOther, "can_send_video_notes": p.SendOther,
		"can_send_voice_notes": p.SendOther, "can_send_polls": p.SendOther, "can_send_other_messages": p.SendOther,
		"can_add_web_page_previews": p.AddLinkPreviews, "can_change_info": p.ChangeInfo, "can_invite_users": p.InviteUsers,
		"can_pin_messages": p.PinMessages, "can_manage_topics": p.ManageTopics,
	}
}

// linkObj is a ChatInviteLink.
func (w *world) linkObj(c *chat, l *InviteLink) obj {
	o := obj{
		"invite_link": l.Link, "creator": w.userObj(User{ID: l.Creator}), "creates_join_request": l.ByRequest,
		"is_primary": l.Primary, "is_revoked": l.Revoked,
	}
	o.set("name", l.Name)
	if !l.Expires.IsZero() {
		o["expire_date"] = l.Expires.Unix()
	}
	o.set("member_limit", l.MemberLimit)
	pending := 0
	for _, r := range c.requests {
		if r.link == l {
			pending++
		}
	}
	o.set("pending_join_request_count", pending)
	return o
}
