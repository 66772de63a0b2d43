//go:build failpoint

package failpoint

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// trap is what the command armed. It is the one piece of state that no value
// carries: in a normal build neither it nor anything that reads it exists.
type trap struct {
	mu    sync.Mutex
	point Point
	left  int // hits until the kill
	seen  map[Point]bool
	trace io.Writer
}

var armed = new(trap)

// Arm makes the program kill itself at a point: "name", or "name:n" for its
// n-th hit; empty arms nothing. The first hit of each point is noted in trace as
// a line "failpoint: name".
func Arm(spec string, trace io.Writer) error {
	name, count, counted := strings.Cut(spec, ":")
	left := 1
	if counted {
		var err error
		if left, err = strconv.Atoi(count); err != nil || left < 1 {
			return fmt.Errorf("failpoint: %q is no count; write name:n", count)
		}
	}
	if spec != "" && !slices.Contains(Points(), Point(name)) {
		return fmt.Errorf("failpoint: no point %q", name)
	}
	armed.mu.Lock()
	defer armed.mu.Unlock()
	armed.point, armed.left, armed.trace, armed.seen = Point(name), left, trace, map[Point]bool{}
	return nil
}

// Hit passes a point, or ends the program there: no deferred call, no flush, no
// farewell to anybody.
func Hit(p Point) {
	armed.mu.Lock()
	defer armed.mu.Unlock()
	if armed.seen == nil {
		return
	}
	if !armed.seen[p] {
		armed.seen[p] = true
		fmt.Fprintf(armed.trace, "failpoint: %s\n", p)
	}
	if p != armed.point {
		return
	}
	if armed.left--; armed.left > 0 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		os.Exit(137)
	}
	select {} // the signal is on its way; nothing more is to happen
}
