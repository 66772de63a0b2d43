package store_test

import (
	"context"
	"testing"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

// What is sent again is queued once, however often it is asked for, and keeps
// its place in the order.
func TestRequeue_onlyWhatIsDead(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.Open(t), context.Background(), storetest.Start()
	d := tagwire.Dest{Chat: -100}
	storetest.Apply(t, db, 1, tagwire.SeeChat{Chat: storetest.Chat(-100)})
	var ids []tagwire.DeliveryID
	for i := range int64(3) {
		say(t, db, 2+i, d, "x")
		claimed, err := db.Claim(ctx, now.Add(time.Duration(i)*time.Minute), 1)
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		ids = append(ids, claimed[0].ID)
		dead := tagwire.Settlement{Delivery: ids[i], Chat: -100, State: tagwire.Dead, Reason: "no", Attempt: true}
		if err := db.Settle(ctx, now.Add(time.Duration(i)*time.Minute), []tagwire.Settlement{dead}); err != nil {
			t.Fatal(err)
		}
	}
	newest, total, err := db.DeadDeliveries(ctx, 2)
	if err != nil || total != 3 || len(newest) != 2 || newest[0].ID != ids[2] || newest[1].ID != ids[1] {
		t.Fatalf("%+v of %d, %v", newest, total, err)
	}
	want := tagwire.DeadDelivery{ID: ids[2], Dest: d, Chat: "chat -100", Kind: tagwire.KindMessage, Reason: "no", At: now.Add(2 * time.Minute)}
	if newest[0] != want {
		t.Errorf("%+v", newest[0])
	}
	storetest.Apply(t, db, 10, tagwire.Requeue{Delivery: ids[1]})
	storetest.Apply(t, db, 11, tagwire.Requeue{Delivery: ids[1]}, tagwire.Requeue{Delivery: 999}, tagwire.Requeue{})
	storetest.Apply(t, db, 12, tagwire.Requeue{Through: now.Add(time.Minute)}) // the first, not the third
	if _, total, err := db.DeadDeliveries(ctx, 2); err != nil || total != 1 {
		t.Errorf("%d are dead, %v", total, err)
	}
	for _, id := range ids[:2] {
		claimed, err := db.Claim(ctx, now.Add(time.Hour), 5)
		if err != nil || len(claimed) != 1 || claimed[0].ID != id || claimed[0].Attempts != 0 {
			t.Fatalf("%+v, %v", claimed, err)
		}
		sent := tagwire.Settlement{Delivery: id, Chat: -100, State: tagwire.Sent, MessageID: 5}
		if err := db.Settle(ctx, now, []tagwire.Settlement{sent}); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Apply(t, db, 13, tagwire.Requeue{Delivery: ids[0]})
	if claimed, err := db.Claim(ctx, now.Add(time.Hour), 5); err != nil || len(claimed) != 0 {
		t.Errorf("what was sent was queued again: %+v, %v", claimed, err)
	}
}
