package tagwire

import (
	"fmt"
	"time"
)

// Fault is the class of what went wrong with a call to Telegram.
type Fault string

// The classes of fault.
const (
	FaultRetryAfter   Fault = "retry-after"    // 429: too fast
	FaultMigrated     Fault = "migrated"       // the group became a supergroup
	FaultChatGone     Fault = "chat-gone"      // blocked, kicked, deactivated, deleted
	FaultNoRights     Fault = "no-rights"      // may not write there
	FaultTopicGone    Fault = "topic-gone"     // topic closed or deleted
	FaultChatNotFound Fault = "chat-not-found" // no such chat, perhaps only for a moment
	FaultBadMarkup    Fault = "bad-markup"     // Telegram refused the markup or the length
	FaultBadMessage   Fault = "bad-message"    // refused for good, this message only
	FaultNotModified  Fault = "not-modified"   // an edit changed nothing: as good as done
	FaultNoMessage    Fault = "no-message"     // the message to edit is gone
	FaultUnauthorized Fault = "unauthorized"   // the token is not valid (any more)
	FaultConflict     Fault = "conflict"       // another instance polls with this token
	FaultUnsent       Fault = "unsent"         // the request surely never reached Telegram
	FaultUnknown      Fault = "unknown"        // it may have been carried out
)

// SendError is Telegram's refusal of a call, or the failure to reach it.
type SendError struct {
	Fault       Fault
	Code        int    // HTTP or Bot API code, 0 without an answer
	Description string // Telegram's words; never holds the token
	RetryAfter  time.Duration
	MigrateTo   ChatID
	Err         error // the transport's error, stripped of its address
}

// Error names the class and what Telegram said.
func (e *SendError) Error() string {
	switch {
	case e.Description != "":
		return fmt.Sprintf("telegram: %s: %d %s", e.Fault, e.Code, e.Description)
	case e.Err != nil:
		return fmt.Sprintf("telegram: %s: %v", e.Fault, e.Err)
	}
	return fmt.Sprintf("telegram: %s: code %d", e.Fault, e.Code)
}

// Unwrap gives the transport's error.
func (e *SendError) Unwrap() error { return e.Err }
