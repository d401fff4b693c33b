package svg

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/vector"

	"starboard/kicad/geom"
)

// The PNG is drawn from the elements of the picture, not from its SVG: the
// small SVG renderers in Go know no text, and those that do bring a whole
// graphics library. All that the elements need is a filled path, which
// golang.org/x/image/vector draws.

// maxPixels bounds the memory that a PNG takes.
const maxPixels = 1 << 27

// PNG returns the picture as PNG, with so many pixels per inch of the page.
// A picture that would have more than 134 million pixels is an error.
func (p *Picture) PNG(perInch int) ([]byte, error) {
	const inch = 1000 * geom.Mil
	w, h := (p.Width*int64(perInch)+inch-1)/inch, (p.Height*int64(perInch)+inch-1)/inch
	if perInch <= 0 || w <= 0 || h <= 0 || w > maxPixels || h > maxPixels/w {
		return nil, fmt.Errorf("a page of %d x %d mm at %d pixels per inch: want at least 1 pixel, at most %d million",
			p.Width/geom.MM, p.Height/geom.MM, perInch, maxPixels/1_000_000)
	}
	r := &raster{p: p, scale: float64(perInch) / inch, img: image.NewRGBA(image.Rect(0, 0, int(w), int(h)))}
	page, _ := p.color(Paint{Ink: Page})
	draw.Draw(r.img, r.img.Bounds(), image.NewUniform(rgba(page, 255)), image.Point{}, draw.Src)
	for i := range p.Items {
		for j := range p.Items[i].Elements {
			r.element(&p.Items[i].Elements[j])
		}
	}
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&out, r.img)
	return out.Bytes(), err
}

func rgba(c RGB, opacity uint8) color.NRGBA {
	r, g, b := c.split()
	return color.NRGBA{uint8(r), uint8(g), uint8(b), opacity}
}

// A raster draws elements into an image.
type raster struct {
	p     *Picture
	scale float64 // pixels per nanometre
	img   *image.RGBA
	fill  vector.Rasterizer
}

// A spot is a place in pixels.
type spot struct{ x, y float64 }

func (r *raster) spot(p geom.Point) spot {
	return spot{float64(p.X) * r.scale, float64(p.Y) * r.scale}
}

// An outline is a closed path of straight lines.
type outline []spot

// paint fills outlines, which all run the same way round where they overlap.
func (r *raster) paint(outlines []outline, a Paint) {
	c, opacity := r.p.color(a)
	if opacity == 0 {
		return
	}
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, o := range outlines {
		for _, s := range o {
			minX, maxX = math.Min(minX, s.x), math.Max(maxX, s.x)
			minY, maxY = math.Min(minY, s.y), math.Max(maxY, s.y)
		}
	}
	if !(minX <= maxX) {
		return
	}
	bounds := r.img.Bounds()
	clip := func(v float64, most int) int { return int(math.Min(math.Max(v, 0), float64(most))) }
	box := image.Rect(clip(math.Floor(minX), bounds.Max.X), clip(math.Floor(minY), bounds.Max.Y),
		clip(math.Ceil(maxX), bounds.Max.X), clip(math.Ceil(maxY), bounds.Max.Y))
	if box.Empty() {
		return
	}
	r.fill.Reset(box.Dx(), box.Dy())
	dx, dy := float64(box.Min.X), float64(box.Min.Y)
	for _, o := range outlines {
		for i, s := range o {
			x, y := float32(s.x-dx), float32(s.y-dy)
			if i == 0 {
				r.fill.MoveTo(x, y)
			} else {
				r.fill.LineTo(x, y)
			}
		}
		r.fill.ClosePath()
	}
	r.fill.Draw(r.img, box, image.NewUniform(rgba(c, opacity)), image.Point{})
}

func (r *raster) element(e *Element) {
	switch e.Shape {
	case Nothing:
		return
	case Text:
		r.text(e.Words, e.Fill)
		return
	case Bitmap:
		r.bitmap(e)
		return
	}
	path, closed := r.flatten(e)
	if e.Fill.Ink != None {
		r.paint([]outline{path}, e.Fill)
	}
	if e.Stroke.Ink == None {
		return
	}
	half := math.Max(float64(e.Width)*r.scale, 1) / 2
	if closed {
		path = append(path, path[0])
	}
	lines := []outline{path}
	if e.Dash != Solid {
		lines = dashed(path, e.Dash.pattern(e.Width), r.scale)
	}
	var pieces []outline
	for _, l := range lines {
		pieces = append(pieces, stroke(l, half)...)
	}
	r.paint(pieces, e.Stroke)
}

