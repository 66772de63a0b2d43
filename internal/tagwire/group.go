package tagwire

// Industry is an industry group with a door: people apply to join it. Texts are
// by language.
type Industry struct {
	Slug       string
	Name       map[string]string
	Chat       ChatID
	Moderators ChatID
	Tags       []TagSlug
	Policy     string // manual, rules or codes
	Questions  []map[string]string
	Rules      map[string]string
	Contact    map[string]string
}
