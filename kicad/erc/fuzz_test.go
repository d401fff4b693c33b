package erc_test

import (
	"bytes"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/internal/mutate"
)

// Whatever the files say, a check that can be made makes a report that can be
// written, the same each time.
func FuzzCheck(f *testing.F) {
	for _, c := range append([]rulesCase{reportCase}, rulesCases...) {
		files := c.files()
		f.Add(files["a.kicad_sch"], files["s.kicad_sch"], files["a.kicad_pro"], files["T.kicad_sym"], files["sym-lib-table"])
	}
	f.Fuzz(checkTwice)
}

// FuzzEdits is FuzzCheck with files that are s-expressions, made out of the
// project of a test.
func FuzzEdits(f *testing.F) {
	cases := append([]rulesCase{reportCase}, rulesCases...)
	for i := range cases {
		f.Add(uint8(i), []byte{4, 0, byte(i), 0, byte(i)}, []byte{}, []byte{})
	}
	f.Fuzz(func(t *testing.T, i uint8, sch, sub, lib []byte) {
		files := cases[int(i)%len(cases)].files()
		checkTwice(t, mutate.Edit(files["a.kicad_sch"], sch), mutate.Edit(files["s.kicad_sch"], sub), files["a.kicad_pro"],
			mutate.Edit(files["T.kicad_sym"], lib), files["sym-lib-table"])
	})
}

func checkTwice(t *testing.T, sch, sub, pro, lib, table string) {
	dir := fstest.MapFS{}
	for name, text := range map[string]string{"a.kicad_sch": sch, "s.kicad_sch": sub, "a.kicad_pro": pro, "T.kicad_sym": lib, "sym-lib-table": table, "fp-lib-table": table} {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var first []byte
	for range 2 {
		var r *erc.Report
		var err error
		memtest.Bound(t, len(sch)+len(sub)+len(pro)+len(lib)+len(table), func() {
			var s *connect.Schematic
			if s, err = connect.ReadFS(dir, "a.kicad_sch"); err == nil {
				r, err = erc.Check(s, erc.Options{})
			}
		})
		if err != nil {
			return
		}
		var b bytes.Buffer
		for _, write := range []func() error{func() error { return r.WriteText(&b) }, func() error { return r.WriteJSON(&b) }, func() error { return r.WriteSARIF(&b) }} {
			if err := write(); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range append(r.Findings, r.Excluded...) {
			if len(x.Items) == 0 || x.Message == "" || x.Sheet == "" || x.Severity != erc.Error && x.Severity != erc.Warning {
				t.Errorf("incomplete finding %+v", x)
			}
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Errorf("two checks differ:\n%s\n%s", first, b.Bytes())
		}
	}
}
