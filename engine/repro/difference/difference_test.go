package difference_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"starboard/engine/repro/difference"
)

var (
	begin = time.Date(2026, 11, 23, 9, 33, 0, 0, time.UTC)
	factA = difference.Facts{Dir: "/srv/one/my board", Out: "/srv/one/out", Home: "/home/ada", Temp: "/tmp", User: "ada", Host: "lab-1.example.org",
		Zone: "UTC", Locale: "C", Begin: begin, End: begin.Add(3 * time.Second), Pid: 4100, Cores: 2, Versions: []string{"Python 3.11.2"}}
	factB = difference.Facts{Dir: "/srv/two/deep", Out: "/srv/two/results", Home: "/home/grace", Temp: "/var/tmp", User: "grace", Host: "lab-2.example.org",
		Zone: "Asia/Tokyo", Locale: "sv_SE.UTF-8", Begin: begin.Add(time.Hour), End: begin.Add(time.Hour + 3*time.Second), Pid: 5200, Cores: 1, Versions: []string{"Python 3.12.1"}}
)

func compare(a, b string) *difference.Result {
	return difference.Compare(
		difference.Side{Files: map[string][]byte{"f": []byte(a)}, Facts: factA},
		difference.Side{Files: map[string][]byte{"f": []byte(b)}, Facts: factB}, difference.Options{})
}

// A pair of values tells its kind, whatever the file.
func TestValues(t *testing.T) {
	for _, tt := range []struct {
		a, b   string
		kind   difference.Kind
		detail string // a part of it
	}{
		{"0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7", difference.UUID, "version 4"},
		{"20f4ac58-e72e-11f1-88a0-02fc00000001", "21f522fe-e72e-11f1-8e40-02fc00000001", difference.UUID, "version 1"},
		{"018f3a5b-7c1d-7e2a-9b3c-4d5e6f708192", "018f3a5b-8d2e-7f3b-8c4d-5e6f70819203", difference.UUID, "version 7"},
		{"9d3ad5b0-3f3e-5c1f-8d0e-52b3a7a1d4c6", "1b671a64-40d5-591e-99b0-da01ff1f3341", difference.UUID, "version 5"},
		{"0f8fad5bd9cb469fa16570867728950e", "7c9e6679742540de944be07fc1f90ae7", difference.UUID, "without dashes"},
		{"2026-11-23T09:33:01Z", "2026-11-23T10:33:02Z", difference.Time, "RFC 3339, of the run"},
		{"2026-11-23 09:33:01", "2026-11-23 19:33:02", difference.Time, "YYYY-MM-DD HH:MM:SS, of the run"},
		{"2019-01-01 00:00:00", "2020-01-01 00:00:00", difference.Time, "not of the run"},
		{"Mon, 23 Nov 2026 09:33:01 +0000", "Mon, 23 Nov 2026 10:33:02 +0000", difference.Time, "RFC 2822"},
		{"Mon Nov 23 09:33:01 2026", "Mon Nov 23 19:33:01 2026", difference.Time, "ctime"},
		{"Mon 23 Nov 2026 09:33:01 AM UTC", "Mon 23 Nov 2026 10:33:01 AM UTC", difference.Time, "of the run"},
		{"11/23/2026, 9:33:01 AM", "11/23/2026, 10:33:01 AM", difference.Time, "MM/DD/YYYY"},
		{"20261123T093301Z", "20261123T103301Z", difference.Time, "YYYYMMDDTHHMMSS"},
		{"20261123093301", "20261123103301", difference.Time, "YYYYMMDDHHMMSS"},
		{"D:20261123093301+00'00'", "D:20261123103301+00'00'", difference.Time, "PDF"},
		{"1795426381", "1795429981", difference.Time, "seconds since 1970"},
		{"1795426381000", "1795429981000", difference.Time, "milliseconds"},
		{"1795426381.123", "1795429981.456", difference.Time, "fraction"},
		{"6B04084D", "6B04165D", difference.Time, "hexadecimal"},
		{"2023-11-14 22:13:20", "2023-11-15 07:13:20", difference.Zone, "same instant"},
		{"2023-11-14T22:13:20+00:00", "2023-11-15T07:13:20+09:00", difference.Zone, "same instant"},
		{"from /srv/one/my board/a.star", "from /srv/two/deep/a.star", difference.Path, "working folder"},
		{"file:///srv/one/my%20board/a", "file:///srv/two/deep/a", difference.Path, "working folder"},
		{"/home/ada/.cache", "/home/grace/.cache", difference.Path, "home folder"},
		{"/opt/tools/a/lib", "/opt/tools/b/lib", difference.Path, "absolute"},
		{"by ada", "by grace", difference.User, ""},
		{"on lab-1.example.org", "on lab-2.example.org", difference.Host, ""},
		{"on lab-1", "on lab-2", difference.Host, ""},
		{"pid 4100", "pid 5200", difference.Pid, "of the run"},
		{"Net object at 0x7f3a1c2b4d50>", "Net object at 0x7fa11c2b4e90>", difference.Address, "hexadecimal"},
		{"140391958160720", "139763279717328", difference.Address, "id()"},
		{"tmp8f3k2j_a", "tmpq01zx9vb", difference.Random, ""},
		{"d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72", difference.Random, "32 hex digits"},
		{"build 41", "build 42", difference.Counter, "1 more"},
		{"76.19999999999999", "76.2", difference.Float, "relative"},
		{"0.30000000000000004", "0.3", difference.Float, "relative"},
		{"10k and 4k7 and 1M", "1M and 10k and 4k7", difference.Order, "words"},
		{"{'VIN', 'GND', 'SDA'}", "{'SDA', 'VIN', 'GND'}", difference.Order, ""},
		{"tool 3.11.2", "tool 3.12.1", difference.Version, ""},
		{"1.234,5", "1,234.5", difference.Locale, "marks"},
		{"3,3 V", "3.3 V", difference.Locale, "marks"},
		{"Mon 23 Nov 2026", "mån 23 nov 2026", difference.Locale, "months"},
		{"10k", "4k7", difference.Content, ""},
		{"STM32F103C8T6", "STM32F411CEU6", difference.Content, ""},
		{"74HC595", "74HC165", difference.Content, ""},
		{"LM358", "TL072", difference.Content, ""},
		{"capacitor", "resistor", difference.Content, ""},
		{"1000", "2540", difference.Number, "1540"},
		{"took 0.123 s", "took 0.151 s", difference.Time, "duration"},
		{"X50800000Y1000D03*", "X50800000Y2540D03*", difference.Position, ""},
	} {
		r := compare("a\n"+tt.a+"\nz\n", "a\n"+tt.b+"\nz\n")
		if len(r.Differences) == 0 {
			t.Errorf("%q and %q: no difference", tt.a, tt.b)
			continue
		}
		d := r.Differences[0]
		if d.Kind != tt.kind || !strings.Contains(d.Detail, tt.detail) || len(r.Differences) > 1 {
			t.Errorf("%q and %q: %d differences, the first %s (%s), want %s (%s)", tt.a, tt.b, len(r.Differences), d.Kind, d.Detail, tt.kind, tt.detail)
		}
		if d.Line != 2 || d.Path != "line 2" {
			t.Errorf("%q and %q: at %q, line %d", tt.a, tt.b, d.Path, d.Line)
		}
	}
}

