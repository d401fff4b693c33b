// Package score says in figures how well a sheet can be read, whoever drew it.
//
// [Sheet] looks at one sheet and [Schematic] at all. A [Score] has the sheet's
// faults, one by one with their places, and its terms: what can be better or
// worse, each with the figure that was counted and with a quality from 0 to
// 1000. All is integer arithmetic, and the same file is the same score.
//
// # Faults
//
// Nobody draws these on purpose. Boxes are those of what is drawn, texts by
// KiCad's metrics; what overlaps by less than [Slack] does not count.
//
//	symbols      shapes of two symbols, or of a symbol and a sheet box, overlap, or
//	             one lies on a pin of another symbol
//	text         a text overlaps another one, or a shape or a pin of a symbol not
//	             its own; a label may stand on the pin that it names
//	wire-text    a wire or bus runs through a text that is not a label on it
//	wire-symbol  a wire or bus runs through a symbol's body, over one of its pins,
//	             or through a sheet box
//	grid         a pin of a part, or an end of a wire, is off a grid of 25 mil
//	page         something reaches over the inner line of the page's frame, or into
//	             the title block
//	diagonal     a wire is neither horizontal nor vertical
//	four-way     four or more lines meet in one point
//	overlay      two wires lie on each other
//	loose        a wire without a label ends at nothing
//
// # Terms
//
// N is the number of parts on the sheet: symbols and sheet boxes, without
// power symbols. The share of something good is its quality; of something bad
// that can be counted, quality is N/(N + k × count), so that it falls by half
// where there are N/k of them. The k are set so that the drawings that KiCad
// ships as demos, drawn by people, have about 900 at their median.
//
//	crossings  wires that cross without being connected, k = 2. Fewer crossings
//	           help readers more than any other property of a drawn graph [1, 2].
//	bends      corners of wires, k = 1/4. They come second [1, 2]; [3] is the
//	           classic on drawing with the fewest.
//	length     the least length that could join the ends of each wired net, half
//	           the circumference of the box around them [4], over the length
//	           drawn; buses are left out. Short and direct connections are a rule of [5] and [6].
//	wired      of the connections between pins of the sheet, those drawn as wires;
//	           nets of power symbols are left out. A reader follows a line, and
//	           has to search for a label [5].
//	islands    groups of parts that wires hold together, also those of supplies,
//	           k = 1/2 for all but the first: from one to the other a reader has to
//	           search, for a label or for a power symbol.
//	labels     local, global and hierarchical labels, k = 1/8.
//	flow       of the things that have a direction, those that run from left to
//	           right: from outputs to the inputs that wires join them to, and
//	           labels and sheet pins that are inputs on the left and outputs on
//	           the right. The direction of layered drawings [7]; that it goes to
//	           the right is usual in circuits [5, 6].
//	power      power symbols that stand upright: supplies above their pin, grounds
//	           and negative supplies below [5].
//	alignment  parts that stand in a row or column with another one within 2 inches,
//	           by their anchors or by an edge.
//	           Order on a grid is one of the measures of [2].
//	space      how much of the box around everything is covered: 60 to 350 per
//	           thousand are good, less is scattered and more is crowded.
//	page       how much of the page that box takes: 250 per thousand and more is
//	           good.
//
// A term that has nothing to look at is left out: a sheet without wires has no
// length.
//
// # Total
//
// The soft score is the mean of the qualities by [Weights]. The total is that
// times N/(N + faults): on a sheet of 20 parts each of the first faults costs
// nearly a twentieth. Faults of one kind count up to N/2 times, so that one
// bad habit, such as a grid of its own, does not hide everything else.
//
// # What people draw
//
// On the 88 sheets of three parts and more among KiCad's demos the medians are:
// total 745, soft 835; for each part 0.07 crossings, 0.67 bends and 1.07
// labels. 37 sheets have no fault. The faults of the others are texts of footprints left where they
// fell, four-way junctions, and old drawings off any grid.
//
// # Sources
//
//	[1] H. Purchase, Which aesthetic has the greatest effect on human
//	    understanding? Graph Drawing 1997.
//	[2] H. Purchase, Metrics for graph drawing aesthetics. Journal of Visual
//	    Languages and Computing 13, 2002.
//	[3] R. Tamassia, On embedding a graph in the grid with the minimum number of
//	    bends. SIAM Journal on Computing 16, 1987.
//	[4] M. Hanan, On Steiner's problem with rectilinear distance. SIAM Journal on
//	    Applied Mathematics 14, 1966.
//	[5] G. Swinkels and L. Hafer, Schematic generation with an expert system. IEEE
//	    Transactions on Computer-Aided Design 9, 1990.
//	[6] Y. Jehng, L. Chen and T. Parng, ASG: automatic schematic generator.
//	    Integration 11, 1991.
//	[7] K. Sugiyama, S. Tagawa and M. Toda, Methods for visual understanding of
//	    hierarchical system structures. IEEE Transactions on Systems, Man, and
//	    Cybernetics 11, 1981.
//
// The faults, the thresholds and the weights are this package's own choice.
package score

