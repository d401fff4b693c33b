package connect

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"starboard/kicad/sexpr"
)

// A source is where files come from: the disk, or a file system in memory.
type source struct {
	open func(name string) (fs.File, error)
	stat func(name string) (fs.FileInfo, error)
	abs  func(name string) string // one spelling for one file
	env  func(name string) string
}

// Read reads a root schematic and all that belongs to it: the files of its
// child sheets, and where they are present the .kicad_pro of the same name
// and the sym-lib-table beside it.
//
// A mistake in the text of a file is an error with file, line and column, of
// type *[sexpr.Error]. A child sheet whose file is missing is no error, as in
// KiCad: its Drawing says so. A sheet that contains itself is an error.
func Read(rootFile string) (*Schematic, error) { return newReader(rootFile, disk, false).schematic() }

// disk is where the files of [Read] are.
var disk = source{
	open: func(name string) (fs.File, error) { return os.Open(name) },
	stat: os.Stat,
	abs: func(name string) string {
		if a, err := filepath.Abs(name); err == nil {
			return a
		}
		return filepath.Clean(name)
	},
	env: os.Getenv,
}

// ReadFS reads like [Read] from a file system, such as a project that has
// not been written to disk. It takes no notice of the environment.
func ReadFS(files fs.FS, rootFile string) (*Schematic, error) {
	return newReader(rootFile, in(files), false).schematic()
}

// in is a source of files in a file system.
func in(files fs.FS) source {
	return source{
		open: files.Open,
		stat: func(name string) (fs.FileInfo, error) { return fs.Stat(files, name) },
		abs:  path.Clean,
		env:  func(string) string { return "" },
	}
}

// newReader returns a reader of a root schematic. A brief one makes drawings
// that are good for their netlist alone, and keep neither texts nor trees.
func newReader(rootFile string, from source, brief bool) *reader {
	r := &reader{
		source: from, s: &Schematic{File: rootFile}, byName: map[string]*Drawing{},
		ahead: map[string]*loading{}, slots: make(chan *workspace, runtime.GOMAXPROCS(0)),
	}
	shared := &symbols{made: map[[sha256.Size]byte]*LibSymbol{}}
	for range cap(r.slots) {
		if brief {
			r.slots <- &workspace{texts: texts{symbols: shared}}
		} else {
			r.slots <- nil
		}
	}
	return r
}

// schematic reads all that belongs to the root.
func (r *reader) schematic() (*Schematic, error) {
	defer r.running.Wait()
	root := r.abs(r.s.File)
	project, err := r.project(root)
	if err != nil {
		return nil, err
	}
	r.s.Project = project
	d, err := r.drawing(root, r.s.File)
	if err != nil {
		return nil, err
	}
	if err := r.hierarchy(d); err != nil {
		return nil, err
	}
	r.paginate()
	r.s.size = r.bytes
	if err := r.s.prepare(); err != nil {
		return nil, err
	}
	return r.s, nil
}

// read reads a file without a second copy of its text.
func (from source) read(name string) (string, error) {
	f, err := from.open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil && info.Size() < 1<<30 {
		b.Grow(int(info.Size()))
	}
	_, err = io.CopyBuffer(&b, justReader{f}, make([]byte, 32<<10))
	return b.String(), err
}

// A justReader hides how else a file can be copied, for that takes more memory.
type justReader struct{ io.Reader }

type reader struct {
	source
	s      *Schematic
	byName map[string]*Drawing // by absolute name
	ahead  map[string]*loading // files that are being read ahead of their use
	bytes  int                 // size of all drawings

	// Who reads a file takes a slot, and reads in the workspace that it finds
	// there; where it is nil, the drawing keeps the text.
	running sync.WaitGroup
	slots   chan *workspace
}

// A loading is a file on its way to a drawing.
type loading struct {
	done chan struct{}
	size int
	d    *Drawing
	err  error
}

// load reads and parses one file.
func (r *reader) load(l *loading, abs, shown string) {
	defer close(l.done)
	w := <-r.slots
	defer func() { r.slots <- w }()
	if w != nil {
		w.load(r, l, abs, shown)
		return
	}
	text, err := r.read(abs)
	if err != nil {
		l.err = err
		return
	}
	l.size = len(text)
	tree, err := sexpr.Parse(shown, text)
	if err != nil {
		l.err = err
		return
	}
	l.d, l.err = parseDrawing(shown, tree, nil)
}

// drawing returns the content of a file, which it reads once.
func (r *reader) drawing(abs, shown string) (*Drawing, error) {
	if d, ok := r.byName[abs]; ok {
		return d, nil
	}
	l := r.ahead[abs]
	if l == nil {
		l = &loading{done: make(chan struct{})}
		r.load(l, abs, shown)
	}
	<-l.done
	if l.err != nil {
		return nil, l.err
	}
	r.bytes += l.size
	r.byName[abs] = l.d
	r.s.Drawings = append(r.s.Drawings, l.d)
	return l.d, nil
}

