package engine

import (
	"slices"

	"go.starlark.net/starlark"
)

// Again loads the files of the session anew, the last first instead of where
// load statements come to them, and returns the function of a file's top level
// that fn was before. It is nil where fn is not such a function.
func (s *Session) Again(fn *starlark.Function, thread func(name string) *starlark.Thread) (*starlark.Function, error) {
	again := &loader{script: s.loader.script, dir: s.loader.dir, display: s.loader.display, thread: thread, modules: map[string]*module{}}
	files := s.Files()
	slices.Reverse(files)
	var found *starlark.Function
	for _, name := range files {
		globals, err := again.run(name)
		if err != nil {
			return nil, AsScriptError(err)
		}
		if f, ok := globals[fn.Name()].(*starlark.Function); ok && f.Position().String() == fn.Position().String() {
			found = f
		}
	}
	return found, nil
}
