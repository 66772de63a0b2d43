package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"tagwire/internal/tagwire"
)

// Replay hands a store n updates, each one to three times, shuffled and eight at
// once, with a restart half-way, and wants each effect once.
func Replay(t *testing.T, n int, open func(t testing.TB, place string) Audited) {
	const workers = 8
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	var ids []int64
	for id := range int64(n) {
		for range 1 + rng.IntN(3) {
			ids = append(ids, id+1)
		}
	}
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	place := t.TempDir()
	applied := make([]int, workers)
	for _, part := range [][]int64{ids[:len(ids)/2], ids[len(ids)/2:]} {
		s := open(t, place)
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() {
				for i := w; i < len(part); i += workers {
					id := part[i]
					d := tagwire.Dest{Chat: tagwire.ChatID(id % 1000)}
					ok, err := s.ApplyUpdate(background(), Start(), id, []tagwire.Change{
						tagwire.SeeChat{Chat: Chat(d.Chat)},
						tagwire.Subscribe{Dest: d, Tags: []tagwire.TagSlug{tagwire.TagSlug(fmt.Sprint("tag-", id))}},
					}, []tagwire.Reply{{Dest: d, Message: tagwire.Message{HTML: tagwire.HTML(fmt.Sprint(id))}}})
					if err != nil {
						t.Error(err)
						return
					}
					if ok {
						applied[w]++
					}
				}
			})
		}
		all.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, place)
	defer s.Close()
	lines, err := s.Ledger(background())
	if err != nil {
		t.Fatal(err)
	}
	texts, total, tags := map[string]int{}, 0, 0
	for _, l := range lines {
		if texts[l.Text]++; texts[l.Text] > 1 {
			t.Errorf("update %s was answered %d times", l.Text, texts[l.Text])
		}
	}
	for _, k := range applied {
		total += k
	}
	for chat := range tagwire.ChatID(1000) {
		all, err := s.ChatSubscriptions(background(), chat)
		if err != nil {
			t.Fatal(err)
		}
		tags += len(all[0])
	}
	if total != n || len(texts) != n || tags != n {
		t.Errorf("%d updates, handed over %d times: %d took effect, %d answers, %d subscriptions", n, len(ids), total, len(texts), tags)
	}
}
