package locale

// Texts of the bot's answers, buttons and menus (package bot). Every one of them
// may name {place}, {zone}, {example} (a tag) and {c_name} (the command of that
// name as it is typed where the answer is read).
const (
	// Commands, as /help and the menu tell of them.
	CmdStart       Key = "cmd.start"
	CmdSubscribe   Key = "cmd.subscribe"
	CmdUnsubscribe Key = "cmd.unsubscribe"
	CmdList        Key = "cmd.list"
	CmdTags        Key = "cmd.tags"
	CmdLatest      Key = "cmd.latest"
	CmdDigest      Key = "cmd.digest"
	CmdSettings    Key = "cmd.settings"
	CmdLang        Key = "cmd.lang"
	CmdHelp        Key = "cmd.help"
	CmdDead        Key = "cmd.dead"

	// Where we are.
	PlacePrivate Key = "place.private"
	PlaceGroup   Key = "place.group"
	PlaceChannel Key = "place.channel"
	PlaceTopic   Key = "place.topic"

	// How and when articles come.
	WhatInstant Key = "what.instant"
	WhatDigest  Key = "what.digest"
	WhatBoth    Key = "what.both"
	When        Key = "when.digest"
	DaysAll     Key = "when.all"
	DaysWork    Key = "when.work"
	DaysSome    Key = "when.some"
	Comes       Key = "when.comes"
	DigestNext  Key = "when.next"
	WholeGroup  Key = "when.whole_group"

	// Hello.
	Hello      Key = "hello.new"
	HelloAgain Key = "hello.again"
	Greet      Key = "hello.group"
	GreetBack  Key = "hello.back"

	// What is subscribed.
	Follows        Key = "tags.own"
	FollowsNone    Key = "tags.none"
	NextChoose     Key = "tags.choose_next"
	NothingChanged Key = "tags.unchanged"
	ListChange     Key = "list.change"
	ListMore       Key = "list.more"
	ListTopics     Key = "list.topics"
	ListTopic      Key = "list.topic"
	TopicGeneral   Key = "list.general"
	TopicUnnamed   Key = "list.unnamed"

	// Choosing.
	ChooseTop    Key = "choose.top"
	ChooseBelow  Key = "choose.below"
	ChooseHow    Key = "choose.how"
	ChooseOpen   Key = "choose.open"
	CoveredBy    Key = "choose.covered"
	SubDone      Key = "sub.done"
	SubAlready   Key = "sub.already"
	UnsubDone    Key = "unsub.done"
	UnsubNot     Key = "unsub.not"
	UnsubCovered Key = "unsub.covered"
	UnsubAllDone Key = "unsub.all_done"
	UnsubPick    Key = "unsub.pick"
	UnsubAsk     Key = "unsub.ask"
	TagUnknown   Key = "tag.unknown"
	TagMeant     Key = "tag.meant"
	TagWhich     Key = "tag.which"

	// The tree of tags.
	TreeTitle     Key = "tree.title"
	TreeHint      Key = "tree.hint"
	CardPath      Key = "card.path"
	CardBelow     Key = "card.below"
	CardAlso      Key = "card.also"
	CardCount     Key = "card.count"
	LatestHowMany Key = "latest.how_many"

	// The digest.
	DigestComes       Key = "timing.comes"
	DigestIsOff       Key = "timing.is_off"
	DigestHow         Key = "timing.how"
	DigestSet         Key = "timing.set"
	DigestBoth        Key = "timing.both"
	DigestOff         Key = "timing.off"
	DigestWasOff      Key = "timing.was_off"
	DigestNothing     Key = "timing.nothing"
	DigestNothingKept Key = "timing.nothing_kept"
	DigestBadTime     Key = "timing.bad_time"
	DigestTwoTimes    Key = "timing.two_times"
	DigestWhichDay    Key = "timing.which_day"
	DigestTooLong     Key = "timing.too_long"
	DigestBadWord     Key = "timing.bad_word"
	ZoneMeant         Key = "timing.zone_meant"
	ZoneSet           Key = "timing.zone_set"

	// Settings.
	SettingsTitle    Key = "settings.title"
	SettingsZone     Key = "settings.zone"
	SettingsLanguage Key = "settings.language"
	ChooseZone       Key = "settings.choose_zone"
	LangChoose       Key = "lang.choose"
	LangSet          Key = "lang.set"
	LangUnknown      Key = "lang.unknown"

	// Help.
	HelpTitle      Key = "help.title"
	HelpEveryone   Key = "help.everyone"
	HelpAdmins     Key = "help.admins"
	HelpExample    Key = "help.example"
	UnknownCommand Key = "help.unknown"
	UnknownNear    Key = "help.near"
	OnlyCommands   Key = "help.only"

	// What could not be delivered, for operators.
	DeadTitle    Key = "dead.title"
	DeadNone     Key = "dead.none"
	DeadItem     Key = "dead.item"
	DeadArticle  Key = "dead.article"
	DeadDigest   Key = "dead.digest"
	DeadMessage  Key = "dead.message"
	DeadUnknown  Key = "dead.unknown"
	DeadRestored Key = "dead.restored"
	DeadAgain    Key = "dead.again"

	// Refusals.
	DenyMember Key = "deny.member"
	DenyUnsure Key = "deny.unsure"
	DenyStale  Key = "deny.stale"
	DenyFast   Key = "deny.fast"

	// Answers to pressed buttons.
	ToastFollowed   Key = "toast.followed"
	ToastUnfollowed Key = "toast.unfollowed"
	ToastDigest     Key = "toast.digest"

	// Buttons.
	ButtonWhole      Key = "button.whole"
	ButtonUp         Key = "button.up"
	ButtonDone       Key = "button.done"
	ButtonMoreTags   Key = "button.more_tags"
	ButtonAllTags    Key = "button.all_tags"
	ButtonUnsubAll   Key = "button.unsub_all"
	ButtonKeep       Key = "button.keep"
	ButtonOwnList    Key = "button.own_list"
	ButtonFollow     Key = "button.follow"
	ButtonUnfollow   Key = "button.unfollow"
	ButtonLatest     Key = "button.latest"
	ButtonNow        Key = "button.now"
	ButtonOff        Key = "button.off"
	ButtonSettings   Key = "button.settings"
	ButtonDaily      Key = "button.daily"
	ButtonWorkdays   Key = "button.workdays"
	ButtonMondays    Key = "button.mondays"
	ButtonTime       Key = "button.time"
	ButtonZone       Key = "button.zone"
	ButtonLanguage   Key = "button.language"
	ButtonTags       Key = "button.tags"
	ButtonInstant    Key = "button.instant"
	ButtonDigest     Key = "button.digest"
	ButtonBoth       Key = "button.both"
	ButtonChoose     Key = "button.choose"
	ButtonAddToGroup Key = "button.add"
	ButtonAgain      Key = "button.again"
	ButtonAllAgain   Key = "button.all_again"
)