// flatten returns the path of an element as straight lines.
func (r *raster) flatten(e *Element) (path outline, closed bool) {
	switch e.Shape {
	case Circle:
		return circle(r.spot(e.Points[0]), float64(e.Radius)*r.scale), true
	case Arc:
		path = r.arc(e.Points[0], e.Points[1], e.Points[2])
		if c, ok := e.middle(); ok {
			path = append(path, r.spot(c))
		}
		return path, false
	case Curve:
		a, b, c, d := r.spot(e.Points[0]), r.spot(e.Points[1]), r.spot(e.Points[2]), r.spot(e.Points[3])
		const steps = 32
		for i := range steps + 1 {
			t := float64(i) / steps
			u := 1 - t
			k := [4]float64{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t}
			path = append(path, spot{k[0]*a.x + k[1]*b.x + k[2]*c.x + k[3]*d.x, k[0]*a.y + k[1]*b.y + k[2]*c.y + k[3]*d.y})
		}
		return path, false
	}
	for _, p := range e.Points {
		path = append(path, r.spot(p))
	}
	return path, e.Closed
}

// roundness returns how many lines make a circle look round.
func roundness(radius float64) int { return int(math.Min(math.Max(8, 4*math.Sqrt(radius)*3), 256)) }

func circle(c spot, radius float64) outline {
	n := roundness(radius)
	o := make(outline, n)
	for i := range o {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		o[i] = spot{c.x + radius*cos, c.y + radius*sin}
	}
	return o
}

func (r *raster) arc(p, m, q geom.Point) outline {
	x, y, radius, ok := circleOf(p, m, q)
	if !ok {
		return outline{r.spot(p), r.spot(m), r.spot(q)}
	}
	from := math.Atan2(float64(p.Y)-y, float64(p.X)-x)
	turn := math.Atan2(float64(q.Y)-y, float64(q.X)-x) - from
	if cross(m.Sub(p), q.Sub(p)) > 0 { // clockwise on the sheet: the angle grows
		if turn < 0 {
			turn += 2 * math.Pi
		}
	} else if turn > 0 {
		turn -= 2 * math.Pi
	}
	n := roundness(radius * r.scale)
	o := make(outline, n+1)
	for i := range o {
		sin, cos := math.Sincos(from + turn*float64(i)/float64(n))
		o[i] = spot{(x + radius*cos) * r.scale, (y + radius*sin) * r.scale}
	}
	return o
}

// stroke returns the area that a round pen covers along a line: a disc at each
// corner, and a rectangle for each part.
func stroke(path outline, half float64) []outline {
	pieces := make([]outline, 0, 2*len(path))
	for i, p := range path {
		pieces = append(pieces, circle(p, half))
		if i == 0 {
			continue
		}
		q := path[i-1]
		dx, dy := p.x-q.x, p.y-q.y
		long := math.Hypot(dx, dy)
		if long == 0 {
			continue
		}
		nx, ny := -dy/long*half, dx/long*half
		pieces = append(pieces, outline{{q.x - nx, q.y - ny}, {p.x - nx, p.y - ny}, {p.x + nx, p.y + ny}, {q.x + nx, q.y + ny}})
	}
	return pieces
}

// dashed cuts a line into the strokes of a pattern in nanometres.
func dashed(path outline, pattern []int64, scale float64) []outline {
	var out []outline
	at, left := 0, float64(pattern[0])*scale
	now := outline{path[0]}
	for i := 1; i < len(path); i++ {
		p, q := path[i-1], path[i]
		long := math.Hypot(q.x-p.x, q.y-p.y)
		for done := 0.0; done < long; {
			step := math.Min(left, long-done)
			done += step
			left -= step
			s := spot{p.x + (q.x-p.x)*done/long, p.y + (q.y-p.y)*done/long}
			if at%2 == 0 {
				now = append(now, s)
			}
			if left <= 1e-9 {
				if at%2 == 0 {
					out = append(out, now)
				}
				at = (at + 1) % len(pattern)
				left = math.Max(float64(pattern[at])*scale, 1e-3)
				now = outline{s}
			}
		}
	}
	if at%2 == 0 && len(now) > 1 {
		out = append(out, now)
	}
	return out
}

func (r *raster) bitmap(e *Element) {
	src, _, err := image.Decode(bytes.NewReader(e.Data.Data))
	if err != nil {
		return
	}
	a, b := r.spot(e.Points[0]), r.spot(e.Points[1])
	to := image.Rect(int(math.Round(a.x)), int(math.Round(a.y)), int(math.Round(b.x)), int(math.Round(b.y)))
	draw.ApproxBiLinear.Scale(r.img, to, src, src.Bounds(), draw.Over, nil)
}
