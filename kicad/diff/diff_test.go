package diff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"starboard/kicad/connect"
	"starboard/kicad/diff"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

func base(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/base.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An edit replaces the first place of a text, after another one if that is not
// empty.
type edit struct{ after, old, new string }

func apply(t testing.TB, text string, edits []edit) string {
	t.Helper()
	for _, e := range edits {
		from := strings.Index(text, e.after)
		at := strings.Index(text[max(from, 0):], e.old)
		if from < 0 || at < 0 {
			t.Fatalf("no %q after %q", e.old, e.after)
		}
		at += from
		text = text[:at] + e.new + text[at+len(e.old):]
	}
	return text
}

const (
	atR1 = `(at 50.8 50.8 0)`
	atR2 = `(at 76.2 50.8 0)`
	atR3 = `(at 101.6 50.8 0)`
)

// removed takes the item that begins with a text out.
func removed(t testing.TB, text, begin string) edit {
	t.Helper()
	i := strings.Index(text, begin)
	if i < 0 {
		t.Fatalf("no %q", begin)
	}
	depth := 0
	for k := i; ; k++ {
		switch text[k] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return edit{"", text[i : k+1], ""}
			}
		}
	}
}

func TestTexts(t *testing.T) {
	text := base(t)
	for _, tt := range []struct {
		name          string
		edits         []edit
		want, reverse string
	}{
		{name: "nothing"},
		{
			name:    "value",
			edits:   []edit{{atR1, `"Value" "10k"`, `"Value" "4k7"`}},
			want:    "R1: value 10k → 4k7\n",
			reverse: "R1: value 4k7 → 10k\n",
		},
		{
			name: "fields and flags",
			edits: []edit{
				{atR1, `"MPN" "RC0402"`, `"Maker" "Y"`}, {atR1, `Resistor_SMD:R_0402`, ``}, {atR1, `(dnp no)`, `(dnp yes)`},
				{atR2, `(in_bom yes)`, `(in_bom no)`},
			},
			want:    "R1: footprint Resistor_SMD:R_0402 → (none)\nR1: DNP no → yes\nR1: field Maker (none) → Y\nR1: field MPN RC0402 → (none)\nR2: in BOM yes → no\n",
			reverse: "R1: footprint (none) → Resistor_SMD:R_0402\nR1: DNP yes → no\nR1: field MPN (none) → RC0402\nR1: field Maker Y → (none)\nR2: in BOM no → yes\n",
		},
		{
			name:    "another reference is the same part",
			edits:   []edit{{atR1, `"Reference" "R1"`, `"Reference" "R7"`}, {atR1, `(reference "R1")`, `(reference "R7")`}},
			want:    "R7: reference R1 → R7\n",
			reverse: "R1: reference R7 → R1\n",
		},
		{
			name: "swapped references are two parts",
			edits: []edit{
				{atR1, `"Reference" "R1"`, `"Reference" "R2"`}, {atR1, `(reference "R1")`, `(reference "R2")`},
				{atR2, `"Reference" "R2"`, `"Reference" "R1"`}, {atR2, `(reference "R2")`, `(reference "R1")`},
			},
			want:    "R1: reference R2 → R1\nR2: reference R1 → R2\n",
			reverse: "R1: reference R2 → R1\nR2: reference R1 → R2\n",
		},
		{
			name:    "part gone",
			edits:   []edit{removed(t, text, "(symbol (lib_id \"Device:R\") "+atR2)},
			want:    "R2: removed (22k, Device:R, sheet /)\nnet /MID: - R2.2\nnet GND: removed, - R2.1\n",
			reverse: "R2: added (22k, Device:R, sheet /)\nnet /MID: + R2.2\nnet GND: added, + R2.1\n",
		},
		{
			name:    "not on the board",
			edits:   []edit{{atR2, `(on_board yes)`, `(on_board no)`}},
			want:    "R2: on board yes → no\nnet /MID: - R2.2\nnet GND: removed, - R2.1\n",
			reverse: "R2: on board no → yes\nnet /MID: + R2.2\nnet GND: added, + R2.1\n",
		},
		{
			name:    "net has another name",
			edits:   []edit{{``, `(label "MID"`, `(label "OUT"`}},
			want:    "net /OUT: was /MID\nbase.kicad_sch: 1 label changed: OUT: MID → OUT\n",
			reverse: "net /MID: was /OUT\nbase.kicad_sch: 1 label changed: MID: OUT → MID\n",
		},
		{
			name:    "wire cut",
			edits:   []edit{removed(t, text, `(wire (pts (xy 76.2 54.61)`)},
			want:    "net /MID: - R2.2\nbase.kicad_sch: 1 wire removed\n",
			reverse: "net /MID: + R2.2\nbase.kicad_sch: 1 wire added\n",
		},
		{
			name:    "flag gone",
			edits:   []edit{removed(t, text, `(no_connect`)},
			want:    "R3.2: no-connect flag removed\nbase.kicad_sch: 1 no-connect flag removed\n",
			reverse: "R3.2: no-connect flag added\nbase.kicad_sch: 1 no-connect flag added\n",
		},
		{
			name:    "power symbol of another net",
			edits:   []edit{{`(property "Reference" "#PWR01"`, `"Value" "GND"`, `"Value" "VSS"`}},
			want:    "net VSS: was GND\nbase.kicad_sch: 1 power symbol changed: VSS: GND → VSS\n",
			reverse: "net GND: was VSS\nbase.kicad_sch: 1 power symbol changed: GND: VSS → GND\n",
		},
		{
			name:    "title block and paper",
			edits:   []edit{{``, `(rev "A")`, `(rev "B") (comment 1 "x")`}, {``, `"A4"`, `"A3" portrait`}},
			want:    "base.kicad_sch: revision A → B\nbase.kicad_sch: comment 1 (none) → x\nbase.kicad_sch: paper A4 → A3 portrait\n",
			reverse: "base.kicad_sch: revision B → A\nbase.kicad_sch: comment 1 x → (none)\nbase.kicad_sch: paper A3 portrait → A4\n",
		},
		{
			name:    "symbols and texts",
			edits:   []edit{{``, atR3, `(at 101.6 50.8 180)`}, {``, `"a note"`, `"another"`}, {``, `(at 53.34 49.53 0)`, `(at 53.34 48.26 0)`}},
			want:    "R3.1: no-connect flag added\nR3.2: no-connect flag removed\nbase.kicad_sch: 1 symbol fields moved: R1\nbase.kicad_sch: 1 symbol rotated: R3\nbase.kicad_sch: 1 text changed: another: \"a note\" → another\n",
			reverse: "R3.1: no-connect flag removed\nR3.2: no-connect flag added\nbase.kicad_sch: 1 symbol fields moved: R1\nbase.kicad_sch: 1 symbol rotated: R3\nbase.kicad_sch: 1 text changed: \"a note\": another → \"a note\"\n",
		},
		{
			name:    "sheet",
			edits:   []edit{{``, `"Sheetname" "child"`, `"Sheetname" "son"`}, {``, `(pin "P" input`, `(pin "Q" output`}, {``, `(page "2")`, `(page "5")`}, {``, `(size 20 10)`, `(size 20 12)`}},
			want:    "sheet /son/: name child → son\nsheet /son/: page 2 → 5\nsheet /son/: pin P input → (none)\nsheet /son/: pin Q (none) → output\nbase.kicad_sch: 1 sheet resized: son\n",
			reverse: "sheet /child/: name son → child\nsheet /child/: page 5 → 2\nsheet /child/: pin P (none) → input\nsheet /child/: pin Q output → (none)\nbase.kicad_sch: 1 sheet resized: child\n",
		},
		{
			name:    "sheet gone",
			edits:   []edit{removed(t, text, `(sheet (at`)},
			want:    "sheet /child/: removed (child.kicad_sch)\n",
			reverse: "sheet /child/: added (child.kicad_sch)\n",
		},
		{
			name:    "library copy drawn otherwise",
			edits:   []edit{{``, `(start -1.016 -2.54)`, `(start -1.016 -2)`}},
			want:    "Device:R: drawing or fields of the library copy changed\n",
			reverse: "Device:R: drawing or fields of the library copy changed\n",
		},
		{
			name:    "library copy with another pin",
			edits:   []edit{{`(at 0 -3.81 90)`, `(name "~")`, `(name "B")`}},
			want:    "R1.2: function (none) → B\nR2.2: function (none) → B\nR3.2: function (none) → B\nDevice:R: pins of the library copy changed\n",
			reverse: "R1.2: function B → (none)\nR2.2: function B → (none)\nR3.2: function B → (none)\nDevice:R: pins of the library copy changed\n",
		},
		{
			name:  "layout and identities of lines",
			edits: []edit{{``, "\n  (junction", "\n\n\t(junction"}, {`(junction`, `00000000000b`, `00000000001b`}, {``, `(unit 1) (in_bom`, `(unit 1) (fields_autoplaced yes) (in_bom`}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			after := apply(t, text, tt.edits)
			for _, side := range []struct{ before, after, want string }{{text, after, tt.want}, {after, text, tt.reverse}} {
				c, err := diff.Texts("base.kicad_sch", side.before, side.after)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(side.want, diff.Text(c)); diff != "" {
					t.Errorf("changes differ (-want +got):\n%s", diff)
				}
				if c.Equal != (side.want == "") {
					t.Errorf("Equal = %v, want %v", c.Equal, side.want == "")
				}
				checkJSON(t, c)
			}
		})
	}
}

