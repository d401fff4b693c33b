package builtins

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/circuit"
	"starboard/kicad/readback"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
)

// A Circuit is the value that circuit() returns, or a sheet of it: what c is
// in a script.
//
//	circuit(name, title="", rev="", date="", company="", comments=[], paper="A4")
//	    makes a circuit. Nothing is written before main returns it. paper is
//	    the smallest size that a sheet may get, A4 to A0
//	c.net(name, driven=False)
//	    the net of that name on this sheet, made if there is none yet; driven puts
//	    a PWR_FLAG on it where no pin drives it, for a supply behind a fuse
//	c.nets(names)
//	    several, as a tuple: c.nets("A B C") or c.nets(["A", "B", "C"])
//	c.power(name, driven=True)
//	    the global net of that name, drawn with a power symbol; driven puts a
//	    PWR_FLAG on it where nothing else drives it
//	c.part(symbol, value=None, ref=None, name=None, footprint=None, pins={},
//	       fields={}, dnp=False, in_bom=True, on_board=True)
//	    adds a part and returns it. symbol is Library:Name. ref is a whole
//	    reference, which is kept, or a prefix; without it the symbol's prefix
//	    counts. Keys of pins are numbers or names of pins, where a name means
//	    every pin that has it; values are nets, pins, or NC. name is what the
//	    part is known by when other things about it change
//	c.connect(a, b, ...)
//	    joins nets and pins, returns the net
//	c.no_connect(pin, ...)
//	    marks pins that stay unconnected on purpose
//	c.sheet(name, fn, **kwargs)
//	    calls fn(sub, **kwargs) with a sheet of its own and returns what fn
//	    returns; nets among the arguments become the sheet's pins
//	c.layout(rule, sheets=False)
//	    sets the placement rule of this sheet, a function of a sheet, see sheet;
//	    sheets makes it that of the sheets below too, where they have none
//	c.name
//	    of the circuit, or of the sheet
//	c.title c.rev c.date c.company c.comments c.paper
//	    as they were given to circuit
//	c.parts c.sheets
//	    those of this sheet, in the order of the script
//	c.all_nets
//	    the nets of this sheet, power nets included
//	c.all_parts c.all_sheets
//	    the parts of this sheet and of those below it; this sheet and those
//	    below it
//	c.path
//	    the names of the sheets from the root down, "/" for the root
//	c.annotate(lock=None)
//	    gives the parts their references now, and returns c. With the lock of an
//	    earlier circuit, kicad.lock(c), parts that are the same keep what they
//	    had there, from now on
//	c.notes
//	    of a circuit that kicad.read returned: what it does not have as its
//	    files do
type Circuit struct {
	sheet *circuit.Sheet
	state *state
}

// The state of a circuit is shared by all values that belong to it.
type state struct {
	frozen bool
	held   int    // guarded functions that have it as an argument, and run
	pos    string // of the call of circuit
	env    *Env
	root   *Circuit

	lock *Lock // that the script gave

	frozenErr error // of the annotation when it was frozen

	read   *readback.Result // where it comes from a file
	drawn  *rule.Drawn      // and where that has its symbols
	shared bool             // Freeze was called

	rules map[*circuit.Sheet]layoutRule
	plans map[*circuit.Sheet]*rule.Plan // what they said; see Arrange

	mu     sync.Mutex // guards the maps
	sheets map[*circuit.Sheet]*Circuit
	parts  map[*circuit.Part]*Part
}

var (
	_ starlark.HasAttrs   = (*Circuit)(nil)
	_ starlark.Comparable = (*Circuit)(nil)
)

// Model returns the circuit that c belongs to, for the engine.
func (c *Circuit) Model() *circuit.Circuit { return c.sheet.Circuit() }

// Pos returns the place in the script that made the circuit, file:line:col.
func (c *Circuit) Pos() string { return c.state.pos }

// IsRoot reports whether c is the whole circuit, not a sheet of it.
func (c *Circuit) IsRoot() bool { return c.sheet.Parent() == nil }

