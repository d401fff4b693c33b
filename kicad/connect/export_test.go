package connect

import (
	"io/fs"

	"starboard/kicad/netlist"
)

// ReadNetlistFS reads like [ReadNetlist] from a file system. Before it makes
// the netlist, it overwrites the memory that the files were read into, so
// that a text that was not copied shows. Mistakes that need a second reading
// it reports as they are.
func ReadNetlistFS(files fs.FS, rootFile string) (*netlist.Netlist, error) {
	r := newReader(rootFile, in(files), true)
	s, err := r.schematic()
	if err != nil {
		return nil, err
	}
	for range cap(r.slots) {
		w := <-r.slots
		clear(w.text[:cap(w.text)])
	}
	return s.Netlist()
}
