// Package failpoint names the moments at which a kill would hurt most: around
// every commit, every request to Telegram and every step of the schema.
//
// In a normal build Hit does nothing and is compiled away. Built with the tag
// `failpoint` the program kills itself, as hard as kill -9 would, at a point
// that was armed; internal/app/crash does that for every point and audits what
// the program makes of it afterwards.
package failpoint

// Point is a named moment.
type Point string

// A point in "-ing" lies inside a transaction, when all is written and nothing
// committed; its counterpart lies right behind the commit.
const (
	// The writer's group commit, whatever it commits.
	CommitBefore Point = "commit-before"
	CommitAfter  Point = "commit-after"

	// One migration of the schema.
	SchemaBegin   Point = "schema-begin"
	SchemaWriting Point = "schema-writing"
	SchemaWritten Point = "schema-written"

	// The start: requests on the wire taken back, sources brought in line.
	RecoverWriting Point = "recover-writing"
	Recovered      Point = "recovered"
	SourcesWriting Point = "sources-writing"
	SourcesSynced  Point = "sources-synced"

	// Reading a source.
	PollFetched  Point = "poll-fetched"
	PollWriting  Point = "poll-writing"
	PollRecorded Point = "poll-recorded"

	// A chunk of an article's subscribers.
	FanOutWriting Point = "fanout-writing"
	FannedOut     Point = "fanned-out"

	// The digest of a chat.
	DigestWriting Point = "digest-writing"
	DigestPlanned Point = "digest-planned"

	// A delivery.
	ClaimWriting  Point = "claim-writing"
	Claimed       Point = "claimed"
	SendBefore    Point = "send-before"
	SendAfter     Point = "send-after"
	SettleWriting Point = "settle-writing"
	Settled       Point = "settled"

	// An update from Telegram, and the offset that confirms it.
	UpdateReceived  Point = "update-received"
	UpdateWriting   Point = "update-writing"
	UpdateApplied   Point = "update-applied"
	UpdateHandled   Point = "update-handled"
	OffsetUnsent    Point = "offset-unsent"
	OffsetConfirmed Point = "offset-confirmed"

	// A group becomes a supergroup: half moved, and moved but not committed.
	ChatMoving Point = "chat-moving"
	ChatMoved  Point = "chat-moved"
)

// Points lists all points.
func Points() []Point {
	return []Point{
		CommitBefore, CommitAfter,
		SchemaBegin, SchemaWriting, SchemaWritten,
		RecoverWriting, Recovered, SourcesWriting, SourcesSynced,
		PollFetched, PollWriting, PollRecorded,
		FanOutWriting, FannedOut,
		DigestWriting, DigestPlanned,
		ClaimWriting, Claimed, SendBefore, SendAfter, SettleWriting, Settled,
		UpdateReceived, UpdateWriting, UpdateApplied, UpdateHandled, OffsetUnsent, OffsetConfirmed,
		ChatMoving, ChatMoved,
	}
}
