package tagwire

// HTML is text in Telegram's HTML, already escaped and balanced. Plain text
// becomes HTML only through an escaping function.
type HTML string

// Message is a text ready to be sent, or to take the place of an earlier one.
type Message struct {
	HTML     HTML     `json:"html"`
	Keyboard Keyboard `json:"keyboard,omitempty"`
	// ReplyTo is the message answered, 0 for none; a vanished one is no error.
	ReplyTo int `json:"reply_to,omitempty"`
	// Edit is the bot's own message that this one replaces, 0 to send a new one.
	Edit   int  `json:"edit,omitempty"`
	Silent bool `json:"silent,omitempty"`
	// Preview is the address shown as a preview below the text; empty for none.
	Preview string `json:"preview,omitempty"`
	// Plain sends the text without parse mode: the last resort after Telegram
	// refused the markup.
	Plain bool `json:"plain,omitempty"`
}

// Keyboard is rows of inline buttons.
type Keyboard [][]Button

// Button is an inline button: Data comes back to the bot when it is pressed
// (at most 64 bytes), or URL is opened.
type Button struct {
	Text string `json:"text"`
	Data string `json:"data,omitempty"`
	URL  string `json:"url,omitempty"`
}
