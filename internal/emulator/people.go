package emulator

// User is a person, or a bot, as Telegram knows them.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
	// Bio is shown to moderators when the person asks to join a chat.
	Bio string `json:"-"`
}

// Bot is an account that talks to the Bot API with a token.
type Bot struct {
	Token    string
	ID       int64
	Username string
	Name     string
	// ReadsAll switches the privacy mode off: in groups the bot then gets every
	// message, not only what is meant for it.
	ReadsAll bool
	// NoGroups forbids adding the bot to groups.
	NoGroups bool
}

// Chat is a group, supergroup or channel. A private chat needs no Chat: it comes
// into being when a person first writes to the bot, and its id is the person's.
type Chat struct {
	ID       int64  `json:"id"`
	Type     string `json:"type"` // private, group, supergroup, channel
	Title    string `json:"title,omitempty"`
	Username string `json:"username,omitempty"` // public when not empty
	Forum    bool   `json:"is_forum,omitempty"` // supergroups only
	// Creator is the person who owns the chat.
	Creator int64 `json:"creator,omitempty"`
	// JoinByRequest makes a public group's join button an application.
	JoinByRequest bool `json:"join_by_request,omitempty"`
	// Linked is the channel whose posts are forwarded into this group.
	Linked int64 `json:"linked,omitempty"`
	// Muted forbids ordinary members (bots that are not admins, too) to write.
	Muted bool `json:"muted,omitempty"`
	// HiddenMembers shows the member list to administrators only.
	HiddenMembers bool `json:"hidden_members,omitempty"`
	// SlowMode is the least number of seconds between two messages of a member.
	SlowMode int `json:"slow_mode,omitempty"`
	// MigratedTo is the supergroup a group became, 0 while it is none.
	MigratedTo int64   `json:"migrated_to,omitempty"`
	Deleted    bool    `json:"deleted,omitempty"`
	Topics     []Topic `json:"topics,omitempty"`
	Pinned     []int   `json:"pinned,omitempty"` // message ids, newest last
}

// Topic is a thread of a forum. General has no Topic: it is thread 0.
type Topic struct {
	Thread  int    `json:"thread"`
	Name    string `json:"name"`
	Closed  bool   `json:"closed,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

// Status is what a user is in a chat, in the Bot API's words.
type Status string

// The statuses of a member.
const (
	Creator       Status = "creator"
	Administrator Status = "administrator"
	Ordinary      Status = "member"
	Restricted    Status = "restricted"
	Left          Status = "left"
	Kicked        Status = "kicked"
)

// Member is a user's place in a chat.
type Member struct {
	User   User   `json:"user"`
	Status Status `json:"status"`
	// Rights of an administrator.
	Rights Rights `json:"rights"`
	// Allowed is what a restricted member may still do.
	Allowed Permissions `json:"allowed"`
}

// Rights are an administrator's rights.
type Rights struct {
	Anonymous        bool `json:"is_anonymous"`
	ManageChat       bool `json:"can_manage_chat"`
	DeleteMessages   bool `json:"can_delete_messages"`
	ManageVideoChats bool `json:"can_manage_video_chats"`
	RestrictMembers  bool `json:"can_restrict_members"`
	PromoteMembers   bool `json:"can_promote_members"`
	ChangeInfo       bool `json:"can_change_info"`
	InviteUsers      bool `json:"can_invite_users"`
	PostMessages     bool `json:"can_post_messages"` // channels
	EditMessages     bool `json:"can_edit_messages"` // channels
	PinMessages      bool `json:"can_pin_messages"`  // groups and supergroups
	ManageTopics     bool `json:"can_manage_topics"` // supergroups
}

// AllRights is every right but to promote others and to be anonymous: what an
// administrator usually gets.
func AllRights() Rights {
	return Rights{
		ManageChat: true, DeleteMessages: true, ManageVideoChats: true, RestrictMembers: true,
		ChangeInfo: true, InviteUsers: true, PostMessages: true, EditMessages: true,
		PinMessages: true, ManageTopics: true,
	}
}

// Permissions are what a member who is no administrator may do.
type Permissions struct {
	SendMessages    bool `json:"can_send_messages"`
	SendPhotos      bool `json:"can_send_photos"`
	SendOther       bool `json:"can_send_other_messages"`
	AddLinkPreviews bool `json:"can_add_web_page_previews"`
	ChangeInfo      bool `json:"can_change_info"`
	InviteUsers     bool `json:"can_invite_users"`
	PinMessages     bool `json:"can_pin_messages"`
	ManageTopics    bool `json:"can_manage_topics"`
}

// AllPermissions is an unrestricted member.
func AllPermissions() Permissions {
	return Permissions{true, true, true, true, true, true, true, true}
}
