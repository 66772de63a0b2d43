package telegram

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"tagwire/internal/tagwire"
)

// rule gives a fault to an answer with the code (0: any) whose description holds
// one of the texts, whatever the case (none: any text).
type rule struct {
	code  int
	fault tagwire.Fault
	texts []string
}

// rules is the table of what Telegram's refusals mean, first match wins. The Bot
// API server recodes MTProto's 403s in capitals as 400, hence the rows without
// code. What no row knows is in classify.
func rules() []rule {
	return []rule{
		{429, tagwire.FaultRetryAfter, nil},
		{401, tagwire.FaultUnauthorized, nil},
		// Telegram's own front answers a token that cannot be one, like any wrong
		// path, with 404.
		{404, tagwire.FaultUnauthorized, nil},
		{409, tagwire.FaultConflict, nil},
		{413, tagwire.FaultBadMarkup, nil},
		{421, tagwire.FaultUnsent, nil},

		{400, tagwire.FaultNotModified, []string{"message is not modified"}},
		{400, tagwire.FaultNoMessage, []string{
			"message to edit not found", "message can't be edited", "message_id_invalid",
			"message to delete not found", "message can't be deleted",
		}},
		{400, tagwire.FaultBadMarkup, []string{
			"can't parse entities", "message is too long", "text is too long", "message_too_long",
			"caption is too long", "message text is empty", "text must be non-empty", "entity_",
			"message must be non-empty",
		}},
		{0, tagwire.FaultTopicGone, []string{
			"message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid",
		}},
		{0, tagwire.FaultNoRights, []string{
			"not enough rights to send", "need administrator rights in the channel",
			"have no write access", "have no rights to send", "chat_write_forbidden", "chat_restricted",
			"chat_admin_required", "chat_send_", "chat_guest_send_forbidden", "user_banned_in_channel",
		}},
		{0, tagwire.FaultChatGone, []string{
			"bot was blocked by the user", "user_is_blocked",
			"user is deactivated", "input_user_deactivated", "user_deactivated",
			"can't initiate conversation with a user", "can't send messages to bots",
			"bot was kicked from the", "bot is not a member of the",
			"group chat was deleted", "group chat was deactivated",
			// With the new id it is a migration; classify looks at that first.
			"upgraded to a supergroup",
			"channel_private", "chat_forbidden",
		}},
		{400, tagwire.FaultChatNotFound, []string{"chat not found", "peer_id_invalid"}},
		// Any other 400 or 403 is about the message, not the chat.
		{400, tagwire.FaultBadMessage, nil},
		{403, tagwire.FaultBadMessage, nil},
	}
}

// classify turns an answer of the Bot API into an error. Codes without a rule
// (500 and its like) mean that it may have been carried out.
func classify(code int, description string, retryAfter time.Duration, migrateTo tagwire.ChatID) *tagwire.SendError {
	e := &tagwire.SendError{
		Fault: tagwire.FaultUnknown, Code: code, Description: shorten(description, 300), MigrateTo: migrateTo,
	}
	if migrateTo != 0 {
		e.Fault = tagwire.FaultMigrated
		return e
	}
	lower := strings.ToLower(description)
	for _, r := range rules() {
		if (r.code == 0 || r.code == code) && (r.texts == nil || holds(lower, r.texts)) {
			e.Fault = r.fault
			break
		}
	}
	if e.Fault == tagwire.FaultRetryAfter {
		// An answer without a time must not turn into a hot loop.
		e.RetryAfter = max(retryAfter, time.Second)
	}
	return e
}

// queryExpired reports an answer to a button press that came too late.
func queryExpired(err error) bool {
	return refused(err, "query is too old", "query id is invalid", "query_id_invalid")
}

// noSuchMember reports that the asked user has nothing to do with the chat.
func noSuchMember(err error) bool {
	return refused(err, "member not found", "user not found", "user_not_participant",
		"participant_id_invalid", "invalid user_id specified", "user_id_invalid")
}

// webhookActive reports that polling is refused because of a webhook.
func webhookActive(err error) bool {
	var e *tagwire.SendError
	return errors.As(err, &e) && e.Fault == tagwire.FaultConflict &&
		holds(strings.ToLower(e.Description), []string{"webhook is active"})
}

// refused reports a 400 whose description holds one of the texts.
func refused(err error, texts ...string) bool {
	var e *tagwire.SendError
	return errors.As(err, &e) && e.Code == http.StatusBadRequest && holds(strings.ToLower(e.Description), texts)
}

func holds(s string, texts []string) bool {
	for _, t := range texts {
		if strings.Contains(s, t) {
			return true
		}
	}
	return false
}