var compiled = func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(diff.Schema()))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("schema.json")
}()

// checkJSON validates changes as JSON, and reads them back.
func checkJSON(t *testing.T, c *diff.Changes) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Errorf("JSON is not as the schema says: %v", err)
	}
	var back diff.Changes
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, &back); diff != "" {
		t.Errorf("JSON read back differs (-want +got):\n%s", diff)
	}
}

// The schema refuses what Changes do not have.
func TestSchemaRefuses(t *testing.T) {
	c, err := diff.Texts("base.kicad_sch", base(t), strings.Replace(base(t), `"10k"`, `"4k7"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{{`"version":1`, `"version":2`}, {`"kind":"changed"`, `"kind":"other"`}, {`"nets":[]`, `"nots":[]`}, {`"old":"10k"`, `"old":10`}} {
		bad := strings.Replace(string(text), edit[0], edit[1], 1)
		if bad == string(text) {
			t.Fatalf("no %s in %s", edit[0], text)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if compiled.Validate(doc) == nil {
			t.Errorf("with %s in place of %s it is valid, want an error", edit[1], edit[0])
		}
	}
}

var anyUUID = regexp.MustCompile(`0000-0000000000([0-9a-f]{2})`)

// A drawing whose UUIDs are all new is compared by references.
func TestOtherIdentities(t *testing.T) {
	after := anyUUID.ReplaceAllString(base(t), "0000-0000009900$1")
	after = strings.Replace(after, `"Value" "10k"`, `"Value" "4k7"`, 1)
	c, err := diff.Texts("base.kicad_sch", base(t), after)
	if err != nil {
		t.Fatal(err)
	}
	want := "sheet /child/: added (child.kicad_sch)\nsheet /child/: removed (child.kicad_sch)\nR1: value 10k → 4k7\n"
	if got := diff.Text(c); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(c.Notes) == 0 || c.Notes[0] != "3 parts have other UUIDs than before and are compared by their references" {
		t.Errorf("notes %q do not say so", c.Notes)
	}
}

func TestFiles(t *testing.T) {
	text := base(t)
	child, err := os.ReadFile("testdata/child.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a/base.kicad_sch", text)
	write("a/child.kicad_sch", string(child))
	write("a/base.kicad_pro", "{}")
	write("b/base.kicad_sch", strings.Replace(text, `"10k"`, `"4k7"`, 1))
	write("b/child.kicad_sch", strings.Replace(string(child), `"100"`, `"220"`, 1))
	write("b/base.kicad_pro", "{}")
	write("alone.kicad_sch", text)
	write("several/x.kicad_sch", text)
	write("several/y.kicad_sch", text)
	write("empty/readme", "")
	write("broken.kicad_sch", "(kicad_sch (version 1)")
	write("readme.txt", "hello")
	s, err := connect.Read(filepath.Join(dir, "a/base.kicad_sch"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Netlist()
	if err != nil {
		t.Fatal(err)
	}
	write("a.net", string(netlist.KiCad(n)))
	asJSON, err := netlist.JSON(n)
	if err != nil {
		t.Fatal(err)
	}
	write("a.json", strings.Replace(string(asJSON), `"22k"`, `"33k"`, 1))

	both := "R1: value 10k → 4k7\nR10: value 100 → 220\n"
	for _, tt := range []struct{ name, old, new, want, note, wantErr string }{
		{name: "folders", old: "a", new: "b", want: both},
		{name: "project and schematic", old: "a/base.kicad_pro", new: "b/base.kicad_sch", want: both},
		{name: "netlist and schematic", old: "a.net", new: "b", want: both},
		{name: "netlists", old: "a.net", new: "a.json", want: "R2: value 22k → 33k\n"},
		{name: "one without its sheets", old: "alone.kicad_sch", new: "b", want: "R1: value 10k → 4k7\n", note: "only the two files are compared, not their sheets: one side has no child.kicad_sch"},
		{name: "both without their sheets", old: "alone.kicad_sch", new: "alone.kicad_sch", note: "not compared are sheets of other files: /child/ (child.kicad_sch)"},
		{name: "from nothing", old: os.DevNull, new: "a/child.kicad_sch", want: "R10: added (100, Device:R, sheet /)\nnet /P: added, + R10.1\n"},
		{name: "several", old: "a", new: "several", wantErr: "several: there are several schematics in the folder, name one: x.kicad_sch, y.kicad_sch"},
		{name: "none", old: "empty", new: "a", wantErr: "empty: there is no schematic in the folder"},
		{name: "broken", old: "a", new: "broken.kicad_sch", wantErr: "broken.kicad_sch:1:23: got end of file, want ) for the ( at 1:1"},
		{name: "text", old: "readme.txt", new: "a", wantErr: "readme.txt: want a schematic, a project, or a netlist of KiCad or as JSON"},
		{name: "missing", old: "none.kicad_sch", new: "a", wantErr: "none.kicad_sch: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := func(name string) string {
				if filepath.IsAbs(name) {
					return name
				}
				return filepath.Join(dir, name)
			}
			c, err := diff.Files(in(tt.old), in(tt.new))
			if err != nil || tt.wantErr != "" {
				if got := strings.ReplaceAll(errText(err), dir+string(filepath.Separator), ""); !strings.HasSuffix(got, tt.wantErr) || tt.wantErr == "" {
					t.Fatalf("error %q, want %q", got, tt.wantErr)
				}
				return
			}
			if diff := cmp.Diff(tt.want, diff.Text(c)); diff != "" {
				t.Errorf("changes differ (-want +got):\n%s", diff)
			}
			if got := strings.Join(c.Notes, "\n"); got != tt.note {
				t.Errorf("notes %q, want %q", got, tt.note)
			}
		})
	}
	var place *sexpr.Error
	if _, err := diff.Files(filepath.Join(dir, "broken.kicad_sch"), filepath.Join(dir, "a")); !errors.As(err, &place) {
		t.Errorf("a broken file: got %T, want *sexpr.Error", err)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestPrint(t *testing.T) {
	after := apply(t, base(t), []edit{{atR1, `"Value" "10k"`, `"Value" "4k7"`}, {atR1, `"MPN" "RC0402"`, `"MPN" "X"`}, removed(t, base(t), "(symbol (lib_id \"Device:R\") "+atR2)})
	c, err := diff.Texts("base.kicad_sch", base(t), after)
	if err != nil {
		t.Fatal(err)
	}
	c.Notes = nil
	var plain, colored strings.Builder
	if err := diff.Print(&plain, c, false); err != nil {
		t.Fatal(err)
	}
	if err := diff.Print(&colored, c, true); err != nil {
		t.Fatal(err)
	}
	want := `--- base.kicad_sch
+++ base.kicad_sch
parts
  ~ R1  value 10k → 4k7
        field MPN RC0402 → X
  - R2  removed (22k, Device:R, sheet /)
nets
  ~ /MID  - R2.2
  - GND   removed, - R2.1
`
	if diff := cmp.Diff(want, plain.String()); diff != "" {
		t.Errorf("differs (-want +got):\n%s", diff)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored.String(), ""); got != want || got == colored.String() {
		t.Errorf("without its colours it is %q, want %q", got, want)
	}
	// What a file says cannot take over the terminal.
	c.Parts[0].Values[0].What = "value\x1b[2J\n"
	plain.Reset()
	if err := diff.Print(&plain, c, false); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("a control character came through: %q", plain.String())
	}
}

// A demo of KiCad is equal to itself, and different after any of several edits.
func TestDemos(t *testing.T) {
	dir := kicadtest.DemoDir(t)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		root := strings.TrimSuffix(path, ".kicad_pro") + ".kicad_sch"
		if _, err := os.Stat(root); filepath.Ext(path) != ".kicad_pro" || err != nil {
			return nil
		}
		s, err := connect.Read(root)
		if err != nil {
			return err
		}
		c, err := diff.Schematics(s, s)
		if err != nil {
			return err
		}
		if !c.Equal || diff.Text(c) != "" {
			t.Errorf("%s differs from itself:\n%s", path, diff.Text(c))
		}
		n, err := s.Netlist()
		if err != nil {
			return err
		}
		if c := diff.Netlists(n, n); !c.Equal {
			t.Errorf("netlist of %s differs from itself:\n%s", path, diff.Text(c))
		}
		if len(n.Components) == 0 {
			return nil
		}
		other := *n
		other.Components = append([]netlist.Component(nil), n.Components...)
		other.Components[0].Value += "x"
		if c := diff.Netlists(n, &other); len(c.Parts) != 1 || len(c.Parts[0].Values) != 1 || c.Parts[0].Values[0].What != "value" {
			t.Errorf("%s with another value: got %q, want one value", path, diff.Text(c))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
