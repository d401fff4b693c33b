package connect_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
)

// The libraries of a netlist are those that KiCad finds in the tables of the
// project and the user.
func TestLibrariesOfUser(t *testing.T) {
	kicadtest.Require(t)
	row := func(uri string) string {
		return `(sym_lib_table (version 7) (lib (name "T") (type "KiCad") (uri "` + uri + `") (options "") (descr "")))`
	}
	dir := t.TempDir() // one for all, for KiCad takes a second to set up a new one
	const common = "config/9.0/kicad_common.json"
	const global = "config/9.0/sym-lib-table"
	for _, tt := range []struct {
		name  string
		files map[string]string
		env   map[string]string
	}{
		{name: "none"},
		{name: "of the user", files: map[string]string{global: row("/somewhere/T.kicad_sym")}},
		{name: "of the project first", files: map[string]string{global: row("/somewhere/T.kicad_sym"), "p/sym-lib-table": row("${KIPRJMOD}/T.kicad_sym")}},
		{name: "relative to the project", files: map[string]string{global: row("${KIPRJMOD}/../T.kicad_sym")}},
		{name: "KiCad's own", files: map[string]string{global: row("${KICAD9_SYMBOL_DIR}/T.kicad_sym")}},
		{name: "a variable of the user", files: map[string]string{global: row("${MINE}/T.kicad_sym"), common: `{"environment": {"vars": {"MINE": "/mine"}}}`}},
		{name: "in the table of the project", files: map[string]string{"p/sym-lib-table": row("${MINE}/T.kicad_sym"), common: `{"environment": {"vars": {"MINE": "/mine"}}}`}},
		{name: "a variable of the environment", files: map[string]string{global: row("${MINE}/T.kicad_sym"), common: `{"environment": {"vars": {"MINE": "/mine"}}}`}, env: map[string]string{"MINE": "/now"}},
		{name: "an unknown variable", files: map[string]string{global: row("${NOBODYS}/T.kicad_sym")}},
		{name: "a package", files: map[string]string{global: row("${KICAD9_3RD_PARTY}/T.kicad_sym"), "data/kicad/9.0/3rdparty/T.kicad_sym": ""}},
		{name: "a package that is gone", files: map[string]string{global: row("${KICAD9_3RD_PARTY}/T.kicad_sym")}},
		{name: "switched off", files: map[string]string{global: `(sym_lib_table (version 7) (lib (name "T") (type "KiCad") (uri "/x") (options "") (descr "") (disabled)))`}},
		{name: "broken", files: map[string]string{global: "(sym_lib_table (lib (name"}},
		{name: "broken settings", files: map[string]string{global: row("${MINE}/T.kicad_sym"), common: "{"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{global, common, "p/sym-lib-table", "data"} {
				if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					t.Fatal(err)
				}
			}
			write := func(name, text string) {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			write("p/p.kicad_pro", "{}")
			write("p/p.kicad_sch", onePart)
			for name, text := range tt.files {
				write(name, text)
			}
			env := map[string]string{"HOME": dir, "KICAD_CONFIG_HOME": filepath.Join(dir, "config"), "XDG_DATA_HOME": filepath.Join(dir, "data"), "KICAD_DOCUMENTS_HOME": "", "MINE": ""}
			for name, value := range tt.env {
				env[name] = value
			}
			var list []string
			for name, value := range env {
				t.Setenv(name, value)
				if value != "" {
					list = append(list, name+"="+value)
				}
			}
			s, err := connect.Read(filepath.Join(dir, "p", "p.kicad_sch"))
			if err != nil {
				t.Fatal(err)
			}
			connect.CurrentUser().AddLibraries(s.Project)
			got, err := s.Netlist()
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, "p.net")
			r := kicadtest.RunWith(t, list, "sch", "export", "netlist", "-o", out, filepath.Join(dir, "p", "p.kicad_sch"))
			text, err := os.ReadFile(out)
			if err != nil {
				t.Fatalf("kicad-cli: %s%s%v", r.Stdout, r.Stderr, err)
			}
			want, err := netlist.Parse(out, string(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Libraries, got.Libraries); diff != "" {
				t.Errorf("libraries differ (-kicad-cli +got):\n%s", diff)
			}
		})
	}
}

// onePart is a schematic with one part, of the library T.
const onePart = `(kicad_sch (version 20250114) (generator "test") (uuid "00000000-0000-4000-8000-000000000001") (paper "A4")
(lib_symbols (symbol "T:X" (in_bom yes) (on_board yes)
	(property "Reference" "U" (at 0 0 0) (effects (font (size 1.27 1.27)))) (property "Value" "X" (at 0 0 0) (effects (font (size 1.27 1.27))))
	(symbol "X_1_1" (pin passive line (at 0 0 0) (length 2.54) (name "A" (effects (font (size 1.27 1.27)))) (number "1" (effects (font (size 1.27 1.27))))))))
(symbol (lib_id "T:X") (at 50.8 50.8 0) (unit 1) (in_bom yes) (on_board yes) (uuid "00000000-0000-4000-8000-000000000002")
	(property "Reference" "U1" (at 50.8 50.8 0) (effects (font (size 1.27 1.27)))) (property "Value" "X" (at 50.8 50.8 0) (effects (font (size 1.27 1.27)))))
)
`
