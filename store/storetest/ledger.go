package storetest

import (
	"cmp"
	"context"
	"slices"

	"pgregory.net/rapid"

	"tagwire/internal/tagwire"
)

// Audited is a store whose books an auditor can read: not through the calls
// under test, but as the engine keeps them.
type Audited interface {
	Store
	// Ledger is everything that is to be, was or won't be delivered, in any order.
	Ledger(ctx context.Context) ([]Line, error)
}

// Pending is the state of an article that waits for a place's next digest.
const Pending tagwire.State = "pending"

// Line is one line of the books: a delivery, or an article that waits for a
// digest.
type Line struct {
	Dest    tagwire.Dest
	Article tagwire.ArticleID // 0 for a message and a page of a digest
	State   tagwire.State
	Reason  string
	Class   tagwire.Class
	Kind    tagwire.Kind
	Text    string              // a message's text, a page's slot
	Digest  []tagwire.ArticleID // a page's articles
}

func compareLines(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.Dest.Chat, b.Dest.Chat), cmp.Compare(a.Dest.Thread, b.Dest.Thread),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Text, b.Text),
		slices.Compare(a.Digest, b.Digest), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason),
	)
}

func sortLines(lines []Line) []Line {
	slices.SortFunc(lines, compareLines)
	return lines
}

// audit closes the books: no delivery is left on the way, and each article is
// at each place that was served with it in one visible state, the digest and
// the post apart; no article has been in two digests of a place.
func (r *run) audit(t *rapid.T) {
	lines, err := r.store.Ledger(background())
	must(t, err)
	posts, digests := map[key]int{}, map[key]int{}
	for _, l := range lines {
		switch {
		case l.State == tagwire.Queued || l.State == tagwire.Leased:
			t.Fatalf("never delivered: %+v", l)
		case l.State != tagwire.Sent && l.State != Pending && l.Reason == "":
			t.Fatalf("%s for no reason: %+v", l.State, l)
		case l.State == Pending:
			digests[key{l.Dest, l.Article}]++
		case l.Kind == tagwire.KindArticle:
			posts[key{l.Dest, l.Article}]++
		case l.Kind == tagwire.KindDigest:
			for _, id := range l.Digest {
				digests[key{l.Dest, id}]++
			}
		}
	}
	for _, a := range r.articles {
		for d := range a.served {
			at := key{d, a.ID}
			_, planned := r.dest(d).planned[a.ID]
			if posts[at] > 1 || posts[at]+digests[at] == 0 && !planned && !r.pruned {
				t.Fatalf("article %d at %s: %d posts, in %d digests", a.ID, d, posts[at], digests[at])
			}
			if digests[at] > 1 && !r.dest(d).merged {
				t.Fatalf("article %d is in %d digests of %s", a.ID, digests[at], d)
			}
		}
	}
}

type key struct {
	dest    tagwire.Dest
	article tagwire.ArticleID
}
