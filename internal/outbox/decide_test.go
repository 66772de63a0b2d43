package outbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/outbox"
	"tagwire/internal/tagwire"
)

func fault(f tagwire.Fault) error { return &tagwire.SendError{Fault: f} }

func TestDecide(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 28, 8, 0, 0, 0, time.UTC)
	message := &tagwire.Message{HTML: "x"}
	edit := &tagwire.Message{HTML: "x", Edit: 5}
	topic := tagwire.Dest{Chat: -100, Thread: 4}
	// again is a settlement that lets the chat's lane go on after the wait.
	again := func(wait time.Duration, s tagwire.Settlement) tagwire.Settlement {
		s.State, s.PostAfter, s.ReplyAfter = tagwire.Queued, now.Add(wait), now.Add(wait)
		return s
	}
	for name, tc := range map[string]struct {
		d    tagwire.Delivery
		err  error
		want tagwire.Settlement
	}{
		"sent":             {tagwire.Delivery{}, nil, tagwire.Settlement{State: tagwire.Sent, MessageID: 9}},
		"edit of the same": {tagwire.Delivery{Message: edit}, fault(tagwire.FaultNotModified), tagwire.Settlement{State: tagwire.Sent, MessageID: 9}},
		"too fast, half a day": {tagwire.Delivery{Attempts: 40}, &tagwire.SendError{Fault: tagwire.FaultRetryAfter, RetryAfter: 10_072 * time.Second},
			again(10_072*time.Second+10_072*time.Second/20, tagwire.Settlement{})},
		"migrated": {tagwire.Delivery{}, &tagwire.SendError{Fault: tagwire.FaultMigrated, MigrateTo: -1001},
			again(0, tagwire.Settlement{MigrateTo: -1001, Attempt: true})},
		"migrated to nowhere": {tagwire.Delivery{}, fault(tagwire.FaultMigrated), tagwire.Settlement{State: tagwire.Dead}},
		"kicked":              {tagwire.Delivery{}, fault(tagwire.FaultChatGone), tagwire.Settlement{State: tagwire.Dropped, SuspendChat: outbox.ReasonGone}},
		"muted":               {tagwire.Delivery{}, fault(tagwire.FaultNoRights), tagwire.Settlement{State: tagwire.Dropped, SuspendChat: outbox.ReasonNoRights}},
		"topic closed":        {tagwire.Delivery{}, fault(tagwire.FaultTopicGone), tagwire.Settlement{State: tagwire.Dropped, SuspendThread: outbox.ReasonTopic}},
		"not found, once":     {tagwire.Delivery{}, fault(tagwire.FaultChatNotFound), again(12*time.Hour, tagwire.Settlement{Attempt: true})},
		"not found, for a day": {tagwire.Delivery{Attempts: 2}, fault(tagwire.FaultChatNotFound),
			tagwire.Settlement{State: tagwire.Dead, Attempt: true, SuspendChat: outbox.ReasonGone}},
		"markup refused":        {tagwire.Delivery{}, fault(tagwire.FaultBadMarkup), again(0, tagwire.Settlement{Plain: true})},
		"plain text refused":    {tagwire.Delivery{Plain: true}, fault(tagwire.FaultBadMarkup), tagwire.Settlement{State: tagwire.Dead}},
		"refused for good":      {tagwire.Delivery{}, fault(tagwire.FaultBadMessage), tagwire.Settlement{State: tagwire.Dead}},
		"nothing to edit":       {tagwire.Delivery{Message: edit}, fault(tagwire.FaultNoMessage), tagwire.Settlement{State: tagwire.Dropped}},
		"token refused":         {tagwire.Delivery{}, fault(tagwire.FaultUnauthorized), again(0, tagwire.Settlement{})},
		"never left":            {tagwire.Delivery{}, fault(tagwire.FaultUnsent), again(15*time.Second, tagwire.Settlement{})},
		"never left, as before": {tagwire.Delivery{Attempts: 2, Ambiguous: 2}, fault(tagwire.FaultUnsent), again(15*time.Second, tagwire.Settlement{})},
		"unknown outcome":       {tagwire.Delivery{Message: message, Attempts: 2}, fault(tagwire.FaultUnknown), again(2*time.Second, tagwire.Settlement{Ambiguous: true})},
		"unknown, second time":  {tagwire.Delivery{Ambiguous: 1}, fault(tagwire.FaultUnknown), again(15*time.Minute, tagwire.Settlement{Ambiguous: true})},
		"unknown, third time":   {tagwire.Delivery{Ambiguous: 2}, fault(tagwire.FaultUnknown), tagwire.Settlement{State: tagwire.Dead}},
		"an edit may repeat":    {tagwire.Delivery{Message: edit, Ambiguous: 2}, fault(tagwire.FaultUnknown), again(2*time.Second, tagwire.Settlement{Attempt: true})},
		"an error of no class":  {tagwire.Delivery{}, errors.New("odd"), again(2*time.Second, tagwire.Settlement{Ambiguous: true})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.d.ID, tc.d.Dest = 7, topic
			tc.want.Delivery, tc.want.Chat = 7, -100
			if tc.err != nil {
				tc.want.Reason = tc.err.Error()
			}
			if diff := cmp.Diff(tc.want, outbox.Decide(tc.d, 9, tc.err, now, 0.5)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// However the dice fall, nothing goes out before Telegram allows it.
func TestDecide_neverBeforeRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 28, 8, 0, 0, 0, time.UTC)
	for _, seconds := range []int{1, 30, 10_072} {
		for _, jitter := range []float64{0, 0.3, 0.999} {
			wait := time.Duration(seconds) * time.Second
			s := outbox.Decide(tagwire.Delivery{}, 0, &tagwire.SendError{Fault: tagwire.FaultRetryAfter, RetryAfter: wait}, now, jitter)
			if s.PostAfter.Before(now.Add(wait)) || s.ReplyAfter.Before(now.Add(wait)) || s.PostAfter.After(now.Add(wait+wait/10)) {
				t.Errorf("%d s, jitter %v: posts after %v, replies after %v", seconds, jitter, s.PostAfter.Sub(now), s.ReplyAfter.Sub(now))
			}
		}
	}
}
