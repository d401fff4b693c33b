package builtins

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/project"
	"starboard/kicad/rule"
)

// A Sheet is what a placement rule is called with: the sheet before it is
// drawn. A rule is a function with one parameter, c.layout(rule) gives a sheet
// its rule, and it runs once whenever the sheet is drawn, when the circuit is
// complete. What it leaves alone, the default placement puts in its place.
//
// Lengths are millimetres from the upper left corner of the page, x to the
// right and y down. Symbols stand on a grid of 1.27 mm, by their anchors.
//
//	sheet.parts
//	    what is drawn: the parts, and of a part with several units each unit by
//	    itself, p.unit
//	sheet.free
//	    those of them that no rule has placed yet
//	sheet.nets
//	    the nets of the sheet, power nets included
//	sheet.part(key, unit=None)
//	    the part with a reference or name, or the one that a script had from
//	    c.part; of a part with several units the one of that number
//	sheet.place(part, x, y, angle=0, mirror="")
//	    puts a part's anchor at a place, turned counter-clockwise by 0, 90, 180 or
//	    270 degrees, then mirrored: "x" swaps top and bottom, "y" left and right.
//	    It is an error off the grid, off the page, or on another part. Returns
//	    what it covers with its texts, a box
//	sheet.attempt(rule)
//	    calls a rule and returns None; where something leaves the page or stands on
//	    something else, the sheet is as it was before, and the result is a text that
//	    says what
//	sheet.clear(parts=None)
//	    takes places away again, all without parts
//	sheet.keep_together(parts, title="")
//	    the default placement draws them as one group, with a title above it
//	sheet.align(parts, axis="row")
//	    the default placement puts them in a "row" or a "column"
//	sheet.left_of(a, b) sheet.right_of(a, b) sheet.above(a, b) sheet.below(a, b)
//	    the default placement puts a on that side of b
//	sheet.note(text, x, y)
//	    writes a text, its lower left corner there
//	sheet.snap(x)
//	    the nearest length on the grid
//	sheet.width sheet.height sheet.paper
//	    of the page, which what is left alone may make larger
//	sheet.use_paper(name)
//	    sets the page: A4 to A0
//	sheet.area
//	    the box inside the page's frame where symbols can begin, on the grid
//	sheet.circuit
//	    the circuit that is drawn, or the sheet of it
//	sheet.path
//	    the names of the sheets from the root down, "/" for the root
type Sheet struct {
	plan    *rule.Plan
	circuit *Circuit
	run     *ruleRun

	// A view of place.block has its own origin, and some of the parts only.
	origin geom.Point
	units  []rule.Unit
	view   bool
}

// A ruleRun is one call of a rule and of what it calls.
type ruleRun struct {
	env   *Env
	ended bool
}

var (
	_ starlark.HasAttrs   = (*Sheet)(nil)
	_ starlark.Comparable = (*Sheet)(nil)
)

func (s *Sheet) String() string        { return fmt.Sprintf("sheet(%q)", s.plan.Sheet.Path()) }
func (s *Sheet) Type() string          { return "sheet" }
func (s *Sheet) Truth() starlark.Bool  { return true }
func (s *Sheet) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", s.Type()) }

// Sheets are equal only if they are the same.
func (s *Sheet) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, s, s == y.(*Sheet))
}

// Freeze ends the rule: nobody places anything on a sheet that is shared.
func (s *Sheet) Freeze() { s.run.ended = true }

var sheetMethods = map[string]method{
	"above":         ofOrder(rule.Above, false),
	"align":         sheetAlign,
	"attempt":       sheetAttempt,
	"below":         ofOrder(rule.Above, true),
	"clear":         sheetClear,
	"keep_together": sheetTogether,
	"left_of":       ofOrder(rule.LeftOf, false),
	"note":          sheetNote,
	"part":          sheetPart,
	"place":         sheetPlace,
	"right_of":      ofOrder(rule.LeftOf, true),
	"snap":          sheetSnap,
	"use_paper":     sheetUsePaper,
}

