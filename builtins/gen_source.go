package builtins

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starboard/kicad/circuit"
)

// A sourceWriter writes values as a script that makes them.
type sourceWriter struct {
	lines    []string
	taken    map[string]bool // names that have a meaning
	reserved []string        // those that had one from the start
}

func newSourceWriter(names ...string) *sourceWriter {
	w := &sourceWriter{taken: map[string]bool{"t": true, "fail": true, "print": true}}
	for name := range Predeclared() {
		w.taken[name] = true
	}
	for _, name := range names {
		w.taken[name] = true
	}
	w.reserved = slices.Sorted(maps.Keys(w.taken))
	return w
}

func (w *sourceWriter) line(indent int, format string, args ...any) {
	w.lines = append(w.lines, strings.Repeat("    ", indent)+fmt.Sprintf(format, args...))
}

// fresh returns a name that has no meaning yet: want, or want with a number.
func (w *sourceWriter) fresh(want string) string {
	name := want
	for i := 2; w.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", want, i)
	}
	w.taken[name] = true
	return name
}

// value returns an expression for v, after lines that it needs. What no script
// can write stands as its name.
func (w *sourceWriter) value(v starlark.Value) string {
	switch v := v.(type) {
	case *Circuit:
		return w.circuit(v.Model(), w.fresh("circuit_1"))
	case *starlark.List:
		return "[" + w.elements(v) + "]"
	case starlark.Tuple:
		if len(v) == 1 {
			return "(" + w.elements(v) + ",)"
		}
		return "(" + w.elements(v) + ")"
	case *starlark.Set:
		return "set([" + w.elements(v) + "])"
	case *starlark.Dict:
		var entries []string
		for _, item := range v.Items() {
			entries = append(entries, w.value(item[0])+": "+w.value(item[1]))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case *starlarkstruct.Struct:
		var fields []string
		for _, name := range v.AttrNames() {
			f, _ := v.Attr(name) // which AttrNames says it has
			fields = append(fields, name+" = "+w.value(f))
		}
		return "struct(" + strings.Join(fields, ", ") + ")"
	case starlark.Callable:
		return v.Name()
	}
	return v.String()
}

func (w *sourceWriter) elements(v starlark.Iterable) string {
	var list []string
	for x := range starlark.Elements(v) {
		list = append(list, w.value(x))
	}
	return strings.Join(list, ", ")
}

func quote(s string) string { return starlark.String(s).String() }

// assign writes lines that give a variable a value.
func (w *sourceWriter) assign(name string, v starlark.Value) {
	if c, ok := v.(*Circuit); ok {
		w.circuit(c.Model(), name)
		return
	}
	w.line(0, "%s = %s", name, w.value(v))
}

// circuit writes the calls that make a circuit, which the variable v gets. It
// returns v.
func (w *sourceWriter) circuit(m *circuit.Circuit, v string) string {
	cw := &circuitWriter{sourceWriter: w, power: map[*circuit.Net]string{}}
	args := []string{quote(m.Name)}
	for _, a := range []struct{ name, text, usual string }{{"title", m.Title, ""}, {"rev", m.Rev, ""}, {"date", m.Date, ""}, {"company", m.Company, ""}, {"paper", m.Paper, "A4"}} {
		if a.text != a.usual {
			args = append(args, a.name+" = "+quote(a.text))
		}
	}
	if len(m.Comments) > 0 {
		var list []string
		for _, c := range m.Comments {
			list = append(list, quote(c))
		}
		args = append(args, "comments = ["+strings.Join(list, ", ")+"]")
	}
	w.line(0, "%s = circuit(%s)", v, strings.Join(args, ", "))
	for _, n := range m.PowerNets() {
		cw.power[n.Root()] = w.fresh(identifier(n.Name(), "power"))
		driven := ""
		if !n.Driven() {
			driven = ", driven = False"
		}
		w.line(0, "%s = %s.power(%s%s)", cw.power[n.Root()], v, quote(n.Name()), driven)
	}
	cw.sheet(m.Root(), v, 0, nil)
	return v
}

// A circuitWriter writes one circuit.
type circuitWriter struct {
	*sourceWriter
	power map[*circuit.Net]string
}

// identifier returns a name for what is called so.
func identifier(text, otherwise string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '_':
			return r
		}
		return -1
	}, text)
	if name == "" || name[0] <= '9' || !parameter(name) {
		return otherwise
	}
	const most = 20
	return name[:min(len(name), most)]
}

// parameter reports whether a name can be that of a parameter.
func parameter(name string) bool {
	f, err := syntax.LegacyFileOptions().Parse("", name+" = 0", 0)
	if err != nil || len(f.Stmts) != 1 {
		return false
	}
	a, ok := f.Stmts[0].(*syntax.AssignStmt)
	if !ok {
		return false
	}
	id, ok := a.LHS.(*syntax.Ident)
	return ok && id.Name == name
}

