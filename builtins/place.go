package builtins

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/geom"
	"starboard/kicad/rule"
)

// Place has placement rules and what rules are made of. Each of the functions
// that take a sheet first is a rule by itself, as in c.layout(place.flow), and
// can be called by other rules for some of the parts; without parts it places
// all that have no place yet. They return what they cover, a box with .left,
// .top, .right, .bottom, .width and .height in mm, so that the next can go on
// from there. x and y are the upper left corner of that, to begin with the one
// of sheet.area; gap is what stays free between two parts. angle turns all of
// them, else each stands so that supplies are up and grounds down. room is what
// is kept free for a part: the "symbol", or its "texts" too, or its "labels".
// A part with two pins needs no labels where wires will join it.
//
//	place.flow(sheet, parts=None, x=None, y=None, gap=10.16, angle=None,
//	           room="labels")
//	    layers from left to right, as the signals run from outputs to inputs;
//	    without parts it leaves capacitors, pull-ups and the like to the default
//	    placement, which hangs them on what they serve
//	place.grid(sheet, parts=None, columns=None, x=None, y=None, gap=5.08,
//	           angle=None, room="labels")
//	    rows of so many columns, aligned both ways
//	place.row(sheet, parts=None, x=None, y=None, gap=5.08, angle=None,
//	          room="labels")
//	    side by side from left to right, anchors at one height
//	place.column(sheet, parts=None, x=None, y=None, gap=5.08, angle=None,
//	             room="labels")
//	    below each other, anchors on one line
//	place.pack(sheet, parts=None, x=None, y=None, width=None, gap=5.08,
//	           angle=None, room="labels")
//	    on shelves of that width, the tallest first
//	place.near(sheet, parts, to, side=None, gap=2.54, angle=None, room="texts")
//	    each at the nearest free place beside a part or pin that has its place, a
//	    pin on the same net in line with it; side is left, right, up or down,
//	    else where the pin points
//	place.mirror(sheet, parts, of, x=None, y=None)
//	    as the mirror images of other parts, one for each, about the upright line
//	    at x or the level one at y
//	place.block(sheet, parts, rule, x=None, y=None, title="")
//	    calls a rule with a sheet that has these parts only and its origin at x, y,
//	    and writes a title above what they cover
//	place.like(circuit, rule=None)
//	    a rule that puts each part where a schematic has it that kicad.read
//	    returned: so what somebody moved in KiCad stays there when the script runs
//	    again. Parts are known by what starboard wrote into the file, or else by
//	    reference; new ones are left to the other rule, or to the default
//	place.score(x)
//	    how well a drawing can be read, see starboard score: of a circuit, a
//	    project, a schematic as text: .total, .sheets and .faults; of a sheet in a
//	    rule, as it would be drawn now: .total, .soft, .clean, .parts, .faults and
//	    .terms, each with .quality, .weight, .count, .of and .unit
var Place = &starlarkstruct.Module{
	Name: "place",
	Members: starlark.StringDict{
		"block":  starlark.NewBuiltin("place.block", placeBlock),
		"column": starlark.NewBuiltin("place.column", arrangement((*rule.Plan).Column, 4*geom.Grid)),
		"flow":   starlark.NewBuiltin("place.flow", placeFlow),
		"grid":   starlark.NewBuiltin("place.grid", placeGrid),
		"like":   starlark.NewBuiltin("place.like", placeLike),
		"mirror": starlark.NewBuiltin("place.mirror", placeMirror),
		"near":   starlark.NewBuiltin("place.near", placeNear),
		"pack":   starlark.NewBuiltin("place.pack", placePack),
		"row":    starlark.NewBuiltin("place.row", arrangement((*rule.Plan).Row, 4*geom.Grid)),
		"score":  starlark.NewBuiltin("place.score", placeScore),
	},
}

// A space is the parameter room.
type space rule.Space

func (s *space) Unpack(v starlark.Value) error {
	switch text, _ := starlark.AsString(v); text {
	case "labels":
		*s = space(rule.ForLabels)
	case "texts":
		*s = space(rule.ForTexts)
	case "symbol":
		*s = space(rule.ForSymbol)
	default:
		return fmt.Errorf(`got %s, want "symbol", "texts" or "labels"`, shortened(v.String()))
	}
	return nil
}

