package svg

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	_ "image/jpeg" // KiCad embeds both
	_ "image/png"
	"strconv"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// bitmap reads an image, which a schematic holds as base64 text. Its size is
// that of its pixels at its own resolution, times its scale.
func bitmap(n sexpr.Node) (Element, bool) {
	var text strings.Builder
	first := true
	for k := range n.Child("data").All() {
		if !first {
			text.WriteString(k.Text())
		}
		first = false
	}
	data, err := base64.StdEncoding.DecodeString(text.String())
	if err != nil {
		return Element{}, false
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > 1<<16 || c.Height > 1<<16 {
		return Element{}, false
	}
	scale := 1.0
	if s, err := strconv.ParseFloat(n.Child("scale").Arg(1).Source(), 64); err == nil && s > 0 && s < 1000 {
		scale = s
	}
	perInch := int64(300)
	if format == "png" {
		perInch = pngResolution(data)
	}
	half := func(pixels int) int64 {
		return int64(scale*float64(int64(pixels)*1000*geom.Mil/perInch)) / 2
	}
	at, d := point(n.Child("at")), geom.Point{X: half(c.Width), Y: half(c.Height)}
	return Element{Shape: Bitmap, Points: []geom.Point{at.Sub(d), at.Add(d)}, Data: &Media{"image/" + format, data}}, true
}

// pngResolution returns the pixels per inch that a PNG claims, or 300.
func pngResolution(data []byte) int64 {
	const otherwise = 300
	for i := 8; i+12 <= len(data); {
		length := int(binary.BigEndian.Uint32(data[i:]))
		kind := string(data[i+4 : i+8])
		if length < 0 || length > len(data)-i-12 || kind == "IDAT" {
			break
		}
		if kind == "pHYs" && length == 9 && data[i+16] == 1 { // per metre
			perMetre := int64(binary.BigEndian.Uint32(data[i+8:]))
			if v := (perMetre*254 + 5000) / 10000; v > 0 {
				return v
			}
		}
		i += 12 + length
	}
	return otherwise
}
