package dispatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tagwire/internal/tagwire"
)

const (
	// catchUp is how late a digest may still come. Past that its articles wait
	// for the next one: a morning digest at night helps nobody.
	catchUp = 6 * time.Hour
	// dueBatch is how many chats one look at the store brings.
	dueBatch = 200
)

// Digests queues every digest that has fallen due by now. A chat whose digest
// can't be planned is logged and tried again at the next call; the others get
// theirs.
func (d *Dispatch) Digests(ctx context.Context, now time.Time) error {
	failed := map[tagwire.ChatID]bool{}
	for {
		due, err := d.store.DueDigests(ctx, now, dueBatch+len(failed))
		if err != nil {
			return err
		}
		planned := 0
		for _, dd := range due {
			if failed[dd.Chat.ID] {
				continue
			}
			if err := d.plan(ctx, now, dd); err != nil {
				if ctx.Err() != nil {
					return err
				}
				failed[dd.Chat.ID] = true
				d.log.Error("a digest could not be planned", "chat_id", dd.Chat.ID, "err", err)
				continue
			}
			planned++
		}
		if planned == 0 {
			return nil
		}
		d.queued()
	}
}

func (d *Dispatch) plan(ctx context.Context, now time.Time, due tagwire.DueDigest) error {
	next, err := Due(due.Chat, now)
	if err != nil {
		return err
	}
	var plans []tagwire.PlanDigest
	if now.Sub(due.Chat.NextDigest) <= catchUp {
		for _, dest := range due.Dests {
			plan, err := d.digest(ctx, dest, due.Chat)
			if err != nil {
				return fmt.Errorf("dispatch: digest for %s: %w", dest, err)
			}
			plans = append(plans, plan)
		}
	}
	return d.store.EnqueueDigests(ctx, now, due.Chat.ID, due.Chat.NextDigest, next, plans)
}

// Due is when a chat's next digest after t falls due; the zero time when its
// mode has none.
func Due(chat tagwire.Chat, t time.Time) (time.Time, error) {
	if !chat.Mode.Digest() {
		return time.Time{}, nil
	}
	zone, err := time.LoadLocation(chat.Zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("dispatch: chat %d: zone: %w", chat.ID, err)
	}
	next, _ := chat.Rhythm.Next(t, zone)
	return next, nil
}

// digest assembles what waits for one place. Articles of tags that it has
// unsubscribed from since are left out.
func (d *Dispatch) digest(ctx context.Context, dest tagwire.Dest, chat tagwire.Chat) (tagwire.PlanDigest, error) {
	pending, err := d.store.PendingDigest(ctx, dest)
	if err != nil {
		return tagwire.PlanDigest{}, err
	}
	tags, err := d.store.Subscriptions(ctx, dest)
	if err != nil {
		return tagwire.PlanDigest{}, err
	}
	zone, err := time.LoadLocation(chat.Zone)
	if err != nil {
		return tagwire.PlanDigest{}, err
	}
	local := chat.NextDigest.In(zone)
	plan := tagwire.PlanDigest{
		Dest: dest,
		// The clock is part of the slot: whoever moves today's digest from 08:30
		// to 18:00 after it came expects one more.
		Slot:  local.Format(time.DateOnly) + " " + chat.Rhythm.Clock(),
		Class: tagwire.ClassDigest,
	}
	wanted := make([]tagwire.Article, 0, len(pending))
	for _, a := range pending {
		plan.Through = max(plan.Through, a.ID)
		if slices.ContainsFunc(tags, a.Has) {
			wanted = append(wanted, a)
		}
	}
	plan.Pages = d.render.Paginate(wanted, tags, chat, local.Format(time.DateOnly))
	return plan, nil
}