// sheet writes what is on a sheet, whose circuit is the variable c. Names has
// the nets that come in through ports.
func (w *circuitWriter) sheet(s *circuit.Sheet, c string, indent int, names map[*circuit.Net]string) {
	if names == nil {
		names = map[*circuit.Net]string{}
	}
	name := func(n *circuit.Net) string {
		n = n.Root()
		if v := w.power[n]; v != "" {
			return v
		}
		return names[n]
	}
	// All nets with a name that this sheet has made, used or not: a name that is
	// not used is no harm, and may be a port of a child.
	for _, n := range s.Nets() {
		if n.Name() != "" && name(n) == "" {
			names[n.Root()] = w.fresh(identifier(n.Name(), "net"))
			w.line(indent, "%s = %s.net(%s)", names[n.Root()], c, quote(n.Name()))
		}
	}
	for _, p := range s.Parts() {
		w.part(p, c, indent, name, names)
	}
	for _, child := range s.Sheets() {
		w.child(child, c, indent, name)
	}
}

// part writes a part and what its pins are on. A net without a name is the pin
// that came first.
func (w *circuitWriter) part(p *circuit.Part, c string, indent int, name func(*circuit.Net) string, names map[*circuit.Net]string) {
	args := []string{quote(p.Symbol.LibID())}
	add := func(name, text string) { args = append(args, name+" = "+text) }
	plain, err := partAlone(p.Symbol)
	if err != nil {
		plain = p
	}
	if p.Value != plain.Value {
		add("value", quote(p.Value))
	}
	switch {
	case p.FixedRef != "":
		add("ref", quote(p.FixedRef))
	case p.Prefix != plain.Prefix:
		add("ref", quote(p.Prefix))
	}
	if p.Name != "" {
		add("name", quote(p.Name))
	}
	if p.Footprint != plain.Footprint {
		add("footprint", quote(p.Footprint))
	}
	var pins []string
	first := map[*circuit.Net][]string{} // nets without a name that begin here, and their pins
	var order []*circuit.Net
	for _, pin := range p.Pins() {
		n := pin.Net()
		switch {
		case pin.Stacked()[0] != pin && (n != nil || pin.NoConnect()):
		case pin.NoConnect():
			pins = append(pins, pinText(pin.Number)+": NC")
		case n == nil:
		case name(n) != "":
			pins = append(pins, pinText(pin.Number)+": "+name(n))
		default:
			if first[n.Root()] == nil {
				order = append(order, n.Root())
			}
			first[n.Root()] = append(first[n.Root()], "["+pinText(pin.Number)+"]")
		}
	}
	if len(pins) > 0 {
		add("pins", "{"+strings.Join(pins, ", ")+"}")
	}
	if len(p.Fields) > 0 {
		var fields []string
		for _, f := range p.Fields {
			fields = append(fields, quote(f.Name)+": "+quote(f.Value))
		}
		add("fields", "{"+strings.Join(fields, ", ")+"}")
	}
	for _, flag := range []struct {
		name      string
		is, usual bool
	}{{"dnp", p.DNP, false}, {"in_bom", p.InBOM, true}, {"on_board", p.OnBoard, true}} {
		if flag.is != flag.usual {
			add(flag.name, map[bool]string{true: "True", false: "False"}[flag.is])
		}
	}
	call := c + ".part(" + strings.Join(args, ", ") + ")"
	if len(order) == 0 {
		w.line(indent, "%s", call)
		return
	}
	v := w.fresh("part")
	w.line(indent, "%s = %s", v, call)
	for _, n := range order {
		names[n] = w.fresh("net")
		w.line(indent, "%s = %s.connect(%s)", names[n], c, v+strings.Join(first[n], ", "+v))
	}
}

// pinText writes the number of a pin.
func pinText(number string) string {
	if i, err := strconv.Atoi(number); err == nil && strconv.Itoa(i) == number {
		return number
	}
	return quote(number)
}

// child writes a sheet as a function, and its call. Parameters have the names
// and the order of the ports; where some are no names of the language, all are
// gathered.
func (w *circuitWriter) child(s *circuit.Sheet, c string, indent int, name func(*circuit.Net) string) {
	fn := w.fresh(identifier(s.Name, "sheet"))
	sub := w.fresh("sub")
	params, args := []string{sub}, []string{quote(s.Name), fn}
	plain := !slices.ContainsFunc(s.Ports(), func(p *circuit.Port) bool { return !w.canBeParameter(p.Inside().Name()) })
	inner := map[*circuit.Net]string{}
	var gathered []string
	for _, p := range s.Ports() {
		outside, port := name(p.Outside()), p.Inside().Name()
		switch {
		case outside == "": // a net that only other sheets know
		case plain:
			w.taken[port] = true
			params = append(params, port)
			args = append(args, port+" = "+outside)
			inner[p.Inside().Root()] = port
		default:
			gathered = append(gathered, quote(port)+": "+outside)
			inner[p.Inside().Root()] = "ports[" + quote(port) + "]"
		}
	}
	if len(gathered) > 0 {
		params = append(params, "**ports")
		args = append(args, "**{"+strings.Join(gathered, ", ")+"}")
	}
	w.line(indent, "def %s(%s):", fn, strings.Join(params, ", "))
	before := len(w.lines)
	w.sheet(s, sub, indent+1, inner)
	if len(w.lines) == before {
		w.line(indent+1, "pass")
	}
	w.line(indent, "%s.sheet(%s)", c, strings.Join(args, ", "))
}

// canBeParameter reports whether a sheet function can have a parameter of that
// name. It may hide a net of the sheet around it, but no power net.
func (w *circuitWriter) canBeParameter(name string) bool {
	for _, power := range w.power {
		if power == name {
			return false
		}
	}
	return parameter(name) && !slices.Contains(w.reserved, name)
}
