package builtins

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/readback"
	"starboard/kicad/rule"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

func kicadRead(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var target string
	if err := unpackArgs(b, args, kwargs, "path", &target); err != nil {
		return nil, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if env.Read == nil {
		return nil, fmt.Errorf("%s: there are no files here", b.Name())
	}
	if !strings.HasSuffix(target, ".kicad_sch") {
		return nil, fmt.Errorf("%s: got %q, want the name of a root schematic, NAME.kicad_sch", b.Name(), target)
	}
	var c *Circuit
	err = env.Read(callerFile(thread), target, func(files fs.FS, name string) error {
		s, err := connect.ReadFS(files, name)
		if err != nil {
			return err
		}
		r, err := readback.Circuit(s, func(name string) (*symbol.Symbol, error) { return powerSymbol(env, name) })
		if err != nil {
			return err
		}
		c = readCircuit(env, name, r)
		c.state.drawn = rule.NewDrawn(s)
		return nil
	})
	var text *sexpr.Error
	switch {
	case errors.As(err, &text):
		return nil, fmt.Errorf("%s: %v", b.Name(), text)
	case err != nil:
		return nil, fmt.Errorf("%s: %s: %v", b.Name(), target, err)
	}
	return c, nil
}

// callerFile returns the name of the file that called the built-in, as
// positions have it.
func callerFile(thread *starlark.Thread) string {
	if thread.CallStackDepth() < 2 {
		return ""
	}
	return thread.CallFrame(1).Pos.Filename()
}

// readCircuit makes a value of a circuit that was read. Nobody changes it: it
// is what the file says.
func readCircuit(env *Env, file string, r *readback.Result) *Circuit {
	st := &state{
		env: env, pos: file, frozen: true, read: r,
		sheets: map[*circuit.Sheet]*Circuit{}, parts: map[*circuit.Part]*Part{},
	}
	if len(r.Duplicates) > 0 {
		st.frozenErr = fmt.Errorf("%s: %s for more than one part, of which KiCad would drop all but one", file, stands(r.Duplicates))
	}
	st.root = st.circuitOf(r.Circuit.Root())
	return st.root
}

func stands(refs []string) string {
	if len(refs) == 1 {
		return refs[0] + " stands"
	}
	return strings.Join(refs, ", ") + " stand"
}

// notes returns what a circuit that was read does not have as its files do.
func (st *state) notes() starlark.Tuple {
	if st.read == nil {
		return starlark.Tuple{}
	}
	return tuple(st.read.Notes, func(n readback.Note) starlark.Value {
		return starlark.String(strings.TrimPrefix(n.String(), st.env.Folder))
	})
}

// label returns what messages call a net: as KiCad does where it was read, else
// the text of its labels, else its name.
func (st *state) label(n *circuit.Net) string {
	if st.read != nil {
		if name := st.read.NetNames[n.Root()]; name != "" {
			return name
		}
	}
	if n.Label() != "" {
		return n.Label()
	}
	return n.Name()
}

// units returns the units of a part that are drawn.
func (st *state) units(p *circuit.Part) []int {
	if st.read != nil {
		return st.read.Drawn[p]
	}
	all := make([]int, p.Symbol.Units)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// unitsOf returns the units that draw a pin.
func unitsOf(pin *circuit.Pin) []int {
	sym := pin.Part.Symbol
	var list []int
	for _, sp := range sym.Pins {
		if sp.Number != pin.Number || sp.Body > 1 {
			continue
		}
		if sp.Unit != 0 {
			list = append(list, sp.Unit)
			continue
		}
		for u := 1; u <= sym.Units; u++ {
			list = append(list, u)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func ints(list []int) starlark.Tuple {
	return tuple(list, func(i int) starlark.Value { return starlark.MakeInt(i) })
}

func circuitAnnotate(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var lock *Lock
	if err := unpackArgs(b, args, kwargs, "lock??", &lock); err != nil {
		return nil, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if lock != nil {
		if err := c.state.check("use a lock"); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
		c.state.lock = lock
	}
	if c.state.read != nil {
		return c, nil
	}
	if err := c.state.root.ready(env); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return c, nil
}