func (s *Sheet) Attr(name string) (starlark.Value, error) {
	switch name {
	case "parts":
		return tuple(s.all(), s.bind), nil
	case "free":
		return tuple(s.free(), s.bind), nil
	case "nets":
		return tuple(s.plan.Sheet.AllNets(), func(n *circuit.Net) starlark.Value { return &Net{n, s.circuit.state, s} }), nil
	case "width":
		return millimetres(s.plan.Paper.Width), nil
	case "height":
		return millimetres(s.plan.Paper.Height), nil
	case "paper":
		return starlark.String(s.plan.Paper.Name), nil
	case "area":
		return boxValue(s.area().Add(geom.Point{}.Sub(s.origin))), nil
	case "circuit":
		return s.circuit, nil
	case "path":
		return starlark.String(s.plan.Sheet.Path()), nil
	}
	return attr(s, "sheet", name, sheetMethods)
}

func (s *Sheet) AttrNames() []string {
	names := slices.Collect(maps.Keys(sheetMethods))
	names = append(names, "area", "circuit", "free", "height", "nets", "paper", "parts", "path", "width")
	slices.Sort(names)
	return names
}

// all returns what the sheet, or the view of it, has.
func (s *Sheet) all() []rule.Unit {
	if s.view {
		return s.units
	}
	return rule.Units(s.plan.Sheet)
}

func (s *Sheet) free() []rule.Unit {
	return slices.DeleteFunc(slices.Clone(s.all()), func(u rule.Unit) bool {
		_, placed := s.plan.Find(u)
		return placed
	})
}

// area is where symbols can begin: inside the frame, with room for what
// stands at a pin.
func (s *Sheet) area() geom.Box {
	frame, _ := rule.Frame(s.plan.Paper)
	const inner = 4 * geom.Grid
	return geom.Box{
		Min: geom.Point{X: geom.SnapUp(frame.Min.X + inner), Y: geom.SnapUp(frame.Min.Y + inner)},
		Max: geom.Point{X: geom.SnapDown(frame.Max.X - inner), Y: geom.SnapDown(frame.Max.Y - inner)},
	}
}

// bind returns the value of a unit, which knows the sheet.
func (s *Sheet) bind(u rule.Unit) starlark.Value {
	return &Part{u.Part, s.circuit.state, s, u.No}
}

// boxValue returns a box as scripts have it.
func boxValue(b geom.Box) starlark.Value {
	return starlarkstruct.FromStringDict(starlark.String("box"), starlark.StringDict{
		"left":   millimetres(b.Min.X),
		"top":    millimetres(b.Min.Y),
		"right":  millimetres(b.Max.X),
		"bottom": millimetres(b.Max.Y),
		"width":  millimetres(b.Width()),
		"height": millimetres(b.Height()),
	})
}

// pairValue returns a place as scripts have it.
func pairValue(p geom.Point) starlark.Value {
	return starlark.Tuple{millimetres(p.X), millimetres(p.Y)}
}

// live refuses to change a sheet whose rule has ended.
func (s *Sheet) live(b *starlark.Builtin) error {
	if s.run.ended {
		return fmt.Errorf("%s: the rule has ended, and the sheet is drawn: place parts while it runs", b.Name())
	}
	return nil
}

// unit returns the unit that a value means. Want is for messages.
func (s *Sheet) unit(v starlark.Value) (rule.Unit, error) {
	p, ok := v.(*Part)
	if !ok {
		return rule.Unit{}, fmt.Errorf("got %s, want part", v.Type())
	}
	switch {
	case p.part.Sheet() != s.plan.Sheet:
		return rule.Unit{}, fmt.Errorf("%s is on sheet %s of circuit %q, and this is the rule of sheet %s", p.part, p.part.Sheet().Path(), p.part.Sheet().Circuit().Name, s.plan.Sheet.Path())
	case p.no() == 0:
		return rule.Unit{}, fmt.Errorf("%s has %d units, each with a place of its own: say which, as in sheet.part(%q, unit = 1)", p.part, p.part.Symbol.Units, p.part.String())
	}
	return rule.Unit{Part: p.part, No: p.no()}, nil
}

// partList is the argument of what takes several parts: a sequence of them.
// A part with several units stands for all of them.
type partList struct{ list []starlark.Value }

func (l *partList) Unpack(v starlark.Value) error {
	it, ok := v.(starlark.Iterable)
	if _, isMap := v.(starlark.Mapping); !ok || isMap {
		return fmt.Errorf("got %s, want a list of parts", v.Type())
	}
	l.list = []starlark.Value{}
	for x := range starlark.Elements(it) {
		if _, ok := x.(*Part); !ok {
			return fmt.Errorf("got %s in the list, want part", x.Type())
		}
		l.list = append(l.list, x)
	}
	return nil
}