// A gap is a length that is not negative.
type gap int64

func (g *gap) Unpack(v starlark.Value) error {
	var l mm
	if err := l.Unpack(v); err != nil {
		return err
	}
	if l < 0 {
		return fmt.Errorf("got %s mm, want 0 or more", rule.MM(int64(l)))
	}
	*g = gap(l)
	return nil
}

// An arrangeCall is what the arrangements have in common.
type arrangeCall struct {
	sheet *Sheet
	parts partList
	x, y  *mm
	gap   gap
	angle *turn
	room  space
}

// unpack reads the arguments: the given pairs stand between parts and x.
func (a *arrangeCall) unpack(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, more ...any) error {
	var x, y, angle starlark.Value
	pairs := append([]any{"sheet", &a.sheet, "parts??", &a.parts}, more...)
	pairs = append(pairs, "x??", &x, "y??", &y, "gap?", &a.gap, "angle??", &angle, "room?", &a.room)
	if err := unpackArgs(b, args, kwargs, pairs...); err != nil {
		return err
	}
	for _, l := range []struct {
		name string
		v    starlark.Value
		to   **mm
	}{{"x", x, &a.x}, {"y", y, &a.y}} {
		if l.v == nil {
			continue
		}
		*l.to = new(mm)
		if err := (*l.to).Unpack(l.v); err != nil {
			return fmt.Errorf("%s: for parameter %s: %w", b.Name(), l.name, err)
		}
	}
	if angle != nil {
		a.angle = new(turn)
		if err := a.angle.Unpack(angle); err != nil {
			return fmt.Errorf("%s: for parameter angle: %w", b.Name(), err)
		}
	}
	return a.sheet.live(b)
}

// job returns what the call places: the given parts, or those that choose
// finds among the free ones.
func (a *arrangeCall) job(thread *starlark.Thread, b *starlark.Builtin, choose func([]rule.Unit) []rule.Unit) (rule.Job, error) {
	s := a.sheet
	j := rule.Job{Gap: int64(a.gap), Space: rule.Space(a.room), Pos: s.where(thread)}
	if a.parts.list == nil {
		j.Units = s.free()
		if choose != nil {
			j.Units = choose(j.Units)
		}
	} else {
		var err error
		if j.Units, err = s.unitsIn(&a.parts); err != nil {
			return j, fmt.Errorf("%s: for parameter parts: %w", b.Name(), err)
		}
	}
	j.At = s.origin
	if !s.view {
		j.At = s.area().Min
	}
	if a.x != nil {
		j.At.X = s.origin.X + int64(*a.x)
	}
	if a.y != nil {
		j.At.Y = s.origin.Y + int64(*a.y)
	}
	if a.angle != nil {
		j.Stand = &geom.Orientation{Angle: int(*a.angle)}
	}
	// Arranging parts is work, as if the script had done it.
	thread.Steps += uint64(100 * len(j.Units))
	return j, nil
}

// covered returns the result of an arrangement.
func (s *Sheet) covered(b *starlark.Builtin, box geom.Box, err error) (starlark.Value, error) {
	if c := new(rule.Conflict); errors.As(err, &c) && c.OffPage {
		return nil, fmt.Errorf("%s: %w; sheet.use_paper sets a larger page, place.grid and place.pack break long rows", b.Name(), err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return boxValue(box.Add(geom.Point{}.Sub(s.origin))), nil
}

func arrangement(arrange func(*rule.Plan, rule.Job) (geom.Box, error), between gap) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		a := arrangeCall{gap: between}
		if err := a.unpack(b, args, kwargs); err != nil {
			return nil, err
		}
		j, err := a.job(thread, b, nil)
		if err != nil {
			return nil, err
		}
		box, err := arrange(a.sheet.plan, j)
		return a.sheet.covered(b, box, err)
	}
}

