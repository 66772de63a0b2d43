package catalogue

import (
	"fmt"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// groups reads the industry groups.
func (r *reader) groups(n node) []tagwire.Industry {
	var out []tagwire.Industry
	taken := map[string]int{}
	for _, item := range r.list(n, "groups") {
		f := r.fields(item, "a group", "slug", "name", "chat", "moderators", "tags", "policy", "questions", "rules", "contact")
		g := tagwire.Industry{
			Slug:       r.slug(f.need("slug", "the group", "write slug: and a short name of a-z, 0-9 and hyphens"), "group", taken),
			Name:       r.byLanguage(f.need("name", "the group", "write name: {en: ..., zh: ...}"), "name"),
			Chat:       r.chat(f.need("chat", "the group", "write chat: and its number, such as -1001234567890")),
			Moderators: r.chat(f.node("moderators")),
			Tags:       r.tagList(f.node("tags")),
			Policy:     r.policy(f.node("policy")),
			Rules:      r.byLanguage(f.node("rules"), "rules"),
			Contact:    r.byLanguage(f.node("contact"), "contact"),
		}
		for _, q := range r.list(f.node("questions"), "questions") {
			g.Questions = append(g.Questions, r.byLanguage(q, "a question"))
		}
		out = append(out, g)
	}
	return out
}

// chat reads the number of a group, which is negative.
func (r *reader) chat(n node) tagwire.ChatID {
	if !n.is() {
		return 0
	}
	before := len(r.faults)
	id := r.number(n)
	if id >= 0 && len(r.faults) == before {
		r.fault(n, fmt.Sprintf("%d is no group: numbers of groups are negative", id), "write it with its minus, such as -1001234567890")
	}
	return tagwire.ChatID(id)
}

func (r *reader) policy(n node) string {
	s := r.text(n)
	switch s {
	case "":
		return defaultPolicy
	case "manual", "rules", "codes":
		return s
	}
	remedy := "use manual, rules or codes"
	if near, ok := taxonomy.Closest(s, []string{"manual", "rules", "codes"}); ok {
		remedy = "did you mean " + near + "?"
	}
	r.fault(n, fmt.Sprintf("no policy %s", quote(s)), remedy)
	return s
}
