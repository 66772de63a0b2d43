package bot

import "strings"

// dataVersion stands first in the data of every button. A later version that
// changes the meaning of a verb counts up, and buttons of old messages are
// answered with a hint instead of being misread.
const dataVersion = "1"

// maxData is how many bytes of button data Telegram carries.
const maxData = 64

// data is a button's data: version, verb, arguments. It never names a chat: a
// button acts on the chat its message is in.
func data(verb string, args ...string) string {
	return strings.Join(append([]string{dataVersion, verb}, args...), ":")
}

// parseData reads a button's data. Whoever presses a button can send anything, so
// all that it holds is checked again by whoever uses it.
func parseData(s string) (verb string, args []string, ok bool) {
	if len(s) > maxData {
		return "", nil, false
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || parts[0] != dataVersion || parts[1] == "" {
		return "", nil, false
	}
	return parts[1], parts[2:], true
}
