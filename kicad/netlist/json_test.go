package netlist_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"starboard/kicad/netlist"
)

const smallJSON = `{
  "format": "starboard-netlist",
  "version": 1,
  "source": "s.kicad_sch",
  "date": "",
  "tool": "starboard",
  "text_variables": [],
  "sheets": [
    {
      "number": "1",
      "path": "/",
      "uuid_path": "/",
      "source": "s.kicad_sch",
      "title": "",
      "company": "",
      "rev": "",
      "date": "",
      "comments": [
        "",
        "<&> Ω"
      ]
    }
  ],
  "parts": [
    {
      "ref": "R1",
      "value": "10k",
      "symbol": "Device:R",
      "symbol_description": "",
      "footprint": "",
      "datasheet": "",
      "description": "",
      "fields": [
        {
          "name": "MPN",
          "value": "X"
        }
      ],
      "properties": [],
      "in_bom": false,
      "dnp": true,
      "keywords": "",
      "footprint_filters": "",
      "sheet": "/",
      "sheet_uuid_path": "/",
      "classes": [],
      "uuids": []
    }
  ],
  "nets": [
    {
      "name": "/A",
      "code": 2,
      "class": "Default",
      "pins": [
        {
          "ref": "R1",
          "pin": "1",
          "function": "",
          "type": "passive"
        }
      ]
    }
  ],
  "symbols": [
    {
      "symbol": "Device:R",
      "description": "",
      "datasheet": "",
      "footprint_filters": [],
      "fields": [],
      "pins": [
        {
          "pin": "1",
          "name": "",
          "type": "passive"
        }
      ]
    }
  ],
  "libraries": [
    {
      "name": "Device",
      "uri": "d.kicad_sym"
    }
  ]
}
`

func TestJSON(t *testing.T) {
	n := &netlist.Netlist{
		Source: "s.kicad_sch", Tool: "starboard",
		Sheets:     []netlist.Sheet{{Number: "1", Name: "/", Tstamps: "/", Source: "s.kicad_sch", Comments: [9]string{1: "<&> Ω"}}},
		Components: []netlist.Component{{Ref: "R1", Value: "10k", Fields: []netlist.Field{{Name: "MPN", Value: "X"}}, Lib: "Device", Part: "R", ExcludeFromBOM: true, DNP: true, SheetNames: "/", SheetTstamps: "/"}},
		LibParts:   []netlist.LibPart{{Lib: "Device", Part: "R", Pins: []netlist.LibPin{{Num: "1", Type: "passive"}}}},
		Libraries:  []netlist.Library{{Logical: "Device", URI: "d.kicad_sym"}},
		Nets:       []netlist.Net{{Code: 2, Name: "/A", Class: "Default", Nodes: []netlist.Node{{Ref: "R1", Pin: "1", Type: "passive"}}}},
	}
	got, err := netlist.JSON(n)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallJSON, string(got)); diff != "" {
		t.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}