import (
	"cmp"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/svg"
)

// Slack is by how much, in nanometres, boxes may overlap on each side.
const Slack = 300_000

// A Weight is what a term counts in the soft score.
type Weight struct {
	Term   string
	Weight int
}

// Weights lists the terms in the order of their report. They add up to 100.
var Weights = []Weight{
	{"crossings", 18},
	{"bends", 8},
	{"length", 10},
	{"wired", 14},
	{"islands", 8},
	{"labels", 6},
	{"flow", 10},
	{"power", 10},
	{"alignment", 8},
	{"space", 4},
	{"page", 4},
}

// A Term is one property of a drawing.
type Term struct {
	Name    string
	Count   int64  // what was counted: crossings, micrometres, things that are good, ...
	Of      int64  // out of so many; 0 where that has no meaning
	Unit    string // of Count and Of, for people
	Quality int    // 0 to 1000, the best
	Weight  int    // 0 where the sheet has nothing to look at
}

// A Fault is something that nobody draws on purpose.
type Fault struct {
	Kind    string
	At      geom.Point // in sheet coordinates
	Message string
}

// A Score is how well a sheet can be read.
type Score struct {
	Sheet string // its name: "/" or "/A/B/"
	Parts int
	Total int // per thousand
	Soft  int // the weighted mean of the terms
	Clean int // the factor for faults

	Terms  []Term  // in the order of Weights, all of them
	Faults []Fault // from the top down, then from the left to the right
}

// Term returns the term of that name.
func (s *Score) Term(name string) Term {
	for _, t := range s.Terms {
		if t.Name == name {
			return t
		}
	}
	return Term{}
}

// A Report is the scores of all sheets of a schematic.
type Report struct {
	Total  int // mean of the sheets, each counted as often as it has parts
	Sheets []*Score
}

// Schematic returns the scores of the sheets of s, in their order. A drawing
// that several sheets use is scored once for each. Sheets whose file is missing
// are left out.
func Schematic(s *connect.Schematic) (*Report, error) {
	r := &Report{}
	sum, parts := 0, 0
	for _, sheet := range s.Sheets {
		if sheet.Drawing.Missing != nil {
			continue
		}
		sc, err := Sheet(s, sheet)
		if err != nil {
			return nil, err
		}
		r.Sheets = append(r.Sheets, sc)
		sum += sc.Total * sc.Parts
		parts += sc.Parts
	}
	if parts > 0 {
		r.Total = (sum + parts/2) / parts
	}
	return r, nil
}

// Sheet returns the score of one sheet. The error is that of
// [connect.Schematic.Graph].
func Sheet(s *connect.Schematic, sheet *connect.Sheet) (*Score, error) {
	g, err := s.Graph()
	if err != nil {
		return nil, err
	}
	v := newView(svg.Draw(s, sheet, svg.Options{NoFrame: true}), s, sheet, g)
	sc := &Score{Sheet: sheet.Name, Parts: v.parts}
	v.faults()
	slices.SortStableFunc(v.found, func(a, b Fault) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
	sc.Faults = v.found
	terms := v.terms()
	sum, weights := 0, 0
	for _, w := range Weights {
		t := terms[w.Term]
		t.Name = w.Term
		if t.Weight != 0 {
			t.Weight = w.Weight
		}
		sum += t.Quality * t.Weight
		weights += t.Weight
		sc.Terms = append(sc.Terms, t)
	}
	sc.Soft = 1000
	if weights > 0 {
		sc.Soft = (sum + weights/2) / weights
	}
	sc.Clean = clean(int64(max(v.parts, 1)), sc.Faults)
	sc.Total = (sc.Soft*sc.Clean + 500) / 1000
	return sc, nil
}

// clean returns the factor for the faults of a sheet of n parts.
func clean(n int64, faults []Fault) int {
	kinds := map[string]int64{}
	bad := int64(0)
	for _, f := range faults {
		if kinds[f.Kind] < (n+1)/2 {
			kinds[f.Kind]++
			bad++
		}
	}
	return quality(n, bad)
}

// quality returns n/(n+bad) per thousand.
func quality(n, bad int64) int { return share(n, n+bad) }

// share returns a/b per thousand, rounded.
func share(a, b int64) int {
	if b <= 0 {
		return 1000
	}
	return int((a*1000 + b/2) / b)
}
