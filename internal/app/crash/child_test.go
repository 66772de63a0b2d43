package crash_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program builds the real binary with its failpoints, once for all tests; dir
// is the first caller's.
type program struct {
	once sync.Once
	path string
	err  error
}

func (p *program) build(dir string) (string, error) {
	p.once.Do(func() {
		p.path = filepath.Join(dir, "tagwire")
		if runtime.GOOS == "windows" {
			p.path += ".exe"
		}
		build := exec.Command("go", "build", "-tags", "failpoint", "-o", p.path, "tagwire/cmd/tagwire")
		if out, err := build.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	return p.path, p.err
}

// child is `tagwire run` as a process of its own: one life of the program.
type child struct {
	t       *testing.T
	cmd     *exec.Cmd
	log     bytes.Buffer // readable once it has ended
	ended   chan struct{}
	started time.Time
}

// spawn starts the program with these settings and no others, in a directory
// that has no .env.
func spawn(t *testing.T, binary, dir string, env ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(binary, "run"), ended: make(chan struct{}), started: time.Now()}
	c.cmd.Dir, c.cmd.Env, c.cmd.Stderr = dir, env, &c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.cmd.Wait() // how it ended is asked of ProcessState
		close(c.ended)
	}()
	return c
}

// kill is kill -9, and waits for the end.
func (c *child) kill() {
	c.cmd.Process.Kill() // an error says that it has ended already
	<-c.ended
}

// stop asks the program to end and demands that it does so cleanly.
func (c *child) stop() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		c.kill()
		c.t.Fatalf("the program had ended before it was stopped: %v\n%s", c.cmd.ProcessState, c.log.String())
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.kill()
		c.t.Fatalf("the program did not stop\n%s", c.log.String())
	}
	if code := c.cmd.ProcessState.ExitCode(); code != 0 {
		c.t.Fatalf("the program stopped with %d\n%s", code, c.log.String())
	}
}

// killed reports whether the process died of a kill, and of nothing else.
func (c *child) killed() bool {
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
		return status.Signaled() && status.Signal() == syscall.SIGKILL
	}
	return !c.cmd.ProcessState.Success()
}

// passed lists the failpoints that the program came by.
func (c *child) passed() []string {
	var out []string
	for line := range strings.Lines(c.log.String()) {
		if name, ok := strings.CutPrefix(line, "failpoint: "); ok {
			out = append(out, strings.TrimSpace(name))
		}
	}
	return out
}
