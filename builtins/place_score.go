package builtins

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/project"
	"starboard/kicad/rule"
	"starboard/kicad/score"
)

// scoreSteps is what the drawing of one symbol counts as steps of a script
// that draws a sheet in order to see how it does.
const scoreSteps = 2000

func placeScore(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &v); err != nil {
		return nil, err
	}
	if s, ok := v.(*Sheet); ok {
		return s.score(thread, b)
	}
	files, root, err := drawingOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	s, err := connect.ReadFS(mapFS(files), root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	r, err := score.Schematic(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	var sheets, faults []starlark.Value
	for _, sc := range r.Sheets {
		sheets = append(sheets, scoreValue(sc))
		for i := range sc.Faults {
			faults = append(faults, faultValue(sc.Sheet, &sc.Faults[i]))
		}
	}
	return starlarkstruct.FromStringDict(starlark.String("score"), starlark.StringDict{
		"total":  starlark.MakeInt(r.Total),
		"sheets": starlark.NewList(sheets),
		"faults": starlark.NewList(faults),
	}), nil
}

// score draws the sheet as its rule has it so far, the others by default.
func (s *Sheet) score(thread *starlark.Thread, b *starlark.Builtin) (starlark.Value, error) {
	c := s.circuit.state.root
	thread.Steps += uint64(scoreSteps * len(c.Model().Parts()))
	plan := s.plan.Clone()
	o := s.run.env.projectOptions()
	o.Plan = func(m *circuit.Sheet) *rule.Plan {
		if m == s.plan.Sheet {
			return plan
		}
		return nil
	}
	tree, err := project.Build(c.Model(), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	drawn, err := ReadTree(tree)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	for _, sheet := range drawn.Sheets {
		if sheet.Name == s.plan.Sheet.Path() {
			sc, err := score.Sheet(drawn, sheet)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.Name(), err)
			}
			return scoreValue(sc), nil
		}
	}
	return nil, fmt.Errorf("%s: internal error: sheet %s is not drawn", b.Name(), s.plan.Sheet.Path())
}

func scoreValue(sc *score.Score) starlark.Value {
	var faults []starlark.Value
	for i := range sc.Faults {
		faults = append(faults, faultValue(sc.Sheet, &sc.Faults[i]))
	}
	terms := starlark.StringDict{}
	for i := range sc.Terms {
		t := &sc.Terms[i]
		terms[t.Name] = starlarkstruct.FromStringDict(starlark.String("term"), starlark.StringDict{
			"quality": starlark.MakeInt(t.Quality),
			"weight":  starlark.MakeInt(t.Weight),
			"count":   starlark.MakeInt64(t.Count),
			"of":      starlark.MakeInt64(t.Of),
			"unit":    starlark.String(t.Unit),
		})
	}
	return starlarkstruct.FromStringDict(starlark.String("score"), starlark.StringDict{
		"sheet":  starlark.String(sc.Sheet),
		"parts":  starlark.MakeInt(sc.Parts),
		"total":  starlark.MakeInt(sc.Total),
		"soft":   starlark.MakeInt(sc.Soft),
		"clean":  starlark.MakeInt(sc.Clean),
		"terms":  starlarkstruct.FromStringDict(starlark.String("terms"), terms),
		"faults": starlark.NewList(faults),
	})
}

func faultValue(sheet string, f *score.Fault) starlark.Value {
	return starlarkstruct.FromStringDict(starlark.String("fault"), starlark.StringDict{
		"sheet":   starlark.String(sheet),
		"kind":    starlark.String(f.Kind),
		"x":       millimetres(f.At.X),
		"y":       millimetres(f.At.Y),
		"message": starlark.String(f.Message),
	})
}
