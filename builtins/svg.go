package builtins

import (
	"fmt"

	"go.starlark.net/starlark"

	"starboard/kicad/connect"
	"starboard/kicad/svg"
)

// kicadSVG is kicad.svg(c, sheet="/", dark=False, frame=True).
func kicadSVG(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		v     starlark.Value
		name  = "/"
		dark  bool
		frame = true
	)
	if err := unpackArgs(b, args, kwargs, "circuit", &v, "sheet?", &name, "dark?", &dark, "frame?", &frame); err != nil {
		return nil, err
	}
	files, root, err := drawingOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	s, err := connect.ReadFS(mapFS(files), root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	sheet, err := svg.Find(s, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.String(svg.Sheet(s, sheet, svg.Options{Dark: dark, NoFrame: !frame})), nil
}
