package circuit

import (
	"fmt"

	"starboard/kicad/symbol"
)

// Connect joins nets and pins on s and returns the net that they are on. Each
// target is a *Net or a *Pin. Pos is the place of the call, for later
// messages.
//
// Nets that are given as such become one net, named after the first that has
// a name; a power net or the net of a port keeps its own. A pin that is on a
// named net already is not moved to another one: that is an error.
func (s *Sheet) Connect(pos string, targets ...any) (*Net, error) {
	var joined *Net // by the nets that were given
	for _, t := range targets {
		n, ok := t.(*Net)
		if !ok {
			continue
		}
		n, err := s.segment(n)
		if err != nil {
			return nil, err
		}
		if joined == nil {
			joined = n
		} else if err := merge(joined, n); err != nil {
			return nil, err
		}
		joined = joined.root()
	}
	for _, t := range targets {
		pin, ok := t.(*Pin)
		if !ok {
			continue
		}
		var err error
		if joined, err = s.connectPin(pos, joined, pin); err != nil {
			return nil, err
		}
	}
	if joined == nil {
		return nil, fmt.Errorf("nothing to connect")
	}
	return joined.root(), nil
}

// connectPin puts a pin on a net of s, or on a new one if n is nil.
func (s *Sheet) connectPin(pos string, n *Net, pin *Pin) (*Net, error) {
	home := pin.Part.sheet
	st := pin.stack
	if pin.Type == symbol.NoConnect {
		return nil, fmt.Errorf("%s has the type no_connect: KiCad joins such a pin to nothing, whatever is drawn", pin)
	}
	if st.nc {
		return nil, fmt.Errorf("%s is marked as not connected%s", pin, said(st.pos))
	}
	if st.net == nil {
		if err := st.mayJoin(n); err != nil {
			return nil, err
		}
		if n == nil {
			n = s.newNet("")
		}
		local, err := home.segment(n)
		if err != nil {
			return nil, err
		}
		st.net, st.pos = local, pos
		local.pins = append(local.pins, st.pins...)
		return s.segment(local)
	}
	has, err := s.segment(st.net)
	if err != nil || n == nil || has == n.root() {
		return has, err
	}
	n = n.root()
	if has.outermost() == n.outermost() {
		return n, nil // joined already, outside of this sheet
	}
	if has.name != "" && n.name != "" {
		return nil, fmt.Errorf("%s is on net %s already%s; it cannot be on net %s too", pin, has.name, said(st.pos), n.name)
	}
	if n.name == "" {
		n, has = has, n
	}
	if err := merge(n, has); err != nil {
		return nil, err
	}
	return n.root(), nil
}

// mayJoin refuses to put a hidden power input on another net than KiCad does.
func (st *stack) mayJoin(n *Net) error {
	for _, pin := range st.pins {
		if pin.global && (n == nil || !n.IsPower() || n.Name() != pin.Name) {
			return fmt.Errorf("%s is a hidden power input, which KiCad puts on the power net %s whatever is drawn: connect it to that", pin, pin.Name)
		}
	}
	return nil
}

// NoConnect marks pins as unconnected on purpose.
func (s *Sheet) NoConnect(pos string, pins ...*Pin) error {
	for _, pin := range pins {
		if n := pin.Net(); n != nil {
			return fmt.Errorf("%s is on %s%s; it cannot be marked as not connected", pin, n, said(pin.stack.pos))
		}
		if err := pin.stack.mayJoin(nil); err != nil {
			return err
		}
		pin.stack.nc, pin.stack.pos = true, pos
	}
	return nil
}

func said(pos string) string {
	if pos == "" {
		return ""
	}
	return " (" + pos + ")"
}
