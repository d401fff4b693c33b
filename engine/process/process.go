// Package process talks to external commands that answer calls, one JSON text
// on a line for each.
//
// The command is started without a shell, in a process group of its own. For a
// call it reads a line
//
//	{"id": 1, "args": [...], "kwargs": {...}}
//
// from its standard input and writes one of
//
//	{"id": 1, "result": ...}
//	{"id": 1, "error": {"kind": "ValueError", "message": "..."}}
//
// to its standard output, which it has to flush. Calls come one by one, and the
// ids count up from 1. What it writes to its standard error is shown when it
// fails. It is to end when its standard input does.
//
// The invariant: whatever the command does, a call ends, and [Process.Close]
// leaves nothing behind that is still in the process group. A command that
// crashed, hung, or broke the protocol is killed, and started again for the
// next call. [New] is the entry point.
package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
)

// A Command says what to start.
type Command struct {
	Args []string // the program and its arguments
	Dir  string   // its working folder
	// Timeout is how long a call may take, the start of the command included.
	// Default 10 s.
	Timeout time.Duration
	// MaxMessage is the most bytes of a line, in both directions. Default 64 MiB.
	MaxMessage int
}

const (
	defaultTimeout    = 10 * time.Second
	defaultMaxMessage = 64 << 20
	// endAfter is how long a command gets to end by itself once its input has
	// ended.
	endAfter = 100 * time.Millisecond
	// tailLen is how much of the standard error is kept.
	tailLen = 2000
)

// A CallError is an error that the command itself reports.
type CallError struct{ Kind, Message string }

func (e *CallError) Error() string {
	if e.Kind == "" {
		return e.Message
	}
	return e.Kind + ": " + e.Message
}

// ErrorKind returns the kind that the command has said.
func (e *CallError) ErrorKind() string { return e.Kind }

// A BrokenError is a call that the command did not answer as it should.
type BrokenError struct {
	Kind   string // start, crash, timeout, garbage, id, or size
	Msg    string
	Stderr string // the last that it wrote there
}

func (e *BrokenError) Error() string {
	if e.Stderr == "" {
		return e.Msg
	}
	return e.Msg + "; the last that it wrote to its standard error:\n" + e.Stderr
}

// ErrorKind returns the kind.
func (e *BrokenError) ErrorKind() string { return e.Kind }

// A Process is a command that is started when it is first called. It is used
// by one thread at a time.
type Process struct {
	c   Command
	run *running // nil: not started, or it has failed
	id  int64
}

// New returns a process for a command.
func New(c Command) *Process {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxMessage == 0 {
		c.MaxMessage = defaultMaxMessage
	}
	return &Process{c: c}
}

// A running is one execution of the command.
type running struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *os.File
	lines  chan line
	quit   chan struct{} // closed when nobody wants lines any more
	err    *tail
	exited chan struct{} // closed when the command has ended
	state  error         // of Wait, then
}

// A line is what the command has written, or why no more comes.
type line struct {
	text []byte
	err  error
}

var errTooLong = errors.New("the line is too long")

func (p *Process) start() (*running, error) {
	cmd := exec.Command(p.c.Args[0], p.c.Args[1:]...)
	cmd.Dir = p.c.Dir
	cmd.WaitDelay = endAfter
	ownGroup(cmd)
	r := &running{cmd: cmd, lines: make(chan line), quit: make(chan struct{}), exited: make(chan struct{}), err: &tail{}}
	cmd.Stderr = r.err
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	// Not StdoutPipe: Wait would close it before all has been read.
	out, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = w
	r.stdin, r.out = stdin, out
	err = cmd.Start()
	w.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	go r.read(p.c.MaxMessage)
	go func() {
		r.state = cmd.Wait()
		close(r.exited)
	}()
	return r, nil
}

