package layout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"starboard/kicad/geom"
)

// Stages of one kind that share a connector or a symbol, such as the channels of an
// output board, are drawn alike: each in a block of its own, without what they share,
// and below each other in its order. Wires lead from there to all of them.

// A repeat is a group of alike units.
type repeat struct {
	members []*unit
	hubs    []*unit // what they share, each by nets of its own
}

// findRepeats finds the groups of alike units.
func (b *builder) findRepeats() {
	if b.planned() {
		return
	}
	of := map[string][]*unit{}
	var order []string
	for _, u := range b.units {
		if u.chain != nil || isConnector(u) || u.fixed || u.alone || len(u.terms) < 3 || len(u.terms) > mostRepeated {
			continue
		}
		k := b.kindOf(u)
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], u)
	}
	for _, k := range order {
		if list := of[k]; len(list) > 1 && b.twin(list[0]) == nil {
			if hubs := b.hubsOf(list); len(hubs) > 0 {
				r := &repeat{list, hubs}
				b.repeats = append(b.repeats, r)
				for _, u := range list {
					u.repeat = r
				}
				for _, u := range hubs {
					u.hubOf = append(u.hubOf, r)
				}
			}
		}
	}
}

// mostRepeated is how many pins a unit has of which there are several alike at most.
const mostRepeated = 16

// kindOf describes a unit and what is on its nets.
func (b *builder) kindOf(u *unit) string {
	text := fmt.Sprintf("%p", u.part.Symbol)
	for _, t := range u.terms {
		text += "|" + t.Side.String()
		switch {
		case t.net == nil:
		case t.net.power:
			text += t.net.Name()
		default:
			var list []string
			for _, c := range t.net.chains {
				end := "~"
				if o := c.other(t.net); o.power {
					end = o.Name()
				}
				for _, l := range c.from(t.net) {
					end = l.u.part.Symbol.Name + ">" + end
				}
				list = append(list, end)
			}
			for _, r := range t.net.terms {
				if r.u.chain == nil && r.u != u {
					list = append(list, r.u.part.Symbol.Name)
				}
			}
			slices.Sort(list)
			text += strings.Join(list, ",")
		}
	}
	return text
}

// reachOf returns the nets of a unit and those that chains lead to from them.
func reachOf(u *unit) []*net {
	var list []*net
	for _, t := range u.terms {
		if t.net == nil || t.net.power {
			continue
		}
		list = append(list, t.net)
		for _, c := range t.net.chains {
			if o := c.other(t.net); !o.power {
				list = append(list, o)
			}
		}
	}
	return list
}

// hubsOf returns the units that are on nets of each of some alike units which the
// others are not on.
func (b *builder) hubsOf(list []*unit) []*unit {
	users := map[*net]int{}
	for _, u := range list {
		seen := map[*net]bool{}
		for _, n := range reachOf(u) {
			if !seen[n] {
				seen[n] = true
				users[n]++
			}
		}
	}
	var hubs []*unit
	count := map[*unit]int{}
	for _, u := range list {
		seen := map[*unit]bool{}
		for _, n := range reachOf(u) {
			if users[n] > 1 {
				continue
			}
			for _, r := range n.terms {
				if r.u.chain == nil && !seen[r.u] && !slices.Contains(list, r.u) {
					seen[r.u] = true
					count[r.u]++
					if count[r.u] == len(list) {
						hubs = append(hubs, r.u)
					}
				}
			}
		}
	}
	return hubs
}

// keepsOut reports whether a unit is to stand elsewhere than what is in the block: it
// is shared by stages of which one is there, or a stage that shares one.
func (bl *block) keepsOut(u *unit) bool {
	if u.repeat == nil && len(u.hubOf) == 0 {
		return false
	}
	return slices.ContainsFunc(bl.sk.units, func(v standing) bool {
		return v.u != u && (u.repeat != nil && (v.u.repeat == u.repeat || slices.Contains(v.u.hubOf, u.repeat)) || v.u.repeat != nil && slices.Contains(u.hubOf, v.u.repeat))
	})
}

// stackRepeats puts the blocks of alike units below each other, in the order of what
// they share.
func (b *builder) stackRepeats() {
	for _, r := range b.repeats {
		var list []*block
		for _, u := range r.members {
			k := slices.IndexFunc(b.blocks, func(bl *block) bool { return len(bl.sk.units) > 0 && bl.sk.units[0].u == u })
			if k >= 0 {
				list = append(list, b.blocks[k])
			}
		}
		slices.SortStableFunc(list, func(x, y *block) int {
			return cmp.Compare(r.place(x.sk.units[0].u), r.place(y.sk.units[0].u))
		})
		var reach geom.Box
		for _, bl := range list {
			reach = reach.Union(bl.sk.Bounds().Add(geom.Point{}.Sub(bl.sk.units[0].at)))
		}
		pitch := geom.SnapUp(reach.Height() + riverGap*geom.Grid)
		most := max(1, int(dockHeight*geom.Grid/pitch))
		for column := range slices.Chunk(list, most) {
			first := column[0]
			first.stages = true
			from := first.sk.units[0].at
			for i, bl := range column[1:] {
				b.absorb(first, bl, from.Add(geom.Point{Y: int64(i+1) * pitch}).Sub(bl.sk.units[0].at))
			}
		}
	}
}

// place returns where a unit is on the first of what it shares with others.
func (r *repeat) place(u *unit) int64 {
	for _, n := range reachOf(u) {
		for _, t := range n.terms {
			if t.u == r.hubs[0] {
				p := t.u.terms[t.i].At
				return p.Y + p.X
			}
		}
	}
	return 0
}
