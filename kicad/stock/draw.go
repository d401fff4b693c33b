package stock

import (
	"slices"
	"strconv"
	"strings"
)

// oneOf reads a word that must be one of those given.
func (a *args) oneOf(want ...string) (string, error) {
	if len(a.words) > 0 && slices.Contains(want, a.words[0]) {
		return a.next("")
	}
	list := strings.Join(want, ", ")
	if n := len(want); n > 1 {
		list = strings.Join(want[:n-1], ", ") + " or " + want[n-1]
	}
	w, err := a.next(list)
	if err != nil {
		return "", err
	}
	return "", a.r.errorf("%s: got %q, want %s", a.r.words[0], w, list)
}

// length reads a length that is not negative.
func (a *args) length(what string) (int64, error) {
	v, err := a.int(what)
	if err == nil && v < 0 {
		err = a.r.errorf("%s: got %d, want %s of 0 or more", a.r.words[0], v, what)
	}
	return v * mil, err
}

func (a *args) point(what string) (p point, err error) {
	err = a.ints(what, &p.x, &p.y)
	return point{p.x * mil, p.y * mil}, err
}

// readShapes reads a line that draws something.
func readShapes(bodies string, a args) ([]shape, error) {
	keyword := a.r.words[0]
	if keyword == "draw" {
		return readDraw(bodies, a)
	}
	s := shape{wide: lineWidth, fill: "none"}
	points := 0
	switch keyword {
	case "rect", "box":
		s.kind, points = rectangle, 2
	case "line", "poly":
		s.kind = polyline
		for points < len(a.words)/2 && isNumber(a.words[2*points]) {
			points++
		}
		if least := 2; points < least {
			return nil, a.r.errorf("%s: got %d points, want %d or more", keyword, points, least)
		}
	case "circle":
		s.kind, points = circle, 1
	case "arc":
		s.kind, points = arc, 3
	case "text":
		s.kind, points = words, 1
	default:
		return nil, a.r.errorf("got %q, want a keyword of a table", keyword)
	}
	s.pts = make([]point, points, points+1)
	for i := range s.pts {
		p, err := a.point("a coordinate")
		if err != nil {
			return nil, err
		}
		s.pts[i] = p
	}
	var err error
	switch keyword {
	case "box":
		s.fill = "background"
	case "arc":
		s.orient()
	case "poly":
		s.pts = append(s.pts, s.pts[0])
	case "circle":
		s.radius, err = a.length("a radius")
	case "text":
		if s.text, err = a.next("words"); err != nil {
			return nil, err
		}
		s.size = textSize
		if a.accept("size") {
			s.size, err = a.length("a text size")
		}
		if err == nil {
			err = a.done()
		}
		return []shape{s}, err
	}
	if err != nil {
		return nil, err
	}
	return []shape{s}, a.style(&s)
}

func isNumber(s string) bool {
	_, ok := atoi(s)
	return ok
}

// style reads what a shape may end in.
func (a *args) style(s *shape) (err error) {
	if a.accept("fill") {
		w, err := a.oneOf("body", "solid")
		if err != nil {
			return err
		}
		s.fill = map[string]string{"body": "background", "solid": "outline"}[w]
	}
	if a.accept("wide") {
		if s.wide, err = a.length("a line width"); err != nil {
			return err
		}
	}
	return a.done()
}

// readDraw reads a draw line and returns the shapes of all copies.
func readDraw(bodies string, a args) ([]shape, error) {
	name, err := a.next("a body")
	if err != nil {
		return nil, err
	}
	start, ok := findBlock(bodies, "body", name)
	if !ok {
		return nil, a.r.errorf("draw: no body named %s", name)
	}
	var p placing
	times, delta := int64(1), point{}
	if a.accept("at") {
		if p.at, err = a.point("a position"); err != nil {
			return nil, err
		}
	}
	p.mirror = a.accept("mirror")
	if a.accept("turn") {
		w, err := a.oneOf("90", "180", "270")
		if err != nil {
			return nil, err
		}
		degrees, _ := strconv.Atoi(w)
		p.quarters = degrees / 90
	}
	if a.accept("times") {
		if times, err = a.int("a number of copies"); err != nil {
			return nil, err
		}
		if times < 2 {
			return nil, a.r.errorf("draw: got %d copies, want 2 or more", times)
		}
		if delta, err = a.point("the way to the next copy"); err != nil {
			return nil, err
		}
	}
	if err := a.done(); err != nil {
		return nil, err
	}
	body, err := readBody(blockAt("bodies", bodies, "body", start))
	if err != nil {
		return nil, err
	}
	shapes := make([]shape, 0, int(times)*len(body))
	for range times {
		for _, s := range body {
			shapes = append(shapes, p.shape(s))
		}
		p.at = p.at.add(delta)
	}
	return shapes, nil
}

// readBody returns the shapes of a block that begins with a body line. A body
// may not draw another.
func readBody(b *block) (shapes []shape, err error) {
	err = b.rows(func(r *row) error {
		a := r.args()
		switch r.words[0] {
		case "body":
			if _, err := a.next("a name"); err != nil {
				return err
			}
			return a.done()
		case "draw":
			return r.errorf("draw: a body cannot draw another")
		}
		s, err := readShapes("", a)
		shapes = append(shapes, s...)
		return err
	})
	return shapes, err
}