// unitsIn returns the units of a list, in which each may be once.
func (s *Sheet) unitsIn(l *partList) ([]rule.Unit, error) {
	var units []rule.Unit
	for _, v := range l.list {
		p := v.(*Part)
		first, last := p.no(), p.no()
		if first == 0 {
			first, last = 1, p.part.Symbol.Units
		}
		for no := first; no <= last; no++ {
			u, err := s.unit(&Part{p.part, p.state, s, no})
			if err != nil {
				return nil, err
			}
			if slices.Contains(units, u) {
				return nil, fmt.Errorf("%s is in the list twice", u)
			}
			units = append(units, u)
		}
	}
	return units, nil
}

func sheetPart(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var key starlark.Value
	unit := 0
	if err := unpackArgs(b, args, kwargs, "key", &key, "unit?", &unit); err != nil {
		return nil, err
	}
	var found *circuit.Part
	switch key := key.(type) {
	case *Part:
		found = key.part
		if unit == 0 {
			unit = key.no()
		}
	case starlark.String:
		var names []string
		for _, p := range s.plan.Sheet.Parts() {
			if names = append(names, p.Ref); p.Name != "" {
				names = append(names, p.Name)
			}
			if found == nil && (p.Ref == string(key) || p.Name == string(key)) {
				found = p
			}
		}
		if found == nil {
			return nil, fmt.Errorf("%s: sheet %s has no part %s%s", b.Name(), s.plan.Sheet.Path(), string(key), orElse(string(key), firstNames(names)))
		}
	default:
		return nil, fmt.Errorf("%s: for parameter key: got %s, want part, or its reference or name", b.Name(), key.Type())
	}
	if unit < 0 || unit > found.Symbol.Units {
		return nil, fmt.Errorf("%s: %s has %s, there is no unit %d", b.Name(), found, counted(found.Symbol.Units, "unit"), unit)
	}
	if unit == 0 && found.Symbol.Units == 1 {
		unit = 1
	}
	p := &Part{found, s.circuit.state, s, unit}
	if unit > 0 {
		if _, err := s.unit(p); err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
	}
	return p, nil
}

// firstNames keeps a list for a message short.
func firstNames(names []string) []string {
	const most = 12
	if len(names) > most {
		return append(slices.Clone(names[:most]), "…")
	}
	return names
}

func sheetPlace(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var (
		part starlark.Value
		x, y mm
		o    turn
		m    mirror
	)
	if err := unpackArgs(b, args, kwargs, "part", &part, "x", &x, "y", &y, "angle?", &o, "mirror?", &m); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	u, err := s.unit(part)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter part: %w", b.Name(), err)
	}
	at := geom.Point{X: int64(x), Y: int64(y)}.Add(s.origin)
	stand := geom.Orientation{Angle: int(o), Mirror: geom.Mirror(m)}
	if err := s.plan.Place(u, at, stand, s.where(thread)); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return boxValue(u.Outline(stand).Add(at).Add(geom.Point{}.Sub(s.origin))), nil
}

// where returns the place in the script that called the built-in, as messages
// have it.
func (s *Sheet) where(thread *starlark.Thread) string {
	return strings.TrimPrefix(caller(thread), s.run.env.Folder)
}

func sheetClear(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var parts partList
	if err := unpackArgs(b, args, kwargs, "parts??", &parts); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	units := s.all()
	if parts.list != nil {
		var err error
		if units, err = s.unitsIn(&parts); err != nil {
			return nil, fmt.Errorf("%s: for parameter parts: %w", b.Name(), err)
		}
	}
	s.plan.Forget(units...)
	return starlark.None, nil
}

func sheetAttempt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var fn starlark.Callable
	if err := unpackArgs(b, args, kwargs, "rule", &fn); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	before := s.plan.Clone()
	_, err := starlark.Call(thread, fn, starlark.Tuple{s}, nil)
	if c := new(rule.Conflict); errors.As(err, &c) {
		*s.plan = *before
		return starlark.String(c.Msg), nil
	}
	if err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func sheetTogether(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var parts partList
	var title noteText
	if err := unpackArgs(b, args, kwargs, "parts", &parts, "title?", &title); err != nil {
		return nil, err
	}
	return s.constrain(thread, b, rule.Together, &parts, string(title))
}

