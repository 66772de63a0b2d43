package emulator

import "time"

// FaultKind is the way in which a call goes wrong.
type FaultKind string

// The kinds of fault.
const (
	// FaultAnswer answers with Code, Description and Parameters.
	FaultAnswer FaultKind = "answer"
	// FaultHTML answers 502 (or Code) with a proxy's HTML page.
	FaultHTML FaultKind = "html"
	// FaultEmpty answers 504 (or Code) with an empty body.
	FaultEmpty FaultKind = "empty"
	// FaultReset drops the connection without an answer.
	FaultReset FaultKind = "reset"
	// FaultRefused fails to connect at all, so that nothing was sent; over real
	// HTTP, where the connection stands already, it is a reset.
	FaultRefused FaultKind = "refused"
	// FaultTruncate sends only the first half of the JSON answer.
	FaultTruncate FaultKind = "truncate"
	// FaultDelay only delays; every other kind may carry a Delay as well.
	FaultDelay FaultKind = "delay"
)

// Fault is a misfortune prepared for coming calls.
type Fault struct {
	// Method and Chat say which calls it may strike; empty and 0 are any.
	Method string
	Chat   int64
	// When narrows the choice further, if not nil. It must not call the emulator.
	When func(Call) bool
	// Nth is the first matching call that it strikes: 0 and 1 are the next one.
	Nth int
	// Count is how many calls it strikes; 0 is one, negative is without end.
	Count int
	// Probability of striking a call that matches; 0 is certainty.
	Probability float64

	Kind        FaultKind
	Code        int
	Description string
	Parameters  map[string]any
	// Delay passes before the call is carried out, or before the answer if After.
	Delay time.Duration
	// After lets the call take effect before it goes wrong: the ambiguous send.
	After bool
	// Do is run when the fault strikes, before the call is carried out: the world
	// changes between two calls. It may use the driver.
	Do func()
}
