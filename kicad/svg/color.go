package svg

import (
	"strconv"
	"strings"
)

// cssColor reads a colour of a project file: rgb(R, G, B) or
// rgba(R, G, B, A). One that is transparent says nothing.
func cssColor(s string) (RGB, bool) {
	list, ok := strings.CutPrefix(s, "rgb(")
	if !ok {
		if list, ok = strings.CutPrefix(s, "rgba("); !ok {
			return 0, false
		}
	}
	parts := strings.Split(strings.TrimSuffix(list, ")"), ",")
	if len(parts) < 3 {
		return 0, false
	}
	var c RGB
	for _, p := range parts[:3] {
		v, err := strconv.Atoi(strings.TrimSpace(p))
		if err != nil {
			return 0, false
		}
		c = c<<8 | RGB(min(max(v, 0), 255))
	}
	if len(parts) > 3 {
		if a, err := strconv.ParseFloat(strings.TrimSpace(parts[3]), 64); err != nil || a <= 0 {
			return 0, false
		}
	}
	return c, true
}
