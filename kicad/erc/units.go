package erc

import (
	"fmt"

	"starboard/kicad/connect"
)

// checkUnits applies the rules for parts of several units.
func (c *checker) checkUnits() {
	units := map[string][]*connect.Part{}
	var refs []string
	for _, sh := range c.s.Sheets {
		for _, p := range sh.Parts {
			if p.Symbol.Lib == nil || p.Symbol.Lib.Units < 2 || p.Power() != connect.NoPower {
				continue
			}
			if units[p.Ref] == nil {
				refs = append(refs, p.Ref)
			}
			units[p.Ref] = append(units[p.Ref], p)
		}
	}
	for _, ref := range refs {
		c.checkUnitFootprints(units[ref])
		c.checkMissingUnits(ref, units[ref])
	}
}

func (c *checker) footprint(p *connect.Part) string {
	return c.s.Text(p, p.Symbol.Fields[2])
}

// checkUnitFootprints finds units with a footprint of their own.
func (c *checker) checkUnitFootprints(units []*connect.Part) {
	if !c.on(differentUnitFP) {
		return
	}
	var first *connect.Part
	for _, p := range units {
		fp := c.footprint(p)
		if fp == "" {
			continue
		}
		if first == nil {
			first = p
		} else if fp != c.footprint(first) {
			c.add(differentUnitFP, p.Symbol.At,
				fmt.Sprintf("%s has footprint %s, %s has %s", c.s.RefWithUnit(first), c.footprint(first), c.s.RefWithUnit(p), fp),
				c.partItem(first), c.partItem(p))
		}
	}
}

// checkMissingUnits finds parts of which not all units are placed.
func (c *checker) checkMissingUnits(ref string, units []*connect.Part) {
	base := units[0]
	lib := base.Symbol.Lib
	if len(units) == lib.Units {
		return
	}
	placed := map[int]bool{}
	for _, p := range units {
		placed[p.Unit] = true
	}
	missing := map[*Rule][]string{}
	for unit := 1; unit <= lib.Units; unit++ {
		if placed[unit] {
			continue
		}
		name := c.s.Project.UnitName(unit)
		missing[missingUnit] = append(missing[missingUnit], name)
		var power, in, bidi bool
		for _, p := range lib.Pins {
			if p.Unit != 0 && p.Unit != unit {
				continue
			}
			power = power || p.Type == typeNames[powerIn]
			in = in || p.Type == typeNames[input]
			bidi = bidi || p.Type == typeNames[bidirectional]
		}
		if power {
			missing[missingPowerPin] = append(missing[missingPowerPin], name)
		}
		if in {
			missing[missingInputPin] = append(missing[missingInputPin], name)
		}
		if bidi {
			missing[missingBidiPin] = append(missing[missingBidiPin], name)
		}
	}
	for _, m := range []struct {
		rule *Rule
		what string
	}{
		{missingUnit, "%s: %s not placed"},
		{missingPowerPin, "%s: %s not placed, with supply pins"},
		{missingInputPin, "%s: %s not placed, with inputs"},
		{missingBidiPin, "%s: %s not placed, with bidirectional pins"},
	} {
		names := missing[m.rule]
		if len(names) == 0 || !c.on(m.rule) {
			continue
		}
		list := "unit " + names[0] + " is"
		if len(names) > 1 {
			list = "units " + quoted(names) + " are"
		}
		f := c.add(m.rule, base.Symbol.At, fmt.Sprintf(m.what, ref, list), c.partItem(base))
		f.onSheet(base.Sheet)
		for _, p := range units[1:] {
			f.alike[0] = append(f.alike[0], alike{Item: c.partItem(p), mark: true})
		}
	}
}
