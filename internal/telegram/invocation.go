package telegram

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Invocation is a command as someone typed it.
type Invocation struct {
	Name string // lower case, without slash and @name
	Args string // the rest, without white space around it
}

// commandForm is what Telegram makes a command of.
var commandForm = regexp.MustCompile(`^/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?`)

// ParseCommand reads a message as a command to the bot. "/list@other" is not
// ours, "/list@ThisBot" is, whatever the case. What Telegram marked as the
// command decides; where nothing at all is marked, the text does.
func ParseCommand(m *Message, botUsername string) (Invocation, bool) {
	if m == nil || !strings.HasPrefix(m.Text, "/") {
		return Invocation{}, false
	}
	found := commandForm.FindStringSubmatch(m.Text)
	if found == nil {
		return Invocation{}, false
	}
	end := len(found[0])
	if len(m.Entities) > 0 {
		// A command is ASCII, so its length in UTF-16 units is one in bytes.
		if markedCommand(m.Text, m.Entities) != end {
			return Invocation{}, false
		}
	} else if next, _ := utf8.DecodeRuneInString(m.Text[end:]); next == '@' || next == '/' || next == '<' ||
		next == '>' || next == '_' || unicode.IsLetter(next) || unicode.IsDigit(next) {
		// A path, or a word that goes on, is no command: "/usr/bin", "/sub稀土".
		return Invocation{}, false
	}
	if at := found[2]; at != "" && !strings.EqualFold(at, botUsername) {
		return Invocation{}, false
	}
	return Invocation{strings.ToLower(found[1]), strings.TrimFunc(m.Text[end:], blank)}, true
}

// markedCommand is the length in UTF-16 units of the command marked at the start
// of a text, 0 if there is none. Marks beyond the text count for nothing.
func markedCommand(text string, entities []Entity) int {
	for _, e := range entities {
		if e.Type == "bot_command" && e.Offset == 0 && e.Length > 0 && e.Length <= len(utf16.Encode([]rune(text))) {
			return e.Length
		}
	}
	return 0
}

// blank reports what may stand around arguments: white space of any script, and
// characters without width that keyboards and copied texts leave behind.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
}
