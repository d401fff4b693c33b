package rule

import (
	"errors"
	"fmt"
	"slices"
)

// A Kind says what a constraint wants of its units.
type Kind int

const (
	Together Kind = iota // close to each other, and nothing else between
	Row                  // anchors at one height
	Column               // anchors below each other
	LeftOf               // the first on the left of the second, with what belongs to it
	Above                // the first above the second
)

func (k Kind) String() string {
	return [...]string{"keep_together", "align in a row", "align in a column", "left_of", "above"}[k]
}

// A Constraint is what the default placement keeps to where it puts units
// itself.
type Constraint struct {
	Kind  Kind
	Units []Unit // two of LeftOf and Above, at least two of Row and Column
	Title string // of what stands together, "" for none
	Pos   string // of the call in the script
}

// Constrain adds a constraint. Units are of the plan's sheet, each once. It is
// an error if the constraints cannot hold all at once.
func (p *Plan) Constrain(c Constraint) error {
	for i, u := range c.Units {
		if slices.Contains(c.Units[:i], u) {
			return fmt.Errorf("%s is given twice", u)
		}
	}
	if least := 2; c.Kind != Together && len(c.Units) < least {
		return fmt.Errorf("want at least two parts, got %d", len(c.Units))
	}
	if c.Kind == Together {
		for _, other := range p.constraints {
			if other.Kind != Together {
				continue
			}
			if i := slices.IndexFunc(c.Units, func(u Unit) bool { return slices.Contains(other.Units, u) }); i >= 0 {
				return fmt.Errorf("%s is kept together with others already (%s)", c.Units[i], other.Pos)
			}
		}
	}
	for _, u := range c.Units {
		if pl, ok := p.Find(u); ok {
			if _, other := p.against(pl, []Constraint{c}); other != nil {
				return fmt.Errorf("%s cannot be: %s is at %s, and %s at %s", c.say(), pl, At(pl.At), other, At(other.At))
			}
		}
	}
	p.constraints = append(p.constraints, c)
	if err := p.cycle(c); err != nil {
		p.constraints = p.constraints[:len(p.constraints)-1]
		return err
	}
	return nil
}

// against returns the first constraint that a place breaks, and the place of
// the other unit that it is about.
func (p *Plan) against(pl Place, list []Constraint) (*Constraint, *Place) {
	for i := range list {
		c := &list[i]
		at := slices.Index(c.Units, pl.Unit)
		if at < 0 || c.Kind == Together {
			continue
		}
		for k, u := range c.Units {
			other, ok := p.Find(u)
			if k == at || !ok {
				continue
			}
			first, second := pl.box(), other.box()
			if k < at {
				first, second = second, first
			}
			holds := true
			switch c.Kind {
			case Row:
				holds = pl.At.Y == other.At.Y
			case Column:
				holds = pl.At.X == other.At.X
			case LeftOf:
				holds = first.Max.X <= second.Min.X
			case Above:
				holds = first.Max.Y <= second.Min.Y
			}
			if !holds {
				return c, &other
			}
		}
	}
	return nil, nil
}

// Constraints returns what has been said, in order.
func (p *Plan) Constraints() []Constraint { return p.constraints }

// cycle says what contradicts a new constraint: on each axis, what is at one
// coordinate is one thing, and of two things one comes first.
func (p *Plan) cycle(added Constraint) error {
	for _, axis := range []struct{ same, before Kind }{{Column, LeftOf}, {Row, Above}} {
		one := map[Unit]Unit{}
		find := func(u Unit) Unit {
			for one[u] != (Unit{}) {
				u = one[u]
			}
			return u
		}
		for _, c := range p.constraints {
			if c.Kind == axis.same {
				for _, u := range c.Units[1:] {
					if a, b := find(c.Units[0]), find(u); a != b {
						one[b] = a
					}
				}
			}
		}
		next := map[Unit][]Constraint{}
		for _, c := range p.constraints {
			if c.Kind == axis.before {
				a := find(c.Units[0])
				next[a] = append(next[a], c)
			}
		}
		for _, c := range p.constraints {
			if c.Kind != axis.before {
				continue
			}
			// Is there a way from the second back to the first?
			from, to := find(c.Units[1]), find(c.Units[0])
			seen := map[Unit]bool{from: true}
			pending := []Unit{from}
			for len(pending) > 0 {
				u := pending[0]
				pending = pending[1:]
				if u == to {
					return contradiction(c, added, p.constraints)
				}
				for _, d := range next[u] {
					if v := find(d.Units[1]); !seen[v] {
						seen[v] = true
						pending = append(pending, v)
					}
				}
			}
		}
	}
	return nil
}

func contradiction(c, added Constraint, all []Constraint) error {
	for _, other := range all {
		if other.Pos != added.Pos && slices.ContainsFunc(other.Units, func(u Unit) bool { return slices.Contains(added.Units, u) }) && (other.Kind == added.Kind || other.Kind == c.Kind) {
			return fmt.Errorf("%s contradicts what was said before: %s (%s)", added.say(), other.say(), other.Pos)
		}
	}
	return errors.New(added.say() + " contradicts what was said before")
}

// String says what the constraint wants, and where that was said.
func (c Constraint) String() string {
	if c.Pos == "" {
		return c.say()
	}
	return c.say() + " (" + c.Pos + ")"
}

// say puts a constraint into words.
func (c Constraint) say() string {
	switch c.Kind {
	case LeftOf:
		return fmt.Sprintf("%s left of %s", c.Units[0], c.Units[1])
	case Above:
		return fmt.Sprintf("%s above %s", c.Units[0], c.Units[1])
	case Row:
		return fmt.Sprintf("%s in a row with %s", c.Units[0], c.Units[len(c.Units)-1])
	case Column:
		return fmt.Sprintf("%s in a column with %s", c.Units[0], c.Units[len(c.Units)-1])
	}
	return "to keep parts together"
}
