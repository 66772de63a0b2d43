package emulator

import "time"

// Call is one call of the Bot API, as the ledger keeps it.
type Call struct {
	Seq    int       `json:"seq"` // from 1
	At     time.Time `json:"at"`  // when it arrived
	Bot    int64     `json:"bot"`
	Method string    `json:"method"` // in Telegram's spelling
	Chat   int64     `json:"chat,omitempty"`
	Thread int       `json:"thread,omitempty"`
	Text   string    `json:"text,omitempty"` // text or caption, as sent
	// Params are all parameters as received, files excepted.
	Params map[string]string `json:"params,omitempty"`
	// Done says that the answer is decided; false while a poll waits.
	Done bool `json:"done"`
	OK   bool `json:"ok"`
	// Code and Description are those of a refusal; with a fault, the fault's.
	Code        int    `json:"code,omitempty"`
	Description string `json:"description,omitempty"`
	RetryAfter  int    `json:"retry_after,omitempty"`
	// Effect says that the world was changed or read as asked, whatever the bot
	// was then told.
	Effect bool `json:"effect,omitempty"`
	// Units is the length of the text after parsing, in UTF-16 units, and
	// Entities how many the sender marked, before the limit of 100.
	Units    int `json:"units,omitempty"`
	Entities int `json:"entities,omitempty"`
	// Message is the id of the message sent or edited.
	Message int `json:"message,omitempty"`
	// Unknown lists parameters the method does not have: misspelled, perhaps.
	Unknown []string `json:"unknown,omitempty"`
	// Flood marks a call that came too fast; it was answered 429, or held back.
	Flood bool `json:"flood,omitempty"`
	// Paid marks a broadcast for which Stars would have been charged.
	Paid bool `json:"paid,omitempty"`
	// Fault names the injected fault that struck the call.
	Fault string `json:"fault,omitempty"`
}
