package builtins

import (
	"fmt"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/annotate"
	"starboard/kicad/bom"
	"starboard/kicad/circuit"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
	"starboard/kicad/rule"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// KiCad turns circuits into files, as values: nothing is written.
//
//	kicad.project(c)       the whole project, a tree
//	kicad.schematic(c)     the root schematic
//	kicad.netlist(c)       KiCad's own netlist
//	kicad.json_netlist(c)  the same as JSON
//	kicad.bom(c)           the bill of materials as CSV
//	kicad.lock(c)          what a run remembers of the parts, for the next one:
//	                       c.annotate(lock = ...) takes it
//	kicad.erc(c, unchecked=False)
//	                       what breaks KiCad's electrical rules in a circuit, a
//	                       project, or a schematic as text: a list of findings with
//	                       .type, KiCad's name of the rule, .severity, .message,
//	                       .sheet, .items and .pos, the line of the script that made
//	                       the part; unchecked adds a finding of the severity
//	                       "not_checked" for what KiCad would check and this does not
//	kicad.read(path)       the circuit of a root schematic that was drawn in KiCad,
//	                       below the folder of the script; read-only
//	kicad.svg(c, sheet="/", dark=False, frame=True)
//	                       a picture of a sheet of a circuit, a project, or a
//	                       schematic as text
//	kicad.sexpr(value)     a list as an s-expression in KiCad's layout: its first
//	                       string is the keyword, others are quoted; numbers and
//	                       words are bare, True and False are yes and no
//	kicad.parse(text)      the reverse: strings are what was quoted, whole
//	                       numbers are ints, and all other atoms are words
//	kicad.word(text)       an atom that is written without quotes
var KiCad = &starlarkstruct.Module{
	Name: "kicad",
	Members: starlark.StringDict{
		"bom":          starlark.NewBuiltin("kicad.bom", kicadBOM),
		"erc":          starlark.NewBuiltin("kicad.erc", kicadERC),
		"json_netlist": starlark.NewBuiltin("kicad.json_netlist", kicadJSON),
		"lock":         starlark.NewBuiltin("kicad.lock", kicadLock),
		"netlist":      starlark.NewBuiltin("kicad.netlist", kicadNetlist),
		"parse":        starlark.NewBuiltin("kicad.parse", kicadParse),
		"project":      starlark.NewBuiltin("kicad.project", kicadProject),
		"read":         starlark.NewBuiltin("kicad.read", kicadRead),
		"schematic":    starlark.NewBuiltin("kicad.schematic", kicadSchematic),
		"sexpr":        starlark.NewBuiltin("kicad.sexpr", kicadSexpr),
		"svg":          starlark.NewBuiltin("kicad.svg", kicadSVG),
		"word":         starlark.NewBuiltin("kicad.word", kicadWord),
	},
}

// Build annotates the circuit from what env knows of it and makes its project.
// It returns what to remember of the parts.
func Build(c *Circuit, env *Env, prune bool) (*project.Tree, []annotate.Entry, error) {
	entries, err := c.annotate(env, prune)
	if err != nil {
		return nil, nil, err
	}
	o := env.projectOptions()
	if plans := c.state.plans; plans != nil {
		o.Plan = func(s *circuit.Sheet) *rule.Plan { return plans[s] }
	}
	t, err := project.Build(c.Model(), o)
	return t, entries, err
}

func (c *Circuit) annotate(env *Env, prune bool) ([]annotate.Entry, error) {
	if c.state.read != nil && c.state.frozenErr != nil {
		return nil, c.state.frozenErr
	}
	if !c.IsRoot() {
		return nil, fmt.Errorf("%s is a sheet; the circuit that it is part of can be written, not the sheet alone", c.sheet.Path())
	}
	// A script may look at a netlist and go on adding parts: each time counts
	// anew.
	for _, p := range c.Model().Parts() {
		p.Ref, p.ID = "", ""
	}
	return annotate.Annotate(c.Model(), c.remembered(env), prune)
}

// ready annotates the circuit unless it is frozen, and has been annotated.
func (c *Circuit) ready(env *Env) error {
	if c.state.frozen && c.IsRoot() {
		return c.state.frozenErr
	}
	_, err := c.annotate(env, false)
	return err
}

func (env *Env) projectOptions() project.Options {
	return project.Options{
		Kind: env.Kind,
		Flag: func() (*symbol.Symbol, error) { return env.Symbols("power:PWR_FLAG") },
	}
}

// circuitArg unpacks the one argument of a function that takes a circuit,
// annotates it, and returns how it is drawn.
func circuitArg(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*Circuit, *Env, project.Options, error) {
	var c *Circuit
	if err := unpackArgs(b, args, kwargs, "circuit", &c); err != nil {
		return nil, nil, project.Options{}, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, nil, project.Options{}, err
	}
	if err := c.ready(env); err != nil {
		return nil, nil, project.Options{}, fmt.Errorf("%s: %v", b.Name(), err)
	}
	o, err := c.drawing(thread, env)
	return c, env, o, err
}

func kicadProject(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, env, o, err := circuitArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	t, err := project.Build(c.Model(), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	if env.Built != nil {
		env.Built(c.Model().Name, t)
	}
	return &Tree{t}, nil
}

func kicadSchematic(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c, _, o, err := circuitArg(thread, b, args, kwargs)
	if err != nil {
		return nil, err
	}
	text, err := project.Schematic(c.Model(), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return starlark.String(text), nil
}

// ofNetlist returns a built-in that writes a netlist in some form.
func ofNetlist(write func(*netlist.Netlist) ([]byte, error)) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		c, _, o, err := circuitArg(thread, b, args, kwargs)
		if err != nil {
			return nil, err
		}
		n, err := project.Netlist(c.Model(), o)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
		text, err := write(n)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
		return starlark.String(text), nil
	}
}

var (
	kicadNetlist = ofNetlist(func(n *netlist.Netlist) ([]byte, error) { return netlist.KiCad(n), nil })
	kicadJSON    = ofNetlist(netlist.JSON)
	kicadBOM     = ofNetlist(func(n *netlist.Netlist) ([]byte, error) { return bom.CSV(n), nil })
)

// A Word is an atom of an s-expression that stands without quotes.
type Word string

func (w Word) String() string        { return fmt.Sprintf("kicad.word(%q)", string(w)) }
func (w Word) Type() string          { return "kicad.word" }
func (w Word) Truth() starlark.Bool  { return w != "" }
func (w Word) Hash() (uint32, error) { return starlark.String(w).Hash() }
func (w Word) Freeze()               {} // immutable

func kicadWord(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := unpackArgs(b, args, kwargs, "text", &text); err != nil {
		return nil, err
	}
	if err := checkWord(text); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return Word(text), nil
}

// checkWord refuses what would not be read back as one bare atom.
func checkWord(text string) error {
	if t, err := sexpr.Parse("", "(x "+text+")"); err != nil || t.Root().Len() != 2 || t.Root().Arg(1).Source() != text || t.Root().Arg(1).IsString() {
		return fmt.Errorf("got %q, want a word without white space, brackets and quotes", text)
	}
	return nil
}

func kicadParse(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := unpackArgs(b, args, kwargs, "text", &text); err != nil {
		return nil, err
	}
	t, err := sexpr.Parse("text", text)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	v, err := fromNode(t.Root(), 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return v, nil
}

// maxDepth bounds the nesting of lists that scripts handle; KiCad's own files
// stay below 20.
const maxDepth = 1000

func fromNode(n sexpr.Node, depth int) (starlark.Value, error) {
	switch {
	case depth > maxDepth:
		return nil, n.Errorf("lists are nested more than %d deep", maxDepth)
	case n.IsString():
		return starlark.String(n.Text()), nil
	case !n.IsList():
		if v, err := strconv.ParseInt(n.Source(), 10, 64); err == nil && strconv.FormatInt(v, 10) == n.Source() {
			return starlark.MakeInt64(v), nil
		}
		return Word(n.Source()), nil
	}
	var items []starlark.Value
	for k := range n.All() {
		v, err := fromNode(k, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return starlark.NewList(items), nil
}

func kicadSexpr(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Sequence
	if err := unpackArgs(b, args, kwargs, "value", &v); err != nil {
		return nil, err
	}
	var w sexpr.Writer
	if err := writeSexpr(&w, v, 0); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return starlark.String(w.Bytes()), nil
}

func writeSexpr(w *sexpr.Writer, v starlark.Value, depth int) error {
	switch v := v.(type) {
	case starlark.String:
		w.String(string(v))
	case Word:
		w.Word(string(v))
	case starlark.Bool:
		w.Bool(bool(v))
	case starlark.Int:
		w.Word(v.String())
	case starlark.Float:
		w.Word(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case *starlark.List, starlark.Tuple:
		if depth > maxDepth {
			return fmt.Errorf("lists are nested more than %d deep", maxDepth)
		}
		items := v.(starlark.Indexable)
		head, from := "", 0
		if items.Len() > 0 {
			switch first := items.Index(0).(type) {
			case starlark.String:
				head, from = string(first), 1
			case Word:
				head, from = string(first), 1
			}
		}
		if from > 0 {
			if err := checkWord(head); err != nil {
				return fmt.Errorf("first of a list: %v", err)
			}
		}
		w.Open(head)
		for i := from; i < items.Len(); i++ {
			if err := writeSexpr(w, items.Index(i), depth+1); err != nil {
				return err
			}
		}
		w.Close()
	default:
		return fmt.Errorf("got %s, want list, string, number, bool or kicad.word", v.Type())
	}
	return nil
}
