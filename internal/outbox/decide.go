package outbox

import (
	"errors"
	"time"

	"tagwire/internal/tagwire"
)

// How long and how often a delivery is tried again.
const (
	// ambiguousLimit is how often a message may be sent again although an earlier
	// call perhaps carried it out: at worst so many duplicates of one message.
	ambiguousLimit = 2
	// outageWait is the wait before the last of them: answers without sense come
	// for minutes when they come twice, and must not use up the tries of all that
	// is queued.
	outageWait = 15 * time.Minute
	// unsentWait is the wait of what never left.
	unsentWait = 15 * time.Second
	// refusalLimit and refusalWait give a chat that Telegram can't find a day to
	// come back: a restarting server may say so for a moment.
	refusalLimit = 3
	refusalWait  = 12 * time.Hour
	firstBackoff = 2 * time.Second
	lastBackoff  = 5 * time.Minute
)

// Reasons of a suspension, as the store keeps them.
const (
	ReasonGone     = "gone"      // blocked, kicked, or the chat no longer exists
	ReasonNoRights = "no-rights" // the bot may not write
	ReasonTopic    = "topic"     // the topic was closed or deleted
)

// Decide says what becomes of a delivery whose call ended now with err (nil: it
// was sent as messageID). It sets no pace of a sent message and no notice;
// jitter, from 0 to 1, spreads what waits.
func Decide(d tagwire.Delivery, messageID int, err error, now time.Time, jitter float64) tagwire.Settlement {
	s := tagwire.Settlement{Delivery: d.ID, Chat: d.Dest.Chat}
	if err == nil {
		s.State, s.MessageID = tagwire.Sent, messageID
		return s
	}
	s.Reason = err.Error()
	fault := tagwire.FaultUnknown
	send, ok := errors.AsType[*tagwire.SendError](err)
	if ok {
		fault = send.Fault
	}
	again := func(wait time.Duration) tagwire.Settlement {
		s.State = tagwire.Queued
		s.PostAfter = now.Add(wait)
		s.ReplyAfter = s.PostAfter
		return s
	}
	over := func(state tagwire.State) tagwire.Settlement {
		s.State = state
		return s
	}
	switch fault {
	case tagwire.FaultNotModified:
		s.MessageID = messageID
		return over(tagwire.Sent)
	case tagwire.FaultRetryAfter:
		// Never earlier than told; a little later, so that chats do not all come
		// back at one instant.
		return again(send.RetryAfter + time.Duration(jitter*float64(send.RetryAfter)/10))
	case tagwire.FaultMigrated:
		if send.MigrateTo == 0 || send.MigrateTo == d.Dest.Chat || d.Attempts > refusalLimit {
			return over(tagwire.Dead)
		}
		s.MigrateTo, s.Attempt = send.MigrateTo, true
		return again(0)
	case tagwire.FaultChatGone:
		s.SuspendChat = ReasonGone
		return over(tagwire.Dropped)
	case tagwire.FaultNoRights:
		s.SuspendChat = ReasonNoRights
		return over(tagwire.Dropped)
	case tagwire.FaultTopicGone:
		s.SuspendThread = ReasonTopic
		return over(tagwire.Dropped)
	case tagwire.FaultChatNotFound:
		s.Attempt = true
		if d.Attempts+1 >= refusalLimit {
			s.SuspendChat = ReasonGone
			return over(tagwire.Dead)
		}
		return again(refusalWait)
	case tagwire.FaultBadMarkup:
		if d.Plain {
			return over(tagwire.Dead)
		}
		s.Plain = true
		return again(0)
	case tagwire.FaultBadMessage:
		return over(tagwire.Dead)
	case tagwire.FaultNoMessage:
		return over(tagwire.Dropped)
	case tagwire.FaultUnauthorized, tagwire.FaultConflict:
		// The fault is the bot's, not the message's: it waits for better times.
		return again(0)
	case tagwire.FaultUnsent:
		// The network's fault, for as long as it takes: it counts for nothing.
		return again(spread(unsentWait, jitter))
	}
	// The outcome is unknown. To edit twice does no harm, to send twice does.
	if d.Message != nil && d.Message.Edit != 0 {
		s.Attempt = true
		if d.Attempts >= refusalLimit {
			return over(tagwire.Dead)
		}
		return again(backoff(d.Attempts, jitter))
	}
	switch {
	case d.Ambiguous >= ambiguousLimit:
		return over(tagwire.Dead)
	case d.Ambiguous > 0:
		s.Ambiguous = true
		return again(spread(outageWait, jitter))
	}
	s.Ambiguous = true
	return again(spread(firstBackoff, jitter))
}

// backoff doubles from 2 s to 5 min, spread.
func backoff(attempts int, jitter float64) time.Duration {
	wait := lastBackoff
	if attempts < 8 {
		wait = min(lastBackoff, firstBackoff<<attempts)
	}
	return spread(wait, jitter)
}

// spread is a wait, give or take a tenth.
func spread(wait time.Duration, jitter float64) time.Duration {
	return wait + time.Duration((jitter-0.5)*float64(wait)/5)
}
