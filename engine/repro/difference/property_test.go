package difference_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"starboard/engine/repro/difference"
)

// A row of a random document: what each format writes of a part.
type row struct{ ref, value, id, x, y string }

var words = []string{"power", "input", "filter", "output", "analog", "reset", "clock", "sensor", "driver", "bridge"}

func rows(t *rapid.T) []row {
	n := rapid.IntRange(4, 30).Draw(t, "rows")
	all := make([]row, n)
	for i := range all {
		all[i] = row{
			ref:   fmt.Sprintf("R%d", i+1),
			value: fmt.Sprintf("%s-%s%d", rapid.SampledFrom(words).Draw(t, "value"), rapid.SampledFrom(words).Draw(t, "value"), i),
			id:    uuidOf(t, '5'),
			x:     fmt.Sprintf("%.2f", 1.27*float64(rapid.IntRange(0, 200).Draw(t, "x"))),
			y:     fmt.Sprintf("%.2f", 1.27*float64(i)),
		}
	}
	return all
}

func uuidOf(t *rapid.T, version byte) string {
	b := []byte(rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`).Draw(t, "uuid"))
	b[14] = version
	return string(b)
}

// formats write rows. At says what names a row in the place of a difference.
var formats = map[string]struct {
	write func(all []row) []byte
	at    func(r row, i int) string
}{
	"s-expression": {func(all []row) []byte {
		var b bytes.Buffer
		b.WriteString("(kicad_sch\n\t(version 20250114)\n")
		for _, r := range all {
			fmt.Fprintf(&b, "\t(symbol\n\t\t(at %s %s 0)\n\t\t(uuid %q)\n\t\t(property \"Reference\" %q)\n\t\t(property \"Value\" %q)\n\t)\n", r.x, r.y, r.id, r.ref, r.value)
		}
		b.WriteString(")\n")
		return b.Bytes()
	}, func(r row, _ int) string { return "symbol " + r.ref }},
	"JSON": {func(all []row) []byte {
		var parts []any
		for _, r := range all {
			parts = append(parts, map[string]any{"ref": r.ref, "value": r.value, "id": r.id, "x": json.Number(r.x), "y": json.Number(r.y)})
		}
		b, _ := json.MarshalIndent(map[string]any{"parts": parts}, "", " ")
		return append(b, '\n')
	}, func(r row, _ int) string { return "(" + r.ref + ")" }},
	"XML": {func(all []row) []byte {
		var b bytes.Buffer
		b.WriteString("<?xml version=\"1.0\"?>\n<parts>\n")
		for _, r := range all {
			fmt.Fprintf(&b, " <part ref=%q x=%q y=%q><value>%s</value><id>%s</id></part>\n", r.ref, r.x, r.y, r.value, r.id)
		}
		b.WriteString("</parts>\n")
		return b.Bytes()
	}, func(r row, _ int) string { return fmt.Sprintf("part %q", r.ref) }},
	"CSV": {func(all []row) []byte {
		b := []byte("Ref,Value,Id,PosX,PosY\n")
		for _, r := range all {
			b = append(b, strings.Join([]string{r.ref, r.value, r.id, r.x, r.y}, ",")+"\n"...)
		}
		return b
	}, func(r row, _ int) string { return "(" + r.ref + ")" }},
	"text": {func(all []row) []byte {
		var b []byte
		for _, r := range all {
			b = append(b, fmt.Sprintf("part %s is %s id %s at x %s y %s\n", r.ref, r.value, r.id, r.x, r.y)...)
		}
		return b
	}, func(_ row, i int) string { return fmt.Sprintf("line %d", i+1) }},
}

// One change of a known kind, anywhere in a random document of any format, is
// one difference of that kind at that place.
func TestInjected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"s-expression", "JSON", "XML", "CSV", "text"}).Draw(t, "format")
		f := formats[name]
		all := rows(t)
		other := slices.Clone(all)
		i := rapid.IntRange(0, len(all)-1).Draw(t, "at")
		r := &other[i]
		place := f.at(all[i], i)
		want := rapid.SampledFrom([]difference.Kind{difference.UUID, difference.Time, difference.User, difference.Path, difference.Position,
			difference.Float, difference.MissingItem, difference.Order, difference.Content}).Draw(t, "kind")
		switch want {
		case difference.UUID:
			all[i].id, r.id = uuidOf(t, '4'), uuidOf(t, '4')
			if all[i].id == r.id {
				t.Skip("the same UUID twice")
			}
		case difference.Time:
			all[i].value, r.value = "made 2026-11-23 09:33:01", "made 2026-11-23 19:33:02"
		case difference.User:
			all[i].value, r.value = "by ada", "by grace"
		case difference.Path:
			all[i].value, r.value = "in "+factA.Dir+"/x", "in "+factB.Dir+"/x"
		case difference.Position:
			all[i].x, r.x = "10.16", "12.7"
		case difference.Float:
			all[i].x, r.x = "76.2", "76.19999999999999"
		case difference.MissingItem:
			other = slices.Delete(other, i, i+1)
		case difference.Order:
			j := rapid.IntRange(0, len(all)-1).Draw(t, "to")
			if i == j {
				t.Skip("nothing moves")
			}
			other = slices.Delete(other, i, i+1)
			other = slices.Insert(other, j, all[i])
			place = ""
		case difference.Content:
			all[i].value, r.value = "regulator", "oscillator"
		}
		a := difference.Side{Files: map[string][]byte{"f": f.write(all)}, Facts: factA}
		b := difference.Side{Files: map[string][]byte{"f": f.write(other)}, Facts: factB}
		res := difference.Compare(a, b, difference.Options{})
		if res.Identical || len(res.Differences) != 1 || res.Differences[0].Kind != want || !strings.Contains(res.Differences[0].Path, place) {
			t.Fatalf("%s: got %+v, want one %s at %s", name, res.Differences, want, place)
		}
		if same := difference.Compare(a, a, difference.Options{}); !same.Identical || len(same.Differences)+len(same.Groups)+len(same.Notes) != 0 {
			t.Fatalf("a side differs from itself: %+v", same)
		}
		// The other way round the same is found, and twice the same is the same.
		back := difference.Compare(b, a, difference.Options{})
		if len(back.Differences) != 1 || back.Differences[0].Kind != want {
			t.Fatalf("the other way round: %+v", back.Differences)
		}
	})
}

// Where all UUIDs are drawn anew and one part is inserted, the parts are still
// paired: one item is missing, and each UUID is one difference.
func TestInsertedAmongRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"s-expression", "JSON", "XML", "CSV", "text"}).Draw(t, "format")
		all := rows(t)
		other := slices.Clone(all)
		for i := range all {
			all[i].id, other[i].id = uuidOf(t, '4'), uuidOf(t, '4')
			if all[i].id == other[i].id {
				t.Skip("the same UUID twice")
			}
		}
		other = slices.Insert(other, rapid.IntRange(0, len(all)).Draw(t, "at"), row{"X99", "inserted", uuidOf(t, '4'), "0.5", "0.5"})
		res := difference.Compare(difference.Side{Files: map[string][]byte{"f": formats[name].write(all)}},
			difference.Side{Files: map[string][]byte{"f": formats[name].write(other)}}, difference.Options{})
		got := map[difference.Kind]int{}
		for _, d := range res.Differences {
			got[d.Kind]++
		}
		if len(got) != 2 || got[difference.UUID] != len(all) || got[difference.MissingItem] != 1 {
			t.Fatalf("%s: got %v of %d parts: %+v", name, got, len(all), res.Groups)
		}
	})
}

// A difference in bytes is a difference in the result, whatever the bytes.
func FuzzCompare(f *testing.F) {
	f.Add([]byte(sheet), []byte(strings.Replace(sheet, "R1", "R9", 1)))
	f.Add([]byte(`{"a":[1,{"b":"x"}]}`), []byte(`{"a":[{"b":"y"},1]}`))
	f.Add([]byte("<a b='1'><!-- x --><c/>t</a>"), []byte("<a b='2'>t<c/></a>"))
	f.Add([]byte("a,b\n1,\"2\n3\"\n"), []byte("b,a\n\"2\",1\n"))
	f.Add([]byte("Mon Nov 23 09:33:01 2026 /tmp/x 0x7f1122334455 1.5\r\n"), []byte("\xef\xbb\xbf2026-11-23T09:33:01+01:00 1,5\n"))
	f.Add([]byte("PK\x03\x04"), []byte("\x1f\x8b\x08"))
	f.Add([]byte("\xff\xfea\x00b\x00"), []byte("\x00\x01\x02abcdefgh\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		r := difference.Compare(difference.Side{Files: map[string][]byte{"f": a}, Facts: factA}, difference.Side{Files: map[string][]byte{"f": b}, Facts: factB}, difference.Options{Limit: 50})
		if r.Identical != bytes.Equal(a, b) {
			t.Fatalf("identical is %t", r.Identical)
		}
		if !r.Identical && len(r.Differences) == 0 {
			t.Fatal("bytes differ, and there is no difference")
		}
	})
}

// A schematic of ten megabytes in which every UUID is random.
func BenchmarkRandomUUIDs(b *testing.B) {
	write := func(salt int) []byte {
		var w bytes.Buffer
		w.WriteString("(kicad_sch\n\t(version 20250114)\n")
		for i := 0; w.Len() < 10<<20; i++ {
			fmt.Fprintf(&w, "\t(symbol\n\t\t(lib_id \"Device:R\")\n\t\t(at %d %d 0)\n\t\t(uuid \"%08x-%04x-4%03x-a%03x-%012x\")\n\t\t(property \"Reference\" \"R%d\"\n\t\t\t(at %d %d 0)\n\t\t)\n\t\t(property \"Value\" \"10k\")\n\t)\n",
				i%200, i/200, i*salt, i&0xffff, i&0xfff, salt, i*salt*7919, i, i%200, i/200)
		}
		w.WriteString(")\n")
		return w.Bytes()
	}
	one, two := write(3), write(5)
	b.SetBytes(int64(len(one)))
	for b.Loop() {
		r := difference.Compare(difference.Side{Files: map[string][]byte{"f": one}}, difference.Side{Files: map[string][]byte{"f": two}}, difference.Options{})
		if len(r.Groups) != 1 {
			b.Fatalf("%v", r.Groups)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	write := func(salt int) []byte {
		var w bytes.Buffer
		for i := 0; w.Len() < 10<<20; i++ {
			fmt.Fprintf(&w, "2026-11-23 09:%02d:%02d node %d settled after %d steps\n", i/60%60, (i+salt)%60, i, i%97)
		}
		return w.Bytes()
	}
	one, two := write(3), write(5)
	b.SetBytes(int64(len(one)))
	for b.Loop() {
		difference.Compare(difference.Side{Files: map[string][]byte{"f": one}}, difference.Side{Files: map[string][]byte{"f": two}}, difference.Options{})
	}
}
