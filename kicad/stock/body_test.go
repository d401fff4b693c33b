package stock_test

import (
	"math"
	"strings"
	"testing"

	"starboard/kicad/sexpr"
	"starboard/kicad/stock"
)

// slack is how far a pin may end beside the middle of a line, beyond half of
// the line's width: a hundredth of a millimetre, in nanometres.
const slack = 10_000

type vec struct{ x, y float64 }

// An outline is a shape as the test sees it: edges with a width, and whether
// it is filled between them.
type outline struct {
	edges  [][2]vec
	centre vec // of a circle or an arc
	radius float64
	half   float64 // of the line's width
	filled bool
}

func nm(t *testing.T, n sexpr.Node) float64 {
	t.Helper()
	v, err := n.Nanometres()
	if err != nil {
		t.Fatal(err)
	}
	return float64(v)
}

func at(t *testing.T, n sexpr.Node) vec {
	t.Helper()
	return vec{nm(t, n.Arg(1)), nm(t, n.Arg(2))}
}

func closed(pts ...vec) (edges [][2]vec) {
	for i := range pts {
		edges = append(edges, [2]vec{pts[i], pts[(i+1)%len(pts)]})
	}
	return edges
}

// outlines returns what a unit draws.
func outlines(t *testing.T, unit sexpr.Node) (all []outline) {
	for n := range unit.All() {
		var o outline
		switch n.Head() {
		case "rectangle":
			a, b := at(t, n.Child("start")), at(t, n.Child("end"))
			o.edges = closed(a, vec{a.x, b.y}, b, vec{b.x, a.y})
		case "polyline":
			var pts []vec
			for p := range n.Child("pts").Lists("xy") {
				pts = append(pts, at(t, p))
			}
			for i := 1; i < len(pts); i++ {
				o.edges = append(o.edges, [2]vec{pts[i-1], pts[i]})
			}
		case "circle":
			o.centre, o.radius = at(t, n.Child("center")), nm(t, n.Child("radius").Arg(1))
		case "arc":
			a, b, c := at(t, n.Child("start")), at(t, n.Child("mid")), at(t, n.Child("end"))
			o.edges = [][2]vec{{a, a}, {b, b}, {c, c}} // its three points do
		default:
			continue
		}
		o.half = nm(t, n.Child("stroke").Child("width").Arg(1)) / 2
		o.filled = n.Child("fill").Child("type").Arg(1).Source() != "none"
		all = append(all, o)
	}
	return all
}

// holds reports whether the shape touches p or, being filled, encloses it.
func (o outline) holds(p vec) bool {
	inside := false
	for _, e := range o.edges {
		a, b := e[0], e[1]
		d := vec{b.x - a.x, b.y - a.y}
		u := 0.0
		if l := d.x*d.x + d.y*d.y; l > 0 {
			u = min(1, max(0, ((p.x-a.x)*d.x+(p.y-a.y)*d.y)/l))
		}
		if math.Hypot(a.x+u*d.x-p.x, a.y+u*d.y-p.y) <= o.half+slack {
			return true
		}
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			inside = !inside
		}
	}
	if o.radius > 0 {
		d := math.Hypot(o.centre.x-p.x, o.centre.y-p.y) - o.radius
		return math.Abs(d) <= o.half+slack || o.filled && d < 0
	}
	return inside && o.filled
}

func TestBodiesReachTheirPins(t *testing.T) {
	directions := map[string]vec{"0": {1, 0}, "90": {0, 1}, "180": {-1, 0}, "270": {0, -1}}
	checked := 0
	for _, lib := range stock.Libraries() {
		for name, s := range symbols(t, lib, mustLibrary(t, lib)) {
			for u := range s.Lists("symbol") {
				suffix := strings.TrimPrefix(u.Arg(1).Text(), name)
				var body []outline
				for v := range s.Lists("symbol") {
					if sameView(suffix, strings.TrimPrefix(v.Arg(1).Text(), name)) {
						body = append(body, outlines(t, v)...)
					}
				}
				if len(body) == 0 {
					if n := u.Len() - 2; n != 2 {
						t.Errorf("%s:%s%s has no body and %d pins, want a body; only a supply unit of 2 pins may lack it", lib, name, suffix, n)
					}
					continue
				}
			pins:
				for p := range u.Lists("pin") {
					if p.Has("hide") {
						continue
					}
					end, l, d := at(t, p.Child("at")), nm(t, p.Child("length").Arg(1)), directions[p.Child("at").Arg(3).Source()]
					end = vec{end.x + d.x*l, end.y + d.y*l}
					checked++
					for _, o := range body {
						if o.holds(end) {
							continue pins
						}
					}
					t.Errorf("%s:%s%s: pin %s ends at %v mm, where the body is not", lib, name, suffix, p.Child("number").Arg(1).Text(), vec{end.x / 1e6, end.y / 1e6})
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("checked %d pins, want 1000 or more", checked)
	}
}

// sameView reports whether the two unit suffixes, such as _1_2, are ever seen
// together: 0 stands for all units and for both styles.
func sameView(a, b string) bool {
	p, q := strings.Split(a, "_"), strings.Split(b, "_")
	for i := 1; i <= 2; i++ {
		if p[i] != q[i] && p[i] != "0" && q[i] != "0" {
			return false
		}
	}
	return true
}
