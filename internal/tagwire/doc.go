// Package tagwire holds the nouns of the field (source, entry, article, tag,
// chat, dest, subscription, digest, delivery) and the small rules that belong to
// them alone: how a place is written, when a digest falls due in a zone, which
// tags an article carries.
//
// Whatever crosses the boundary of the store or of another package of this
// module is one of these types. The package imports the standard library only;
// it does no I/O and never asks what time it is.
package tagwire
