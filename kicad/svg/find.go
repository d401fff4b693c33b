package svg

import (
	"fmt"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/spell"
)

// Find returns the sheet of a schematic with the given name, such as "/"
// or "/A/B/"; slashes at the ends may be left out.
func Find(s *connect.Schematic, name string) (*connect.Sheet, error) {
	bare := strings.Trim(name, "/")
	var names []string
	for _, sheet := range s.Sheets {
		if strings.Trim(sheet.Name, "/") == bare {
			return sheet, nil
		}
		names = append(names, sheet.Name)
	}
	near := spell.Nearest("/"+bare+"/", names, 3)
	if len(near) == 0 {
		near = names[:min(len(names), 5)]
	}
	return nil, fmt.Errorf("there is no sheet %q; there is %s", name, strings.Join(near, ", "))
}
