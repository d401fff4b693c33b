package svg

import "fmt"

// An Ink is what a line, an area or a text is for; a theme gives it a colour.
type Ink uint8

const (
	None Ink = iota
	Page
	FrameInk
	Device
	DeviceFill
	PinInk
	PinName
	PinNumber
	Reference
	Value
	FieldInk
	WireInk
	BusInk
	JunctionInk
	NoConnectInk
	LocalLabel
	GlobalLabel
	HierLabel
	DirectiveInk
	Notes
	SheetInk
	SheetFill
	SheetName
	SheetFile
	SheetField
	SheetPin
	NotFitted
	RuleArea
	inks
)

var inkNames = [inks]string{"", "page", "frame", "device", "body", "pin", "pin-name", "pin-number", "reference",
	"value", "field", "wire", "bus", "junction", "no-connect", "local", "global", "hierarchical", "directive", "note",
	"sheet", "sheet-fill", "sheet-name", "sheet-file", "sheet-field", "sheet-pin", "dnp",
	"rule-area"}

// An RGB is a colour, 0xRRGGBB.
type RGB uint32

// light is KiCad's default theme.
var light = [inks]RGB{
	Page: 0xF5F4EF, FrameInk: 0x840000, Device: 0x840000, DeviceFill: 0xFFFFC2, PinInk: 0x840000, PinName: 0x006464,
	PinNumber: 0xA90000, Reference: 0x006464, Value: 0x006464, FieldInk: 0x840084, WireInk: 0x009600, BusInk: 0x000084,
	JunctionInk: 0x009600, NoConnectInk: 0x000084, LocalLabel: 0x0F0F0F, GlobalLabel: 0x840000, HierLabel: 0x725600,
	DirectiveInk: 0x484848, Notes: 0x0000C2, SheetInk: 0x840000, SheetFill: 0xFFFFFF, SheetName: 0x006464,
	SheetFile: 0x725600, SheetField: 0x840084, SheetPin: 0x006464, NotFitted: 0xDC090D,
	RuleArea: 0xFF0000,
}

// dark has the hues of light, each as far from its page as there.
var dark = [inks]RGB{
	Page: 0x15181D, FrameInk: 0x8A6A66, Device: 0xE0867A, DeviceFill: 0x2A2920, PinInk: 0xE0867A, PinName: 0x6CC5BF,
	PinNumber: 0xE39A8E, Reference: 0x7FD4CE, Value: 0x7FD4CE, FieldInk: 0xD58BD5, WireInk: 0x57C46B, BusInk: 0x7C9CF5,
	JunctionInk: 0x57C46B, NoConnectInk: 0x8FA8F0, LocalLabel: 0xE8E6DF, GlobalLabel: 0xF09484, HierLabel: 0xD9B45A,
	DirectiveInk: 0xABABAB, Notes: 0x93A8FF, SheetInk: 0xE0867A, SheetFill: 0x15181D, SheetName: 0x7FD4CE,
	SheetFile: 0xD9B45A, SheetField: 0xD58BD5, SheetPin: 0x7FD4CE, NotFitted: 0xFF5A5A,
	RuleArea: 0xFF5A5A,
}

// A Paint is a colour: that of its ink in the theme, unless Custom is set.
type Paint struct {
	Ink     Ink
	Faint   bool // of a part that is not fitted: grey, and half as strong
	Custom  bool
	Color   RGB   // where Custom
	Opacity uint8 // where Custom, out of 255
}

func (p *Picture) theme() *[inks]RGB {
	if p.Dark {
		return &dark
	}
	return &light
}

// color returns the colour of a paint, and its opacity out of 255.
func (p *Picture) color(a Paint) (RGB, uint8) {
	c, opacity := p.theme()[a.Ink], uint8(255)
	if a.Custom {
		c, opacity = a.Color, a.Opacity
	}
	if a.Faint {
		c = c.faint(p.theme()[Page])
	}
	return c, opacity
}

// faint returns the grey of c's lightness, mixed half and half with the page.
func (c RGB) faint(page RGB) RGB {
	r, g, b := c.split()
	grey := (max(r, g, b) + min(r, g, b)) / 2
	pr, pg, pb := page.split()
	return (grey+pr)/2<<16 | (grey+pg)/2<<8 | (grey+pb)/2
}

func (c RGB) split() (r, g, b RGB) { return c >> 16 & 255, c >> 8 & 255, c & 255 }

// String returns the colour as SVG has it.
func (c RGB) String() string {
	r, g, b := c.split()
	if r%17 == 0 && g%17 == 0 && b%17 == 0 {
		return fmt.Sprintf("#%x%x%x", uint32(r/17), uint32(g/17), uint32(b/17))
	}
	return fmt.Sprintf("#%06x", uint32(c))
}
