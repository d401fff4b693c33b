package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite the files that scripts compare with")

// suiteCommands are what scripts about suites and their reports need.
var suiteCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"edit":    edit,
	"mask":    mask,
	"schema":  checkSchema,
	"waitfor": waitFor,
}

// setupSuites puts the schema of JUnit reports where scripts find it.
func setupSuites(e *testscript.Env) error {
	e.Setenv("TZ", "UTC")
	schema, err := os.ReadFile(filepath.Join("testdata", "junit.xsd"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.WorkDir, ".junit.xsd"), schema, 0o666)
}

// checkSchema SCHEMA FILE validates JSON.
func checkSchema(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: schema SCHEMA FILE")
	}
	read := func(name string) any {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(name)))
		ts.Check(err)
		return v
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	ts.Check(c.AddResource("schema.json", read(args[0])))
	s, err := c.Compile("schema.json")
	ts.Check(err)
	err = s.Validate(read(args[1]))
	if neg == (err == nil) {
		ts.Fatalf("%s: validation gives %v", args[1], err)
	}
}

// waitFor FILE TEXT waits until the file has the text.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor FILE TEXT")
	}
	for range 3000 {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && bytes.Contains(text, []byte(args[1])) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s never had %q", args[0], args[1])
}

// edit FILE REGEX TEXT replaces what matches.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEX TEXT")
	}
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	old := ts.ReadFile(args[0])
	text := re.ReplaceAllString(old, args[2])
	if text == old {
		ts.Fatalf("%s: nothing matches %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

var times = regexp.MustCompile(`\d+(\.\d+)? (ns|µs|ms|s)\b`)

// mask FILE writes what was printed to a file, with the times left out.
func mask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: mask FILE")
	}
	text := times.ReplaceAllString(ts.ReadFile("stdout"), "TIME")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}