func placeFlow(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a := arrangeCall{gap: 8 * geom.Grid}
	if err := a.unpack(b, args, kwargs); err != nil {
		return nil, err
	}
	j, err := a.job(thread, b, rule.Main)
	if err != nil {
		return nil, err
	}
	box, err := a.sheet.plan.Flow(j)
	return a.sheet.covered(b, box, err)
}

func placeGrid(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a := arrangeCall{gap: 4 * geom.Grid}
	columns := 0
	if err := a.unpack(b, args, kwargs, "columns??", &columns); err != nil {
		return nil, err
	}
	if columns < 0 {
		return nil, fmt.Errorf("%s: for parameter columns: got %d, want 1 or more", b.Name(), columns)
	}
	j, err := a.job(thread, b, nil)
	if err != nil {
		return nil, err
	}
	box, err := a.sheet.plan.Grid(j, min(columns, max(1, len(j.Units))))
	return a.sheet.covered(b, box, err)
}

func placePack(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a := arrangeCall{gap: 4 * geom.Grid}
	var width starlark.Value
	// width comes after x and y, and can be given by name only in the middle.
	var rest []starlark.Tuple
	for _, kw := range kwargs {
		if kw[0] == starlark.String("width") {
			width = kw[1]
		} else {
			rest = append(rest, kw)
		}
	}
	if len(args) > 4 {
		width = args[4]
		args = slices.Delete(slices.Clone(args), 4, 5)
	}
	if err := a.unpack(b, args, rest); err != nil {
		return nil, err
	}
	j, err := a.job(thread, b, nil)
	if err != nil {
		return nil, err
	}
	wide := a.sheet.area().Max.X - j.At.X
	if width != nil && width != starlark.None {
		var g gap
		if err := g.Unpack(width); err != nil {
			return nil, fmt.Errorf("%s: for parameter width: %w", b.Name(), err)
		}
		wide = int64(g)
	}
	box, err := a.sheet.plan.Pack(j, wide)
	return a.sheet.covered(b, box, err)
}

func placeNear(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	a := arrangeCall{gap: 2 * geom.Grid, room: space(rule.ForTexts)}
	var to, angle starlark.Value
	var at side
	if err := unpackArgs(b, args, kwargs, "sheet", &a.sheet, "parts", &a.parts, "to", &to, "side??", &at, "gap?", &a.gap, "angle??", &angle, "room?", &a.room); err != nil {
		return nil, err
	}
	if angle != nil {
		a.angle = new(turn)
		if err := a.angle.Unpack(angle); err != nil {
			return nil, fmt.Errorf("%s: for parameter angle: %w", b.Name(), err)
		}
	}
	s := a.sheet
	if err := s.live(b); err != nil {
		return nil, err
	}
	j, err := a.job(thread, b, nil)
	if err != nil {
		return nil, err
	}
	target := rule.Target{}
	switch to := to.(type) {
	case *Part:
		target.Unit, err = s.unit(to)
	case *Pin:
		target.Pin = to.pin.Number
		target.Unit, err = s.unit(&Part{to.pin.Part, to.state, s, max(to.drawnBy(), 1)})
	default:
		err = fmt.Errorf("got %s, want part or pin", to.Type())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter to: %w", b.Name(), err)
	}
	if slices.Contains(j.Units, target.Unit) {
		return nil, fmt.Errorf("%s: %s cannot stand near itself", b.Name(), target.Unit)
	}
	if at.given {
		target.Side = &at.Side
	}
	box, err := s.plan.Near(j, target)
	return s.covered(b, box, err)
}

func placeMirror(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		s         *Sheet
		parts, of partList
		x, y      starlark.Value
	)
	if err := unpackArgs(b, args, kwargs, "sheet", &s, "parts", &parts, "of", &of, "x??", &x, "y??", &y); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	if (x == nil) == (y == nil) {
		return nil, fmt.Errorf("%s: want either x, an upright line, or y, a level one", b.Name())
	}
	units, err := s.unitsIn(&parts)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter parts: %w", b.Name(), err)
	}
	from, err := s.unitsIn(&of)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter of: %w", b.Name(), err)
	}
	j := rule.Job{Units: units, At: s.origin, Space: rule.ForTexts, Pos: s.where(thread)}
	var l mm
	axis, name, v := geom.MirrorY, "x", x
	if x == nil {
		axis, name, v = geom.MirrorX, "y", y
	}
	if err := l.Unpack(v); err != nil {
		return nil, fmt.Errorf("%s: for parameter %s: %w", b.Name(), name, err)
	}
	if x != nil {
		j.At.X += int64(l)
	} else {
		j.At.Y += int64(l)
	}
	box, err := s.plan.Mirror(j, from, axis)
	return s.covered(b, box, err)
}

