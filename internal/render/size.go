package render

import "tagwire/internal/tagwire"

// Limits of one message, with headroom below Telegram's: 4096 units of text, 100
// entities (the rest vanish without an error), 32 KB of markup.
const (
	maxUnits    = 3900
	maxEntities = 80
	maxBytes    = 28_000
)

// size is what counts against the limits.
type size struct{ units, entities, bytes int }

// sizeOf measures a paragraph with the blank lines that may stand before it.
func sizeOf(h tagwire.HTML) size {
	units, entities := Measure(h)
	return size{units + 2, entities, len(h) + 2}
}

func (s size) plus(o size) size {
	return size{s.units + o.units, s.entities + o.entities, s.bytes + o.bytes}
}

func (s size) fits() bool {
	return s.units <= maxUnits && s.entities <= maxEntities && s.bytes <= maxBytes
}
