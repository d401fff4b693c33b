package symbol

import "starboard/kicad/sexpr"

// Copy returns a symbol as it stands in a schematic.
func Copy(s *Symbol) string {
	var w sexpr.Writer
	s.WriteCopy(&w, s.LibID())
	return string(w.Bytes())
}

var (
	InstalledDirOf = installedDir
	StandardDirs   = standardDirs
	Scan           = scan
	SpansInLayout  = spansInLayout
)
