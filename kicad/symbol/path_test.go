package symbol_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/symbol"
)

// set is a set of symbols in memory: "LIB:NAME" to text.
type set map[string]string

func (s set) Symbol(lib, name string) ([]byte, bool) {
	text, ok := s[lib+":"+name]
	return []byte(text), ok
}

func (s set) Libraries() (libs []string) {
	for id := range s {
		lib, _, _ := strings.Cut(id, ":")
		libs = append(libs, lib)
	}
	slices.Sort(libs)
	return slices.Compact(libs)
}

func (s set) Names(lib string) (names []string) {
	for id := range s {
		if name, ok := strings.CutPrefix(id, lib+":"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// write makes library files of name to symbols.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("(kicad_symbol_lib (version 20241209)\n"+body+")\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func sym(name, value string) string {
	return fmt.Sprintf("(symbol %q (property \"Value\" %q))\n", name, value)
}

func TestPath(t *testing.T) {
	local := write(t, map[string]string{"Own.kicad_sym": sym("X", "local X"), "Device.kicad_sym": sym("R", "local R")})
	installed := write(t, map[string]string{
		"Device.kicad_sym":               sym("R", "R") + sym("C", "C") + sym("C_Polarized", "CP"),
		"Relay.kicad_symdir/A.kicad_sym": sym("A", "relay A"),
		"Relay.kicad_symdir/B.kicad_sym": `(symbol "B" (extends "A"))`,
		"Bad.kicad_sym":                  "(symbol \"R\" (oops))",
	})
	path := symbol.NewPath(
		symbol.Source{Kind: symbol.Local, Dir: local},
		symbol.Source{Kind: symbol.Local, Dir: filepath.Join(local, "none")},
		symbol.Source{Kind: symbol.Installed, Dir: installed},
		symbol.Source{Kind: symbol.Embedded, Set: set{
			"Device:L":  sym("L", "embedded L"),
			"Device:R":  sym("R", "embedded R"),
			"power:GND": "(kicad_symbol_lib (version 20241209)\n" + sym("GND", "GND") + ")",
		}},
	)
	for _, tt := range []struct {
		id, value string
		kind      symbol.Kind
	}{
		{"Own:X", "local X", symbol.Local}, {"Device:R", "local R", symbol.Local}, {"Device:C", "C", symbol.Installed},
		{"Relay:B", "relay A", symbol.Installed}, {"Device:L", "embedded L", symbol.Embedded}, {"power:GND", "GND", symbol.Embedded},
	} {
		s, kind, err := path.Locate(tt.id)
		if err != nil || s.Value != tt.value || kind != tt.kind || s.LibID() != tt.id {
			t.Errorf("Locate(%s) = %+v, %s, %v", tt.id, s, kind, err)
			continue
		}
		if again, err := path.FindIn(kind, tt.id); again != s || err != nil {
			t.Errorf("FindIn(%s, %s) = %p, %v, want %p", kind, tt.id, again, err, s)
		}
	}
	if s, err := path.FindIn(symbol.Embedded, "Device:R"); err != nil || s.Value != "embedded R" {
		t.Errorf("FindIn(embedded, Device:R) = %+v, %v", s, err)
	}
	for _, tt := range []struct{ id, want string }{
		{"Device:RR", "unknown symbol Device:RR: did you mean Device:R"},
		{"Device:c_polarised", "unknown symbol Device:c_polarised: did you mean Device:C_Polarized"},
		{"Device:GND", "unknown symbol Device:GND: did you mean power:GND"},
		{"Devce:R", "unknown library Devce: did you mean Device, Bad:R"},
		{"Divice:X", "unknown library Divice: did you mean Device, Own:X"},
		{"Nowhere:Nothing", "unknown library Nowhere"},
		{"GND", "got symbol GND, want Library:Name: did you mean power:GND"},
		{"Device:", "got symbol Device:, want Library:Name"},
		{"../Device:R", "unknown library ../Device: did you mean Device, Bad:R"},
		{"device:R", "unknown library device: did you mean Device, Bad:R"},
	} {
		_, err := path.Find(tt.id)
		var missing *symbol.NotFoundError
		if !errors.As(err, &missing) || err.Error() != tt.want || missing.LibID != tt.id {
			t.Errorf("Find(%s): %v, want %s", tt.id, err, tt.want)
		}
	}
	if _, err := path.Find("Bad:R"); err == nil || err.Error() != filepath.Join(installed, "Bad.kicad_sym")+
		":2:13: got (oops …), want pin, rectangle, arc, circle, polyline, bezier, text, text_box" {
		t.Errorf("Find(Bad:R): %v", err)
	}
	libs, err := path.Libraries()
	if diff := cmp.Diff([]string{"Bad", "Device", "Own", "Relay", "power"}, libs); diff != "" || err != nil {
		t.Errorf("libraries differ (-want +got):\n%s%v", diff, err)
	}
	names, err := path.Names("Device")
	if diff := cmp.Diff([]string{"R", "C", "C_Polarized", "L"}, names); diff != "" || err != nil {
		t.Errorf("names differ (-want +got):\n%s%v", diff, err)
	}
	index, err := path.Index()
	var got []string
	for _, e := range index {
		got = append(got, fmt.Sprintf("%s:%s %s %s", e.Lib, e.Name, e.Extends, e.Kind))
	}
	want := []string{
		"Bad:R  installed", "Device:R  local", "Device:C  installed", "Device:C_Polarized  installed", "Device:L  embedded",
		"Own:X  local", "Relay:A  installed", "Relay:B A installed", "power:GND  embedded",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("index differs (-want +got):\n%s%v", diff, err)
	}
}

func TestPathIsConcurrent(t *testing.T) {
	path := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: kicadtest.SymbolDir(t)})
	ids := []string{"Device:R", "Device:C", "Amplifier_Operational:LM358", "power:GND", "74xx:74HC00", "Device:L", "Device:D"}
	found := make([]*symbol.Symbol, len(ids))
	var wg sync.WaitGroup
	var mu sync.Mutex
	for n := range 4 * len(ids) {
		wg.Go(func() {
			i := n % len(ids)
			s, err := path.Find(ids[i])
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if found[i] == nil {
				found[i] = s
			}
			if found[i] != s {
				t.Errorf("%s was read twice", ids[i])
			}
		})
	}
	wg.Wait()
}

