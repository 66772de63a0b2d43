package taxonomy

import (
	"strconv"
	"strings"
)

// name is what a place is called in a reason.
func (p place) name() string {
	switch p {
	case inTitle:
		return "title"
	case inTags:
		return "publisher tag"
	case inLead:
		return "lead"
	default:
		return "body"
	}
}

// reason says which words were met where, as `title: "rare earth"; body: "REE" ×3`.
func (y tally) reason() string {
	var b strings.Builder
	for p := range places {
		if y.counts[p] == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.name())
		b.WriteString(": \"")
		b.WriteString(clip(y.first[p], maxShown))
		b.WriteByte('"')
		if n := y.counts[p]; n > 1 {
			b.WriteString(" ×")
			b.WriteString(strconv.Itoa(n))
		}
	}
	return b.String()
}