// checkJSON checks that n survives JSON and that the JSON is what the schema
// says.
func checkJSON(t *testing.T, s *jsonschema.Schema, n *netlist.Netlist) {
	t.Helper()
	text, err := netlist.JSON(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, s, text); err != nil {
		t.Errorf("JSON is not what the schema says: %v", err)
	}
	got, err := netlist.FromJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("FromJSON differs (-want +got):\n%s", diff)
	}
}

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(netlist.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if dialect := doc.(map[string]any)["$schema"]; dialect != "https://json-schema.org/draft/2020-12/schema" {
		t.Fatalf("the schema is one of %v, want draft 2020-12", dialect)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("netlist.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("netlist.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestJSONIsWhatTheSchemaSays(t *testing.T) {
	s := compileSchema(t)
	odd := divider()
	odd.Components[1].Part = "a:b"
	odd.LibParts[0].Part = "a:b"
	odd.Sheets[0].Comments[8] = "last"
	odd.Sheets[1].Name = "/a\nb/"
	for name, n := range map[string]*netlist.Netlist{"divider": divider(), "empty": {}, "odd": odd} {
		t.Run(name, func(t *testing.T) { checkJSON(t, s, n) })
	}
}

// A document with one thing wrong is refused by the schema, and by FromJSON
// where that would misread it.
func TestDamagedJSON(t *testing.T) {
	s := compileSchema(t)
	if err := validate(t, s, []byte(smallJSON)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"other format", `"starboard-netlist"`, `"kicad"`, `JSON netlist: got format "kicad", want "starboard-netlist"`},
		{"newer version", `"version": 1`, `"version": 2`, "JSON netlist: got version 2, want 1"},
		{"unknown key", `"tool"`, `"tol"`, `JSON netlist: unknown field "tol"`},
		{"number for text", `"10k"`, `10`, "JSON netlist: 27:17: got number for parts.value"},
		{"no in_bom", `      "in_bom": false,` + "\n", ``, "JSON netlist: part R1: got no in_bom"},
		{"no dnp", `      "dnp": true,` + "\n", ``, "JSON netlist: part R1: got no dnp"},
		{"text for flag", `"dnp": true`, `"dnp": "yes"`, "JSON netlist: 41:18: got string for parts.dnp"},
		{"empty ref", `"ref": "R1",` + "\n" + `      "value"`, `"ref": "",` + "\n" + `      "value"`, "JSON netlist: got a part without ref"},
		{"empty pin ref", `"ref": "R1",` + "\n" + `          "pin"`, `"ref": "",` + "\n" + `          "pin"`, "JSON netlist: net /A: got a pin without ref"},
		{"code 0", `"code": 2`, `"code": 0`, "JSON netlist: net /A: got code 0, want 1 or more"},
		{"broken code", `"code": 2`, `"code": 2.5`, "JSON netlist: 53:17: got number 2.5 for nets.code"},
		{"ten comments", `"",` + "\n" + `        "<`, `"","","","","","","","","` + `","<`, "JSON netlist: sheet /: got 10 comments, want 9 or fewer"},
		{"unknown pin type", `"function": "",` + "\n" + `          "type": "passive"`, `"function": "",` + "\n" + `          "type": "pasive"`, ""},
		{"path without slash", `"sheet": "/"`, `"sheet": "A"`, ""},
		{"no nets", `"nets"`, `"libraries"`, ""},
		{"no title", `      "title": "",` + "\n", ``, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := []byte(strings.Replace(smallJSON, tt.old, tt.new, 1))
			if string(text) == smallJSON {
				t.Fatalf("%q is not in the document", tt.old)
			}
			if err := validate(t, s, text); err == nil {
				t.Error("the schema takes the damaged document")
			}
			_, err := netlist.FromJSON(text)
			if tt.want != "" && (err == nil || err.Error() != tt.want) {
				t.Errorf("FromJSON error = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFromJSONErrors(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", "JSON netlist: 1:1: got end of file"},
		{"{\n\"a", "JSON netlist: 2:3: got end of file"},
		{"{\n x", "JSON netlist: 2:2: invalid character 'x' looking for beginning of object key string"},
		{smallJSON + "{}", "JSON netlist: 87:2: got more after the end of the netlist"},
		{"[]", "JSON netlist: 1:1: got array for the netlist"},
	} {
		if _, err := netlist.FromJSON([]byte(tt.src)); err == nil || err.Error() != tt.want {
			t.Errorf("FromJSON(%.20q) error = %v, want %s", tt.src, err, tt.want)
		}
	}
}

// The schema explains every key that it names.
func TestSchemaDescribesEveryKey(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(netlist.Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	seen := 0
	var walk func(path string, v map[string]any)
	walk = func(path string, v map[string]any) {
		props, _ := v["properties"].(map[string]any)
		for name, p := range props {
			seen++
			if d, _ := p.(map[string]any)["description"].(string); d == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
		}
		defs, _ := v["$defs"].(map[string]any)
		for name, d := range defs {
			walk(name, d.(map[string]any))
		}
	}
	walk("document", doc)
	if seen < 50 {
		t.Errorf("the schema has %d keys, want all 50 or more", seen)
	}
}

// A caller that changes the schema changes its own copy.
func TestSchemaIsACopy(t *testing.T) {
	netlist.Schema()[0] = 'x'
	if netlist.Schema()[0] != '{' {
		t.Error("Schema shares its memory")
	}
}

func FuzzFromJSON(f *testing.F) {
	f.Add([]byte(smallJSON))
	f.Add([]byte(`{"format": "starboard-netlist", "version": 1, "parts": [{"ref": "R1", "symbol": "a:b:c", "in_bom": true, "dnp": false}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := netlist.FromJSON(src)
		if err != nil {
			return
		}
		once, err := netlist.JSON(n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := netlist.FromJSON(once)
		if err != nil {
			t.Fatalf("%q is written as %q, which does not read: %v", src, once, err)
		}
		if diff := cmp.Diff(n, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("a netlist changes when written and read (-first +second):\n%s", diff)
		}
	})
}