const sheet = `(kicad_sch
	(version 20250114)
	(title_block (title "T") (rev "A"))
	(symbol (lib_id "Device:R") (at 50.8 50.8 0) (uuid "9d3ad5b0-3f3e-5c1f-8d0e-52b3a7a1d4c6") (property "Reference" "R1") (property "Value" "10k"))
	(symbol (lib_id "Device:R") (at 63.5 50.8 0) (uuid "1b671a64-40d5-591e-99b0-da01ff1f3341") (property "Reference" "R2") (property "Value" "4k7"))
	(symbol (lib_id "Device:C") (at 76.2 50.8 0) (uuid "6fa459ea-ee8a-5ca4-894e-db77e160355e") (property "Reference" "C1") (property "Value" "100n"))
	(wire (pts (xy 10 20) (xy 30 20)) (uuid "16fd2706-8baf-533b-82eb-8c7fada847da"))
)
`

// The place of a difference is said in words, and one change is one difference.
func TestPlaces(t *testing.T) {
	zipped := func(at time.Time, text string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: "fab/top.gtl", Modified: at, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
		z.Close()
		return b.String()
	}
	packed := func(mode int64, text string) string {
		var b bytes.Buffer
		g := gzip.NewWriter(&b)
		w := tar.NewWriter(g)
		w.WriteHeader(&tar.Header{Name: "a.txt", Mode: mode, Size: int64(len(text))})
		w.Write([]byte(text))
		w.Close()
		g.Close()
		return b.String()
	}
	for _, tt := range []struct {
		name, a, b string
		kind       difference.Kind
		path       string
		detail     string
	}{
		{"property", sheet, strings.Replace(sheet, "4k7", "47k", 1), difference.Content, `symbol R2, property "Value"`, ""},
		{"moved", sheet, strings.Replace(sheet, "63.5 50.8 0", "66.04 50.8 0", 1), difference.Position, "symbol R2, at", "moved by 2.54, 0"},
		{"turned", sheet, strings.Replace(sheet, "63.5 50.8 0", "63.5 50.8 90", 1), difference.Position, "symbol R2, at", "turned by 90"},
		{"jitter", sheet, strings.Replace(sheet, "76.2 50.8", "76.19999999999999 50.8", 1), difference.Float, "symbol C1, at", "relative 2e-16"},
		{"version", sheet, strings.Replace(sheet, "20250114", "20231120", 1), difference.Version, "version", ""},
		{"uuid of a wire", sheet, strings.Replace(sheet, "16fd2706-8baf-533b-82eb-8c7fada847da", "0f8fad5b-d9cb-469f-a165-70867728950e", 1), difference.UUID, "wire from 10, 20 to 30, 20, uuid", "versions 5 and 4"},
		{"inserted", sheet, strings.Replace(sheet, "\t(wire", "\t(symbol (lib_id \"Device:L\") (at 1 2 0) (property \"Reference\" \"L1\"))\n\t(wire", 1), difference.MissingItem, "symbol L1", "only in the second"},
		{"layout", sheet, strings.ReplaceAll(sheet, "\t(", "  ("), difference.Layout, "", "white space"},
		{"JSON value", `{"parts":[{"ref":"R1","value":"10k"},{"ref":"R2","value":"1k"}]}`, `{"parts":[{"ref":"R1","value":"10k"},{"ref":"R2","value":"2k"}]}`, difference.Content, "parts, item 2 (R2), value", ""},
		{"JSON inserted", `{"parts":[{"ref":"R1","value":"10k"},{"ref":"R2","value":"1k"}]}`, `{"parts":[{"ref":"R0","value":"7"},{"ref":"R1","value":"10k"},{"ref":"R2","value":"1k"}]}`, difference.MissingItem, "parts, item 1 (R0)", ""},
		{"JSON order", `{"b":1,"a":2}`, `{"a":2,"b":1}`, difference.Order, "", "the same 2 keys"},
		{"JSON layout", `{"a":[1,2]}`, `{"a": [1, 2]}`, difference.Layout, "", ""},
		{"JSON number", `{"a":10}`, `{"a":1e1}`, difference.Layout, "a", "same number"},
		{"CSV", "Ref,Value\nR1,10k\nR2,4k7\n", "Ref,Value\nR1,10k\nR2,47k\n", difference.Content, `row 3 (R2), column "Value"`, ""},
		{"CSV order", "Ref,Value\nR1,10k\nR2,4k7\nR3,1M\n", "Ref,Value\nR2,4k7\nR3,1M\nR1,10k\n", difference.Order, "", "the same 4 rows"},
		{"CSV columns", "Ref,Value\nR1,10k\nR2,4k7\n", "Value,Ref\n10k,R1\n4k7,R2\n", difference.Order, "row 1 (Ref)", "columns"},
		{"SVG", `<svg><g id="a"><path d="M 1 2"/></g></svg>`, `<svg><g id="a"><path d="M 1 3"/></g></svg>`, difference.Position, `svg, g "a", path, attribute d`, ""},
		{"XML attributes", `<a b="1" c="2"/>`, `<a c="2" b="1"/>`, difference.Order, "a", "2 attributes"},
		{"XML text", `<a><b>by ada</b></a>`, `<a><b>by grace</b></a>`, difference.User, "a, b, text", ""},
		{"lines", "c\na\nb\n", "a\nb\nc\n", difference.Order, "", "sorted by bytes on one side only"},
		{"line ending", "a\nb\n", "a\r\nb\r\n", difference.LineEnding, "", "LF and CRLF"},
		{"end", "a\nb\n", "a\nb", difference.EndOfFile, "", "one newline and no newline"},
		{"byte order mark", "a\nb\n", "\ufeffa\nb\n", difference.Encoding, "", "UTF-8"},
		{"ZIP time", zipped(begin, "x"), zipped(begin.Add(time.Hour), "x"), difference.Time, "member fab/top.gtl, time", "of the run"},
		{"ZIP content", zipped(begin, "a\nby ada\n"), zipped(begin, "a\nby grace\n"), difference.User, "member fab/top.gtl, line 2", ""},
		{"tar in gzip", packed(0o644, "x"), packed(0o600, "x"), difference.Mode, "uncompressed, member a.txt, mode", ""},
		{"binary", "\x00\x01\x02\x03\x04\x05abc\x00", "\x00\x01\x02\xff\x04\x05abc\x00", difference.Content, "byte 3", "1 bytes"},
		{"text in binary", "\x00\x01made by ada\x00", "\x00\x01made by grace\x00", difference.User, "text at byte 2", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := compare(tt.a, tt.b)
			if len(r.Differences) != 1 {
				t.Fatalf("%d differences, want 1: %+v", len(r.Differences), r.Differences)
			}
			if d := r.Differences[0]; d.Kind != tt.kind || d.Path != tt.path || !strings.Contains(d.Detail, tt.detail) {
				t.Errorf("got %s at %q (%s), want %s at %q (%s)", d.Kind, d.Path, d.Detail, tt.kind, tt.path, tt.detail)
			}
		})
	}
}