// Each use of a sheet takes an entry in the instances of its symbols, about
// 100 bytes; files that ask for more uses than their size explains are
// hostile: a chain of n files that each name the next twice is 2^n sheets.
const (
	freeSheets    = 256
	bytesPerSheet = 64
	maxDepth      = 100
)

// hierarchy makes the sheets, depth first in the order of the files.
func (r *reader) hierarchy(root *Drawing) error {
	s := r.s
	rootPath := "/" + root.UUID
	s.Root = &Sheet{Drawing: root, Name: "/", UUIDs: "/", Path: rootPath}
	for _, in := range root.sheetInstances {
		if in.path == "/" {
			s.Root.Page = in.page
		}
	}
	stack := []*Sheet{s.Root}
	for len(stack) > 0 {
		sh := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		sh.Index = len(s.Sheets)
		s.Sheets = append(s.Sheets, sh)
		r.readAhead(sh)
		for _, sym := range sh.Drawing.Sheets {
			child, err := r.child(sh, sym)
			if err != nil {
				return err
			}
			sh.Children = append(sh.Children, child)
		}
		if n := len(s.Sheets) + len(stack) + len(sh.Children); n > freeSheets+r.bytes/bytesPerSheet {
			return fmt.Errorf("%s: got more than %d sheets, which is more than files of %d bytes can use", s.File, n-1, r.bytes)
		}
		for _, c := range slices.Backward(sh.Children) {
			stack = append(stack, c)
		}
	}
	return nil
}

// child makes the sheet that a sheet symbol stands for.
func (r *reader) child(parent *Sheet, sym *SheetSymbol) (*Sheet, error) {
	if parent.Depth == maxDepth {
		return nil, sym.node.Errorf("sheet %q is deeper than %d levels", sym.Name, maxDepth)
	}
	name := r.s.expandSheetField(parent, sym, sym.Name)
	c := &Sheet{
		Symbol: sym, Parent: parent, Depth: parent.Depth + 1,
		Name:  parent.Name + name + "/",
		UUIDs: parent.UUIDs + sym.UUID + "/",
		Path:  parent.Path + "/" + sym.UUID,
	}
	for _, in := range sym.pages {
		if in.path == parent.Path {
			c.Page = in.page
			break
		}
	}
	if c.Page == "" { // before KiCad 7, or of a project that has moved
		for _, in := range r.s.Root.Drawing.sheetInstances {
			if in.path+"/" == c.UUIDs {
				c.Page = in.page
			}
		}
	}
	abs, shown := r.fileOf(parent, sym)
	if d := r.byName[abs]; d != nil {
		for up := parent; up != nil; up = up.Parent {
			if up.Drawing == d {
				return nil, sym.node.Errorf("sheet %q contains itself: %s", sym.Name, sym.File)
			}
		}
	}
	d, err := r.drawing(abs, shown)
	if notThere(err) {
		d = &Drawing{File: shown, Missing: err, Library: map[string]*LibSymbol{}}
		err = nil
	}
	c.Drawing = d
	return c, err
}

// fileOf returns the name of the file of a sheet symbol, which is relative to
// that of its parent.
func (r *reader) fileOf(parent *Sheet, sym *SheetSymbol) (abs, shown string) {
	shown = filepath.FromSlash(strings.ReplaceAll(r.s.expandSheetField(parent, sym, sym.File), "\\", "/"))
	if !filepath.IsAbs(shown) {
		shown = filepath.Join(filepath.Dir(parent.Drawing.File), shown)
	}
	return r.abs(shown), shown
}

// readAhead starts to read the files of the children of a sheet, several at a
// time. What they hold is used in the order of the hierarchy all the same.
func (r *reader) readAhead(sh *Sheet) {
	for _, sym := range sh.Drawing.Sheets {
		abs, shown := r.fileOf(sh, sym)
		if r.byName[abs] != nil || r.ahead[abs] != nil {
			continue
		}
		l := &loading{done: make(chan struct{})}
		r.ahead[abs] = l
		r.running.Go(func() { r.load(l, abs, shown) })
	}
}

// notThere reports whether the error is of the file and not of its text.
func notThere(err error) bool {
	var text *sexpr.Error
	return err != nil && !errors.As(err, &text)
}

// paginate puts the sheets in the order of their page numbers.
func (r *reader) paginate() {
	slices.SortStableFunc(r.s.Sheets, func(a, b *Sheet) int { return comparePages(a.Page, b.Page) })
	for i, sh := range r.s.Sheets {
		sh.Index = i
	}
}

// comparePages orders numbers by value, before all other texts.
func comparePages(a, b string) int {
	i, errA := strconv.Atoi(a)
	j, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return i - j
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}
