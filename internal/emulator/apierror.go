package emulator

import "fmt"

// apiError is a refusal in the Bot API's words.
type apiError struct {
	code        int
	description string
	parameters  obj
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.description) }

func fail(code int, description string) *apiError {
	return &apiError{code: code, description: description}
}

// badRequest is a 400. The server lower-cases the first letter of what it has to
// say, unless the second one shows that it is a constant such as TOPIC_CLOSED.
func badRequest(format string, a ...any) *apiError {
	text := fmt.Sprintf(format, a...)
	if len(text) >= 2 && text[1] != '_' && (text[1] < 'A' || text[1] > 'Z') {
		text = asciiLower(text[:1]) + text[1:]
	}
	return fail(400, "Bad Request: "+text)
}

func forbidden(format string, a ...any) *apiError {
	return fail(403, "Forbidden: "+fmt.Sprintf(format, a...))
}

// tooMany is a 429 for n seconds.
func tooMany(n int) *apiError {
	return &apiError{429, fmt.Sprintf("Too Many Requests: retry after %d", n), obj{"retry_after": n}}
}