// A mask sets aside and counts; it never makes sides identical.
func TestMask(t *testing.T) {
	other := strings.Replace(strings.Replace(sheet, "63.5 50.8 0", "66.04 50.8 0", 1), "9d3ad5b0-3f3e-5c1f", "9d3ad5b0-3f3e-4c1f", 1)
	side := func(s string) difference.Side { return difference.Side{Files: map[string][]byte{"f": []byte(s)}} }
	r := difference.Compare(side(sheet), side(other), difference.Options{Mask: []difference.Kind{difference.UUID, difference.Position}})
	if r.Identical || len(r.Groups) != 0 || len(r.Differences) != 0 || len(r.Masked) != 2 {
		t.Errorf("got %+v", r)
	}
	r = difference.Compare(side(sheet), side(other), difference.Options{Mask: []difference.Kind{difference.Position}, Limit: 1})
	if r.Identical || len(r.Notes) != 1 || len(r.Differences)+len(r.Masked) < 1 {
		t.Errorf("got %+v", r)
	}
}

// What differs about a whole file: its name, its presence, its mode.
func TestFiles(t *testing.T) {
	a := difference.Side{Files: map[string][]byte{"net-0f8fad5b-d9cb-469f-a165-70867728950e.txt": []byte("x"), "old.txt": []byte("y")}, Facts: factA}
	b := difference.Side{Files: map[string][]byte{"net-7c9e6679-7425-40de-944b-e07fc1f90ae7.txt": []byte("x")}, Facts: factB}
	r := difference.Compare(a, b, difference.Options{})
	if len(r.Differences) != 2 || r.Differences[0].Kind != difference.UUID || r.Differences[0].Path != "name of the file" || r.Differences[1].Kind != difference.MissingFile {
		t.Errorf("got %+v", r.Differences)
	}
	if got := r.Groups[1].String() + "; " + r.Groups[0].String(); !strings.Contains(got, "1 UUID (version 4, random) in net-0f8fad5b") {
		t.Errorf("got %q", got)
	}
}

