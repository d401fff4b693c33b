package suite

import (
	"context"
	"encoding/json"
	"path/filepath"
	"time"

	"starboard/builtins"
	"starboard/engine/process"
)

// processes returns the external commands that scripts of a file may call.
func (r *runner) processes(f file) *builtins.Processes {
	if !r.o.AllowExec {
		return &builtins.Processes{Refusal: "external commands are not allowed here; --allow-exec allows them"}
	}
	return &builtins.Processes{New: func(cmd []string, timeout time.Duration) builtins.Command {
		return &command{r.ctx, process.New(process.Command{Args: cmd, Dir: filepath.Dir(f.abs), Timeout: timeout})}
	}}
}

// A command is an external command under the context of the run.
type command struct {
	ctx context.Context
	p   *process.Process
}

func (c *command) Call(args, kwargs json.RawMessage) (json.RawMessage, error) {
	out, err := c.p.Call(c.ctx, args, kwargs)
	if err != nil && c.ctx.Err() != nil {
		return nil, stoppedError{}
	}
	return out, err
}

// A stoppedError says what the interpreter says a moment later.
type stoppedError struct{}

func (stoppedError) Error() string { return cancelled + stopContext }

func (c *command) Close() { c.p.Close() }