func (c *Circuit) String() string {
	if c.IsRoot() {
		return fmt.Sprintf("circuit(%q)", c.Model().Name)
	}
	return fmt.Sprintf("circuit(%q, sheet %s)", c.Model().Name, c.sheet.Path())
}
func (c *Circuit) Type() string          { return "circuit" }
func (c *Circuit) Truth() starlark.Bool  { return true }
func (c *Circuit) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", c.Type()) }
func (c *Circuit) Freeze()               { c.state.freeze() }

func (c *Circuit) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, c, c.sheet == y.(*Circuit).sheet)
}

// identical compares values that are equal only if they are the same thing.
func identical(op syntax.Token, v starlark.Value, same bool) (bool, error) {
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, fmt.Errorf("%s %s %s not implemented", v.Type(), op, v.Type())
}

// freeze annotates the circuit as well: one that has been loaded is shared
// between threads, and so must not change any more.
func (st *state) freeze() {
	if !st.shared {
		st.shared = true
		for _, s := range st.root.Model().Sheets() {
			if r, ok := st.rules[s]; ok {
				r.fn.Freeze()
			}
		}
	}
	if st.frozen {
		return
	}
	st.frozen = true
	_, st.frozenErr = st.root.annotate(st.env, false)
}

func (st *state) check(doing string) error {
	if st.read != nil {
		return fmt.Errorf("cannot %s: the circuit was read from %s, and a script cannot change it; do that in KiCad", doing, st.pos)
	}
	if st.frozen {
		return fmt.Errorf("cannot %s: the circuit is frozen, for the file that made it has been loaded", doing)
	}
	if st.held > 0 {
		return fmt.Errorf("cannot %s: a function under guard does not change the circuits that it is given", doing)
	}
	return nil
}

func (st *state) circuitOf(s *circuit.Sheet) *Circuit {
	st.mu.Lock()
	defer st.mu.Unlock()
	c := st.sheets[s]
	if c == nil {
		c = &Circuit{s, st}
		st.sheets[s] = c
	}
	return c
}