// Sheets of a hierarchy are named by their paths.
func TestSheetPath(t *testing.T) {
	root := `(kicad_sch (sheet (at 1 2) (property "Sheetname" "power") (property "Sheetfile" "p.kicad_sch")))`
	child := func(v string) string {
		return `(kicad_sch (symbol (property "Reference" "R3") (property "Value" "` + v + `")))`
	}
	side := func(v string) difference.Side {
		return difference.Side{Files: map[string][]byte{"a.kicad_sch": []byte(root), "p.kicad_sch": []byte(child(v))}}
	}
	r := difference.Compare(side("10k"), side("22k"), difference.Options{})
	if want := `sheet /power, symbol R3, property "Value"`; len(r.Differences) != 1 || r.Differences[0].Path != want {
		t.Errorf("got %+v, want %s", r.Differences, want)
	}
}

// References that went by the order of a set are told as that.
func TestHandedOn(t *testing.T) {
	a := strings.NewReplacer("10k", "100n", "100n", "10k").Replace(sheet)
	r := compare(sheet, a)
	if len(r.Groups) != 1 || r.Groups[0].Kind != difference.Order || !strings.Contains(r.Groups[0].Detail, "the same 2 values") {
		t.Errorf("got %+v", r.Groups)
	}
}

// Every kind says what it is and what a fix would look like, and is found by
// its name in the form of a flag.
func TestKinds(t *testing.T) {
	for _, k := range difference.Kinds() {
		if k.Explain() == "" || k.Fix() == "" {
			t.Errorf("%s says nothing of itself", k)
		}
		if got, err := difference.ParseKind(strings.ReplaceAll(string(k), " ", "-")); got != k || err != nil {
			t.Errorf("ParseKind(%q) = %q, %v", k, got, err)
		}
	}
	if _, err := difference.ParseKind("uuids"); err == nil || !strings.Contains(err.Error(), "did you mean uuid?") {
		t.Errorf("ParseKind(uuids): %v", err)
	}
}
