package connect

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"sync"
	"unsafe"

	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

// ReadNetlist returns the netlist of the schematic that [Read] reads.
//
// It is for those who want nothing but the netlist: most of the memory of a
// [Schematic] is the texts of its files, and much of the time that reading
// takes goes into memory that has never been used. ReadNetlist reads one file
// after another into the same memory and keeps of each what nets and parts
// need. Unless nil, the user says what libraries there are besides the
// project's.
func ReadNetlist(rootFile string, user *User) (*netlist.Netlist, error) {
	s, err := newReader(rootFile, disk, true).schematic()
	var mistake *sexpr.Error
	if errors.As(err, &mistake) && mistake.Line == 0 {
		// It was found after the text that its message should point to had gone.
		s, err = Read(rootFile)
	}
	if err != nil {
		return nil, err
	}
	if user != nil {
		user.AddLibraries(s.Project)
	}
	return s.Netlist()
}

// A workspace is what reading a file takes and its drawing does not keep.
type workspace struct {
	text  []byte
	tree  sexpr.Reader
	texts texts
}

// load reads and parses one file.
func (w *workspace) load(r *reader, l *loading, abs, shown string) {
	text, err := w.read(r.source, abs)
	if err != nil {
		l.err = err
		return
	}
	l.size = len(text)
	if w.texts.have == nil {
		w.texts.have = make(map[string]string, len(text)/bytesPerText)
	}
	tree, err := w.tree.Parse(shown, text)
	if err != nil {
		l.err = err
		return
	}
	l.d, l.err = parseDrawing(shown, tree, &w.texts)
}

// read returns the text of a file, which is good until the next call.
func (w *workspace) read(from source, name string) (string, error) {
	f, err := from.open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	// One byte more than the file has shows its end. The next file may be larger.
	if size := int(min(info.Size(), 1<<30)) + 1; cap(w.text) < size {
		w.text = make([]byte, 0, size+size/2)
	}
	w.text = w.text[:0]
	for {
		n, err := f.Read(w.text[len(w.text):cap(w.text)])
		w.text = w.text[:len(w.text)+n]
		if err == io.EOF {
			// The text is not written to while the string is in use.
			return unsafe.String(unsafe.SliceData(w.text), len(w.text)), nil
		}
		if err != nil {
			return "", err
		}
		if len(w.text) == cap(w.text) {
			w.text = append(w.text, 0)[:len(w.text)]
		}
	}
}

// A texts has copies of texts, one of each.
type texts struct {
	have    map[string]string
	block   strings.Builder // where the copies stand one after another
	recent  [256]string     // the last ones, some of them: most texts are among these
	symbols *symbols
}

// Symbols are the library symbols of all drawings, by their texts. Each
// drawing has its own copy of what it uses, and most of these are the same.
type symbols struct {
	mu   sync.Mutex
	made map[[sha256.Size]byte]*LibSymbol
}

// librarySymbol reads one symbol of lib_symbols.
func (p *parser) librarySymbol(n sexpr.Node) *LibSymbol {
	if !p.brief() {
		return p.libSymbol(n)
	}
	all := p.texts.symbols
	key := sum(n.Source())
	all.mu.Lock()
	l := all.made[key]
	all.mu.Unlock()
	if l != nil {
		return l
	}
	l = p.libSymbol(n)
	if p.err == nil {
		all.mu.Lock()
		all.made[key] = l
		all.mu.Unlock()
	}
	return l
}

// sum is the checksum of s, which is not copied as a whole.
func sum(s string) (key [sha256.Size]byte) {
	h := sha256.New()
	var part [4 << 10]byte
	for len(s) > 0 {
		n := copy(part[:], s)
		h.Write(part[:n])
		s = s[n:]
	}
	h.Sum(key[:0])
	return key
}

// bytesPerText is about how many bytes a file has for each text that is kept.
const bytesPerText = 100

// textBlock is how many bytes of copies are made at a time.
const textBlock = 32 << 10

// keep returns a copy of s. The same text has the same copy.
func (t *texts) keep(s string) string {
	if s == "" {
		return ""
	}
	recent := &t.recent[(len(s)*7+int(s[0])*31+int(s[len(s)/2])*17+int(s[len(s)-1])*5)%len(t.recent)]
	if *recent == s {
		return *recent
	}
	c, ok := t.have[s]
	if !ok {
		c = t.copy(s)
		t.have[c] = c
	}
	*recent = c
	return c
}

// copy is keep for texts of which there are no two.
func (t *texts) copy(s string) string {
	if t.block.Cap()-t.block.Len() < len(s) {
		if len(s) > textBlock/4 {
			return strings.Clone(s)
		}
		t.block = strings.Builder{}
		t.block.Grow(textBlock)
	}
	from := t.block.Len()
	t.block.WriteString(s)
	return t.block.String()[from:]
}