func newCircuit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name, title, rev, date, company string
	var comments *starlark.List
	paper := "A4"
	if err := unpackArgs(b, args, kwargs, "name", &name, "title?", &title, "rev?", &rev, "date?", &date,
		"company?", &company, "comments?", &comments, "paper?", &paper); err != nil {
		return nil, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	m, err := circuit.New(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	m.Title, m.Rev, m.Date, m.Company, m.Paper = title, rev, date, company, paper
	if !slices.ContainsFunc(schematic.Papers, func(p schematic.Paper) bool { return p.Name == paper }) {
		return nil, fmt.Errorf("%s: for parameter paper: got %q, want A4, A3, A2, A1 or A0", b.Name(), paper)
	}
	if comments != nil {
		for i := range comments.Len() {
			s, ok := starlark.AsString(comments.Index(i))
			if !ok {
				return nil, fmt.Errorf("%s: for parameter comments: got %s, want string", b.Name(), comments.Index(i).Type())
			}
			m.Comments = append(m.Comments, s)
		}
	}
	if len(m.Comments) > circuit.MaxComments {
		return nil, fmt.Errorf("%s: got %d comments, KiCad's title block has %d", b.Name(), len(m.Comments), circuit.MaxComments)
	}
	return newState(env, caller(thread), m).root, nil
}

// newState returns the state of a circuit that was made at that place.
func newState(env *Env, pos string, m *circuit.Circuit) *state {
	st := &state{env: env, pos: pos, sheets: map[*circuit.Sheet]*Circuit{}, parts: map[*circuit.Part]*Part{}}
	st.root = st.circuitOf(m.Root())
	return st
}

var circuitMethods = map[string]method{
	"annotate":   circuitAnnotate,
	"connect":    circuitConnect,
	"layout":     circuitLayout,
	"net":        circuitNet,
	"nets":       circuitNets,
	"no_connect": circuitNoConnect,
	"part":       circuitPart,
	"power":      circuitPower,
	"sheet":      circuitSheet,
}

func (c *Circuit) Attr(name string) (starlark.Value, error) {
	m := c.Model()
	switch name {
	case "name":
		if !c.IsRoot() {
			return starlark.String(c.sheet.Name), nil
		}
		return starlark.String(m.Name), nil
	case "title":
		return starlark.String(m.Title), nil
	case "rev":
		return starlark.String(m.Rev), nil
	case "date":
		return starlark.String(m.Date), nil
	case "company":
		return starlark.String(m.Company), nil
	case "paper":
		return starlark.String(m.Paper), nil
	case "comments":
		return tuple(m.Comments, func(s string) starlark.Value { return starlark.String(s) }), nil
	case "parts":
		return c.partTuple(c.sheet.Parts()), nil
	case "all_parts":
		return c.partTuple(c.sheet.AllParts()), nil
	case "all_sheets":
		return c.allSheets(), nil
	case "path":
		return starlark.String(c.sheet.Path()), nil
	case "notes":
		return c.state.notes(), nil
	case "sheets":
		return tuple(c.sheet.Sheets(), func(s *circuit.Sheet) starlark.Value { return c.state.circuitOf(s) }), nil
	case "all_nets":
		return tuple(c.sheet.AllNets(), func(n *circuit.Net) starlark.Value { return &Net{n, c.state, nil} }), nil
	}
	return attr(c, "c", name, circuitMethods)
}

func (c *Circuit) AttrNames() []string {
	names := slices.Collect(maps.Keys(circuitMethods))
	names = append(names, "all_nets", "all_parts", "all_sheets", "comments", "company", "date", "name", "notes", "paper", "parts", "path", "rev", "sheets", "title")
	slices.Sort(names)
	return names
}

// allSheets returns c and the sheets below it, a parent before its children.
func (c *Circuit) allSheets() starlark.Tuple {
	var all starlark.Tuple
	pending := []*circuit.Sheet{c.sheet}
	for len(pending) > 0 {
		s := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		all = append(all, c.state.circuitOf(s))
		for _, child := range slices.Backward(s.Sheets()) {
			pending = append(pending, child)
		}
	}
	return all
}

func (c *Circuit) partTuple(parts []*circuit.Part) starlark.Tuple {
	return tuple(parts, func(p *circuit.Part) starlark.Value { return c.state.partOf(p) })
}

func tuple[T any](items []T, value func(T) starlark.Value) starlark.Tuple {
	t := make(starlark.Tuple, len(items))
	for i, it := range items {
		t[i] = value(it)
	}
	return t
}

func circuitNet(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var name string
	var driven bool
	if err := unpackArgs(b, args, kwargs, "name", &name, "driven?", &driven); err != nil {
		return nil, err
	}
	n, err := c.net(b, name)
	if err != nil || !driven || n.(*Net).net.IsPower() {
		return n, err
	}
	if err := c.state.check("say that a net is driven"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	n.(*Net).net.Drive()
	return n, nil
}

func (c *Circuit) net(b *starlark.Builtin, name string) (starlark.Value, error) {
	if !c.state.frozen || !c.sheet.HasNet(name) {
		if err := c.state.check("make a net"); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
	}
	n, err := c.sheet.Net(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return &Net{n, c.state, nil}, nil
}

func circuitNets(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var names starlark.Value
	if err := unpackArgs(b, args, kwargs, "names", &names); err != nil {
		return nil, err
	}
	list, err := words(b, names)
	if err != nil {
		return nil, err
	}
	nets := make(starlark.Tuple, len(list))
	for i, name := range list {
		if nets[i], err = c.net(b, name); err != nil {
			return nil, err
		}
	}
	return nets, nil
}

func circuitPower(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var name string
	driven := true
	if err := unpackArgs(b, args, kwargs, "name", &name, "driven?", &driven); err != nil {
		return nil, err
	}
	if err := c.state.check("make a power net"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	sym, err := powerSymbol(c.state.env, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	n, err := c.Model().Power(name, sym, driven)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return &Net{n, c.state, nil}, nil
}

func circuitConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword argument %s", b.Name(), kwargs[0][0])
	}
	if err := c.state.check("connect"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	var targets []any
	for i, a := range args {
		switch a := a.(type) {
		case *Net:
			targets = append(targets, a.net)
		case *Pin:
			targets = append(targets, a.pin)
		default:
			return nil, fmt.Errorf("%s: for argument %d: got %s, want net or pin", b.Name(), i+1, a.Type())
		}
	}
	n, err := c.sheet.Connect(caller(thread), targets...)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return &Net{n, c.state, nil}, nil
}

func circuitNoConnect(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword argument %s", b.Name(), kwargs[0][0])
	}
	if err := c.state.check("mark pins"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	for i, a := range args {
		pin, ok := a.(*Pin)
		if !ok {
			return nil, fmt.Errorf("%s: for argument %d: got %s, want pin", b.Name(), i+1, a.Type())
		}
		if err := c.sheet.NoConnect(caller(thread), pin.pin); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
	}
	return starlark.None, nil
}

func circuitSheet(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var name string
	var fn starlark.Callable
	if len(args) > 2 {
		return nil, fmt.Errorf("%s: got %d positional arguments, want a name and a function; what the function takes is given by name", b.Name(), len(args))
	}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 2, &name, &fn); err != nil {
		return nil, err
	}
	if err := c.state.check("add a sheet"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	sub, err := c.sheet.AddSheet(name, caller(thread))
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	if err := takes(fn, kwargs); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	enter := sheetEntry{sub: sub, parent: c, pos: caller(thread)}
	inner := make([]starlark.Tuple, len(kwargs))
	for i, kw := range kwargs {
		v, err := enter.value(string(kw[0].(starlark.String)), kw[1])
		if err != nil {
			return nil, fmt.Errorf("%s: for parameter %s: %v", b.Name(), string(kw[0].(starlark.String)), err)
		}
		inner[i] = starlark.Tuple{kw[0], v}
	}
	return starlark.Call(thread, fn, starlark.Tuple{c.state.circuitOf(sub)}, inner)
}

// takes reports an error where a function cannot be called with a sheet and
// arguments by name: at the call, which is where the mistake is.
func takes(fn starlark.Callable, kwargs []starlark.Tuple) error {
	f, ok := fn.(*starlark.Function)
	if !ok {
		return nil
	}
	given := map[string]bool{}
	for _, kw := range kwargs {
		given[string(kw[0].(starlark.String))] = true
	}
	plain := f.NumParams()
	if f.HasVarargs() {
		plain--
	}
	if f.HasKwargs() {
		plain--
	}
	var names, missing []string
	for i := range plain {
		name, _ := f.Param(i)
		if i == 0 { // the sheet
			continue
		}
		names = append(names, name)
		if !given[name] && f.ParamDefault(i) == nil {
			missing = append(missing, name)
		}
	}
	if !f.HasKwargs() {
		for _, kw := range kwargs {
			name := string(kw[0].(starlark.String))
			switch {
			case slices.Contains(names, name):
			case len(names) == 0:
				return fmt.Errorf("%s has no parameter %s; it takes the sheet alone", f.Name(), name)
			default:
				return fmt.Errorf("%s has no parameter %s%s", f.Name(), name, orElse(name, names))
			}
		}
	}
	if len(missing) > 0 && !f.HasVarargs() {
		return fmt.Errorf("%s needs %s too: give it by name", f.Name(), strings.Join(missing, ", "))
	}
	return nil
}

// A sheetEntry turns the nets among the arguments of a sheet into ports.
type sheetEntry struct {
	sub    *circuit.Sheet
	parent *Circuit
	pos    string
}

func (e *sheetEntry) value(name string, v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case *Net:
		n, err := e.sub.AddPort(name, v.net)
		if err != nil {
			return nil, err
		}
		return &Net{n, e.parent.state, nil}, nil
	case *Pin:
		n, err := e.parent.sheet.Connect(e.pos, v.pin)
		if err != nil {
			return nil, err
		}
		return e.value(name, &Net{n, e.parent.state, nil})
	case starlark.Tuple:
		out := make(starlark.Tuple, len(v))
		for i := range v {
			var err error
			if out[i], err = e.value(fmt.Sprintf("%s%d", name, i), v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case *starlark.List:
		out := make([]starlark.Value, v.Len())
		for i := range out {
			var err error
			if out[i], err = e.value(fmt.Sprintf("%s%d", name, i), v.Index(i)); err != nil {
				return nil, err
			}
		}
		return starlark.NewList(out), nil
	case *starlark.Dict:
		out := starlark.NewDict(v.Len())
		for _, item := range v.Items() {
			key, ok := starlark.AsString(item[0])
			if !ok {
				key = item[0].String()
			}
			w, err := e.value(name+"_"+key, item[1])
			if err != nil {
				return nil, err
			}
			if err := out.SetKey(item[0], w); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}