func sheetAlign(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var parts partList
	axis := "row"
	if err := unpackArgs(b, args, kwargs, "parts", &parts, "axis?", &axis); err != nil {
		return nil, err
	}
	kind := rule.Row
	switch axis {
	case "row":
	case "column":
		kind = rule.Column
	default:
		return nil, fmt.Errorf("%s: for parameter axis: got %q, want row or column", b.Name(), axis)
	}
	return s.constrain(thread, b, kind, &parts, "")
}

// ofOrder returns the built-in that puts one part on a side of another.
func ofOrder(kind rule.Kind, reversed bool) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		s := b.Receiver().(*Sheet)
		var x, y starlark.Value
		if err := unpackArgs(b, args, kwargs, "a", &x, "b", &y); err != nil {
			return nil, err
		}
		list := []starlark.Value{x, y}
		for i, name := range []string{"a", "b"} {
			if _, ok := list[i].(*Part); !ok {
				return nil, fmt.Errorf("%s: for parameter %s: got %s, want part", b.Name(), name, list[i].Type())
			}
			if _, err := s.unit(list[i]); err != nil {
				return nil, fmt.Errorf("%s: for parameter %s: %w", b.Name(), name, err)
			}
		}
		if list[0].(*Part).part == list[1].(*Part).part && list[0].(*Part).no() == list[1].(*Part).no() {
			return nil, fmt.Errorf("%s: got %s twice, want two parts", b.Name(), list[0].(*Part).part)
		}
		if reversed {
			slices.Reverse(list)
		}
		return s.constrain(thread, b, kind, &partList{list}, "")
	}
}

func (s *Sheet) constrain(thread *starlark.Thread, b *starlark.Builtin, kind rule.Kind, parts *partList, title string) (starlark.Value, error) {
	if err := s.live(b); err != nil {
		return nil, err
	}
	units, err := s.unitsIn(parts)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter parts: %w", b.Name(), err)
	}
	if err := s.plan.Constrain(rule.Constraint{Kind: kind, Units: units, Title: title, Pos: s.where(thread)}); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.None, nil
}

func sheetNote(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var (
		text noteText
		x, y mm
	)
	if err := unpackArgs(b, args, kwargs, "text", &text, "x", &x, "y", &y); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	if text == "" {
		return nil, fmt.Errorf("%s: for parameter text: got an empty one", b.Name())
	}
	at := geom.Point{X: int64(x), Y: int64(y)}.Add(s.origin)
	frame, _ := rule.Frame(s.plan.Paper)
	if !frame.Contains(at) {
		return nil, fmt.Errorf("%s: %s leaves the sheet: the frame of %s goes from %s", b.Name(), rule.At(at), s.plan.Paper.Name, rule.Span(frame))
	}
	s.plan.Notes = append(s.plan.Notes, rule.Note{Text: string(text), At: at, Pos: s.where(thread)})
	return starlark.None, nil
}

func sheetSnap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x mm
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	return millimetres(snap(int64(x))), nil
}

// snap returns the nearest multiple of the grid; of two the upper one.
func snap(v int64) int64 { return geom.SnapDown(v + geom.Grid/2) }