// read gives out lines until the output ends.
func (r *running) read(most int) {
	b := bufio.NewReaderSize(r.out, 64<<10)
	for {
		text, err := readLine(b, most)
		select {
		case r.lines <- line{text, err}:
		case <-r.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// readLine returns a line without its end. It keeps no more than the most.
func readLine(b *bufio.Reader, most int) ([]byte, error) {
	var text []byte
	for {
		part, err := b.ReadSlice('\n')
		if len(text)+len(part) > most+1 {
			return text, errTooLong
		}
		text = append(text, part...)
		switch {
		case err == nil:
			return bytes.TrimRight(text, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return text, io.EOF
		}
	}
}

// stop ends the command, and all that it has started.
func (r *running) stop(gently bool) {
	close(r.quit)
	r.stdin.Close()
	if gently {
		late := time.NewTimer(endAfter)
		select {
		case <-r.exited:
		case <-late.C:
		}
		late.Stop()
	}
	killGroup(r.cmd)
	<-r.exited
	r.out.Close()
}

// Call calls the command. Args and kwargs are a JSON list and a JSON object. An
// error is a *[CallError], a *[BrokenError], or that of the context.
func (p *Process) Call(ctx context.Context, args, kwargs json.RawMessage) (json.RawMessage, error) {
	request := fmt.Appendf(nil, `{"id":%d,"args":%s,"kwargs":%s}`+"\n", p.id+1, args, kwargs)
	if len(request) > p.c.MaxMessage {
		return nil, &BrokenError{Kind: "size", Msg: fmt.Sprintf("the arguments take %s, want at most %s", humanize.IBytes(uint64(len(request))), humanize.IBytes(uint64(p.c.MaxMessage)))}
	}
	limit := time.NewTimer(p.c.Timeout)
	defer limit.Stop()
	if p.run == nil {
		r, err := p.start()
		if err != nil {
			return nil, &BrokenError{Kind: "start", Msg: "it cannot be started: " + inWords(err)}
		}
		p.run, p.id = r, 0
		request = fmt.Appendf(nil, `{"id":1,"args":%s,"kwargs":%s}`+"\n", args, kwargs)
	}
	p.id++
	go func(w io.Writer) {
		_, _ = w.Write(request) // a command that does not read it does not answer either
	}(p.run.stdin)
	select {
	case l := <-p.run.lines:
		switch {
		case errors.Is(l.err, errTooLong):
			return nil, p.broken("size", fmt.Sprintf("it wrote a line of more than %s", humanize.IBytes(uint64(p.c.MaxMessage))))
		case l.err != nil:
			return nil, p.ended(ctx, l.text, limit.C)
		}
		return p.answer(l.text)
	case <-limit.C:
		return nil, p.broken("timeout", fmt.Sprintf("it did not answer within %s (timeout)", p.c.Timeout))
	case <-ctx.Done():
		p.run.stop(false)
		p.run = nil
		return nil, ctx.Err()
	}
}

// broken kills the command, and says why.
func (p *Process) broken(kind, msg string) error {
	p.run.stop(false)
	e := &BrokenError{Kind: kind, Msg: msg, Stderr: p.run.err.String()}
	p.run = nil
	return e
}

// ended says how the command has ended instead of answering.
func (p *Process) ended(ctx context.Context, rest []byte, limit <-chan time.Time) error {
	// The output ends a moment before the command does.
	late := time.NewTimer(endAfter)
	defer late.Stop()
	select {
	case <-p.run.exited:
	case <-late.C:
		return p.broken("crash", "it closed its standard output and did not answer")
	case <-limit:
		return p.broken("crash", "it closed its standard output and did not answer")
	case <-ctx.Done():
		p.run.stop(false)
		p.run = nil
		return ctx.Err()
	}
	how := "exit status 0"
	var exit *exec.ExitError
	if errors.As(p.run.state, &exit) {
		how = exit.Error()
	}
	msg := "it ended without an answer: " + how
	if len(rest) > 0 {
		msg += ", in the middle of the line " + quote(rest)
	}
	return p.broken("crash", msg)
}

// answer reads an answer.
func (p *Process) answer(text []byte) (json.RawMessage, error) {
	var m struct {
		ID     *int64          `json:"id"`
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Kind    string `json:"kind"`
			Message string `json:"message"`
		} `json:"error"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&m); err != nil || d.More() || len(bytes.TrimSpace(text)) == 0 || bytes.TrimSpace(text)[0] != '{' {
		return nil, p.broken("garbage", fmt.Sprintf(`it wrote %s, want a line {"id": %d, "result": ...}`, quote(text), p.id))
	}
	switch {
	case m.ID == nil:
		return nil, p.broken("id", fmt.Sprintf("it wrote %s, want an id, %d", quote(text), p.id))
	case *m.ID != p.id:
		return nil, p.broken("id", fmt.Sprintf("it answered call %d, want call %d", *m.ID, p.id))
	case m.Error != nil:
		return nil, &CallError{m.Error.Kind, m.Error.Message}
	case m.Result == nil:
		return nil, p.broken("garbage", fmt.Sprintf("it wrote %s, want a result or an error", quote(text)))
	}
	return m.Result, nil
}

// Close ends the command and its process group.
func (p *Process) Close() {
	if p.run != nil {
		p.run.stop(true)
		p.run = nil
	}
}

func quote(text []byte) string {
	const most = 120
	if len(text) <= most {
		return strconv.Quote(string(text))
	}
	return strconv.Quote(strings.ToValidUTF8(string(text[:most]), "")) + "…"
}

// inWords leaves out the names of system calls.
func inWords(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Path + ": " + path.Err.Error()
	}
	var exe *exec.Error
	if errors.As(err, &exe) {
		return exe.Name + ": " + exe.Err.Error()
	}
	return err.Error()
}

// A tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
	more bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if len(p) > tailLen {
		p, t.text, t.more = p[len(p)-tailLen:], nil, true
	}
	t.text = append(t.text, p...)
	if over := len(t.text) - tailLen; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
		t.more = true
	}
	return n, nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := strings.ToValidUTF8(strings.TrimSpace(string(t.text)), "\uFFFD")
	if t.more {
		s = "…" + s
	}
	return s
}