func placeBlock(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		s     *Sheet
		parts partList
		fn    starlark.Callable
		x, y  starlark.Value
		title noteText
	)
	if err := unpackArgs(b, args, kwargs, "sheet", &s, "parts", &parts, "rule", &fn, "x??", &x, "y??", &y, "title?", &title); err != nil {
		return nil, err
	}
	if err := s.live(b); err != nil {
		return nil, err
	}
	units, err := s.unitsIn(&parts)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter parts: %w", b.Name(), err)
	}
	sub := &Sheet{plan: s.plan, circuit: s.circuit, run: s.run, units: units, view: true, origin: s.origin}
	if !s.view {
		sub.origin = s.area().Min
	}
	for _, l := range []struct {
		name string
		v    starlark.Value
		to   *int64
		zero int64
	}{{"x", x, &sub.origin.X, s.origin.X}, {"y", y, &sub.origin.Y, s.origin.Y}} {
		if l.v == nil {
			continue
		}
		var given mm
		if err := given.Unpack(l.v); err != nil {
			return nil, fmt.Errorf("%s: for parameter %s: %w", b.Name(), l.name, err)
		}
		if *l.to = l.zero + int64(given); *l.to%geom.Grid != 0 {
			return nil, fmt.Errorf("%s: for parameter %s: %s mm is off the grid of 1.27 mm; the nearest on it are %s and %s", b.Name(), l.name, rule.MM(*l.to), rule.MM(geom.SnapDown(*l.to)), rule.MM(geom.SnapUp(*l.to)))
		}
	}
	const titleHeight = 4 * geom.Grid
	if title != "" {
		sub.origin.Y += titleHeight
	}
	if _, err := starlark.Call(thread, fn, starlark.Tuple{sub}, nil); err != nil {
		return nil, err
	}
	box, some := geom.BoxOf(sub.origin), false
	for _, u := range units {
		pl, ok := s.plan.Find(u)
		if !ok {
			continue
		}
		if c := u.Room(pl.O).Add(pl.At); some {
			box = box.Union(c)
		} else {
			box, some = c, true
		}
	}
	if title != "" {
		at := geom.Point{X: geom.SnapUp(box.Min.X), Y: geom.SnapDown(box.Min.Y) - geom.Grid}
		s.plan.Notes = append(s.plan.Notes, rule.Note{Text: string(title), At: at, Pos: s.where(thread)})
		box.Min.Y = min(box.Min.Y, at.Y-titleHeight+geom.Grid)
	}
	return s.covered(b, box, nil)
}

func placeLike(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var c *Circuit
	var then starlark.Callable
	if err := unpackArgs(b, args, kwargs, "circuit", &c, "rule??", &then); err != nil {
		return nil, err
	}
	if c.state.drawn == nil {
		return nil, fmt.Errorf("%s: for parameter circuit: got one that a script made, want one that kicad.read has read", b.Name())
	}
	drawn := c.state.drawn
	like := starlark.NewBuiltin("place.like", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var s *Sheet
		if err := unpackArgs(b, args, kwargs, "sheet", &s); err != nil {
			return nil, err
		}
		if err := s.live(b); err != nil {
			return nil, err
		}
		free := s.free()
		thread.Steps += uint64(100 * len(free))
		s.plan.Like(drawn, free, s.where(thread))
		if then == nil {
			return starlark.None, nil
		}
		return starlark.Call(thread, then, starlark.Tuple{s}, nil)
	})
	return like.BindReceiver(c), nil // which tells the rule from what makes it
}