func sheetUsePaper(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s := b.Receiver().(*Sheet)
	var name string
	if err := unpackArgs(b, args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	if len(s.plan.Places()) > 0 {
		return nil, fmt.Errorf("%s: parts have places on a page of %s already: set the page first", b.Name(), s.plan.Paper.Name)
	}
	if !s.plan.UsePaper(name) {
		return nil, fmt.Errorf("%s: for parameter name: got %q, want A4, A3, A2, A1 or A0", b.Name(), name)
	}
	return starlark.None, nil
}

// A layoutRule is what c.layout attached.
type layoutRule struct {
	fn   starlark.Callable
	deep bool // for the sheets below that have none of their own too
	pos  string
}

func circuitLayout(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var r layoutRule
	var fn starlark.Value
	if err := unpackArgs(b, args, kwargs, "rule", &fn, "sheets?", &r.deep); err != nil {
		return nil, err
	}
	var ok bool
	if r.fn, ok = fn.(starlark.Callable); !ok {
		return nil, fmt.Errorf("%s: for parameter rule: got %s, want a function of the sheet", b.Name(), fn.Type())
	}
	if err := isRule(r.fn); err != nil {
		return nil, fmt.Errorf("%s: for parameter rule: %w", b.Name(), err)
	}
	// How a circuit that was read is drawn anew is no change of it.
	if c.state.read == nil {
		if err := c.state.check("set a rule"); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
	} else if c.state.shared {
		return nil, fmt.Errorf("%s: cannot set a rule: the file that read the circuit has been loaded", b.Name())
	}
	if c.state.rules == nil {
		c.state.rules = map[*circuit.Sheet]layoutRule{}
	}
	r.pos = caller(thread)
	c.state.rules[c.sheet] = r
	return starlark.None, nil
}

// isRule says why a function cannot be called with a sheet alone; nil where it
// can.
func isRule(fn starlark.Callable) error {
	switch fn := fn.(type) {
	case *starlark.Function:
		needed := 0
		for i := range fn.NumParams() {
			named := fn.HasVarargs() && i >= fn.NumParams()-1 || fn.HasKwargs() && i == fn.NumParams()-1
			if !named && fn.ParamDefault(i) == nil {
				needed++
			}
		}
		if fn.NumParams() == 0 || needed > 1 {
			return fmt.Errorf("%s has %s, want a function of one parameter, the sheet", fn.Name(), counted(needed, "parameter"))
		}
	case *starlark.Builtin:
		if fn.Receiver() != nil {
			return nil // the rule that place.like returns
		}
		switch name := fn.Name(); name {
		case "place.near", "place.mirror", "place.block", "place.like", "place.score":
			return fmt.Errorf("%s takes more than a sheet: call it in a rule, def rule(sheet): %s(…)", name, name)
		}
	}
	return nil
}

// ruleOf returns the rule of a sheet: its own, or that of the nearest sheet
// above it that is for all below.
func (st *state) ruleOf(s *circuit.Sheet) (layoutRule, bool) {
	if r, ok := st.rules[s]; ok {
		return r, true
	}
	for s = s.Parent(); s != nil; s = s.Parent() {
		if r, ok := st.rules[s]; ok && r.deep {
			return r, true
		}
	}
	return layoutRule{}, false
}

// plans runs the rules of a circuit, which must be annotated, and returns what
// they say of each sheet; nil where there are none.
func (c *Circuit) plans(thread *starlark.Thread, env *Env) (map[*circuit.Sheet]*rule.Plan, error) {
	if len(c.state.rules) == 0 {
		return nil, nil
	}
	plans := map[*circuit.Sheet]*rule.Plan{}
	for _, m := range c.Model().Sheets() {
		r, ok := c.state.ruleOf(m)
		if !ok {
			continue
		}
		s := &Sheet{plan: rule.New(m, c.Model().Paper), circuit: c.state.circuitOf(m), run: &ruleRun{env: env}}
		_, err := starlark.Call(thread, r.fn, starlark.Tuple{s}, nil)
		s.run.ended = true
		if err != nil {
			return nil, r.located(err, env)
		}
		plans[m] = s.plan
	}
	return plans, nil
}

// located returns the error of a rule. One that is no function of a script has no
// line of its own: then c.layout has.
func (r *layoutRule) located(err error, env *Env) error {
	if _, builtin := r.fn.(*starlark.Builtin); !builtin || r.pos == "" {
		return err
	}
	if e := new(starlark.EvalError); errors.As(err, &e) && e.Unwrap() != nil {
		err = e.Unwrap()
	}
	return fmt.Errorf("%s: %w", strings.TrimPrefix(r.pos, env.Folder), err)
}

// drawing returns how a circuit, which must be annotated, is drawn: after its
// rules have run.
func (c *Circuit) drawing(thread *starlark.Thread, env *Env) (project.Options, error) {
	o := env.projectOptions()
	plans, err := c.plans(thread, env)
	if plans != nil {
		o.Plan = func(s *circuit.Sheet) *rule.Plan { return plans[s] }
	}
	return o, err
}

// Arrange runs the rules of a circuit on a thread, for [Build]. A circuit that
// cannot be annotated is left to that, which says why.
func Arrange(thread *starlark.Thread, c *Circuit, env *Env, prune bool) error {
	if len(c.state.rules) == 0 {
		return nil
	}
	if _, err := c.annotate(env, prune); err != nil {
		return nil
	}
	plans, err := c.plans(thread, env)
	c.state.plans = plans
	return err
}