// The index of all that is installed has each symbol with what it is.
func TestIndexOfInstalled(t *testing.T) {
	path := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: kicadtest.SymbolDir(t)})
	index, err := path.Index()
	if err != nil {
		t.Fatal(err)
	}
	if len(index) < 10_000 {
		t.Errorf("%d symbols", len(index))
	}
	for i, e := range index {
		if i%997 != 0 {
			continue
		}
		s, err := path.Find(e.Lib + ":" + e.Name)
		if err != nil {
			t.Error(err)
		} else if s.Description != e.Description || strings.TrimSpace(s.Keywords) != e.Keywords || (len(s.Source()) > 1) != (e.Extends != "") {
			t.Errorf("entry %+v of %s: %q, %q", e, s.LibID(), s.Description, s.Keywords)
		}
	}
}

func TestInstalledDir(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		dirs []string
		want string
	}{
		{"nothing", nil, nil, ""},
		{"standard", nil, []string{"/usr/share/kicad/symbols", "/usr/local/share/kicad/symbols"}, "/usr/share/kicad/symbols"},
		{"local", nil, []string{"/usr/local/share/kicad/symbols"}, "/usr/local/share/kicad/symbols"},
		{"variable", map[string]string{"KICAD9_SYMBOL_DIR": "/x/"}, []string{"/x/", "/usr/share/kicad/symbols"}, "/x"},
		{"no such folder", map[string]string{"KICAD9_SYMBOL_DIR": "/nonexistent", "KICAD8_SYMBOL_DIR": "/x"}, []string{"/x", "/usr/share/kicad/symbols"}, ""},
		{"10 before 8", map[string]string{"KICAD8_SYMBOL_DIR": "/8", "KICAD10_SYMBOL_DIR": "/10"}, []string{"/8", "/10"}, "/10"},
		{"empty variable", map[string]string{"KICAD9_SYMBOL_DIR": ""}, []string{"/usr/share/kicad/symbols"}, "/usr/share/kicad/symbols"},
	} {
		lookup := func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }
		isDir := func(dir string) bool { return slices.Contains(tt.dirs, dir) }
		standard := symbol.StandardDirs("linux", "/home/u", func(string) string { return "" })
		if got := symbol.InstalledDirOf(lookup, standard, isDir); got != filepath.FromSlash(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	env := func(name string) string { return map[string]string{"ProgramFiles": `D:\Programs`}[name] }
	if got := symbol.StandardDirs("windows", "", env)[0]; got != `D:\Programs\KiCad\9.0\share\kicad\symbols` {
		t.Errorf("first on Windows: %s", got)
	}
	if got := symbol.StandardDirs("darwin", "/Users/u", env)[0]; got != "/Applications/KiCad/KiCad.app/Contents/SharedSupport/symbols" {
		t.Errorf("first on macOS: %s", got)
	}
	if runtime.GOOS == "linux" {
		t.Setenv("KICAD9_SYMBOL_DIR", "/nonexistent")
		if got := symbol.InstalledDir(); got != "" {
			t.Errorf("InstalledDir with KICAD9_SYMBOL_DIR=/nonexistent: %q", got)
		}
	}
}
