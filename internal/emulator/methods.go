package emulator

import "strings"

// Parameters that several methods share.
func sending(more ...string) []string {
	return append(more, "chat_id", "message_thread_id", "parse_mode", "disable_notification", "protect_content",
		"allow_paid_broadcast", "message_effect_id", "reply_parameters", "reply_markup", "business_connection_id",
		// older names that the server still reads
		"reply_to_message_id", "allow_sending_without_reply")
}

func list(names ...string) []string { return names }

// methods is the Bot API: every method with its parameters. A parameter that is
// not here is noted in the ledger as unknown.
func methods() map[string]*method {
	all := []*method{
		{"getMe", nil, getMe},
		{"getUpdates", list("offset", "limit", "timeout", "allowed_updates"), getUpdates},
		{"setWebhook", list("url", "certificate", "ip_address", "max_connections", "allowed_updates", "drop_pending_updates", "secret_token"), setWebhook},
		{"deleteWebhook", list("drop_pending_updates"), deleteWebhook},
		{"getWebhookInfo", nil, getWebhookInfo},
		{"sendMessage", sending("text", "entities", "link_preview_options", "disable_web_page_preview"), sendMessage},
		{"sendPhoto", sending("photo", "caption", "caption_entities", "show_caption_above_media", "has_spoiler"), sendPhoto},
		{"editMessageText", list("business_connection_id", "chat_id", "message_id", "inline_message_id", "text", "parse_mode", "entities",
			"link_preview_options", "disable_web_page_preview", "reply_markup"), editMessageText},
		{"editMessageReplyMarkup", list("business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"), editMessageReplyMarkup},
		{"deleteMessage", list("chat_id", "message_id"), deleteMessage},
		{"pinChatMessage", list("business_connection_id", "chat_id", "message_id", "disable_notification"), pinChatMessage},
		{"unpinChatMessage", list("business_connection_id", "chat_id", "message_id"), unpinChatMessage},
		{"sendChatAction", list("business_connection_id", "chat_id", "message_thread_id", "action"), sendChatAction},
		{"answerCallbackQuery", list("callback_query_id", "text", "show_alert", "url", "cache_time"), answerCallbackQuery},
		{"getChat", list("chat_id"), getChat},
		{"getChatMember", list("chat_id", "user_id"), getChatMember},
		{"getChatAdministrators", list("chat_id", "return_bots"), getChatAdministrators},
		{"getChatMemberCount", list("chat_id"), getChatMemberCount},
		{"leaveChat", list("chat_id"), leaveChat},
		{"setMyCommands", list("commands", "scope", "language_code"), setMyCommands},
		{"getMyCommands", list("scope", "language_code"), getMyCommands},
		{"deleteMyCommands", list("scope", "language_code"), deleteMyCommands},
		{"setMyName", list("name", "language_code"), setMyText("name", 64)},
		{"getMyName", list("language_code"), getMyText("name")},
		{"setMyDescription", list("description", "language_code"), setMyText("description", 512)},
		{"getMyDescription", list("language_code"), getMyText("description")},
		{"setMyShortDescription", list("short_description", "language_code"), setMyText("short_description", 120)},
		{"getMyShortDescription", list("language_code"), getMyText("short_description")},
		{"setMyDefaultAdministratorRights", list("rights", "for_channels"), setMyRights},
		{"getMyDefaultAdministratorRights", list("for_channels"), getMyRights},
		{"createChatInviteLink", list("chat_id", "name", "expire_date", "member_limit", "creates_join_request"), createChatInviteLink},
		{"editChatInviteLink", list("chat_id", "invite_link", "name", "expire_date", "member_limit", "creates_join_request"), editChatInviteLink},
		{"revokeChatInviteLink", list("chat_id", "invite_link"), revokeChatInviteLink},
		{"exportChatInviteLink", list("chat_id"), exportChatInviteLink},
		{"approveChatJoinRequest", list("chat_id", "user_id"), approveChatJoinRequest},
		{"declineChatJoinRequest", list("chat_id", "user_id"), declineChatJoinRequest},
		{"createForumTopic", list("chat_id", "name", "icon_color", "icon_custom_emoji_id"), createForumTopic},
		{"closeForumTopic", list("chat_id", "message_thread_id"), closeForumTopic},
		{"reopenForumTopic", list("chat_id", "message_thread_id"), reopenForumTopic},
	}
	byName := make(map[string]*method, len(all))
	for _, m := range all {
		byName[strings.ToLower(m.name)] = m
	}
	// Names that the server keeps for old clients.
	byName["getchatmemberscount"] = byName["getchatmembercount"]
	return byName
}
