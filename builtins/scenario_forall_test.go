package builtins_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"

	"starboard/builtins"
)

// drawn returns what a generator gives for a seed.
func drawn(t *testing.T, expr string, n, seed int) []starlark.Value {
	t.Helper()
	globals := execute(t, "g.star", fmt.Sprintf("x = gen.sample(%s, %d, seed = %d)\n", expr, n, seed))
	var values []starlark.Value
	for v := range starlark.Elements(globals["x"].(*starlark.List)) {
		values = append(values, v)
	}
	return values
}

// Every number of a small range comes, as often as the others: exact counts of
// a fixed seed, within five standard deviations.
func TestSmallRangesAreUniform(t *testing.T) {
	const n = 12_000
	for _, tt := range []struct {
		expr   string
		values int
	}{
		{"gen.int(-2, 3)", 6}, {"gen.int(-1, 1)", 3}, {"gen.int(5, 8)", 4}, {"gen.int(-9, -4)", 6}, {"gen.bool()", 2}, {`gen.choice("abcde".elems())`, 5},
		{"gen.one_of(gen.constant(1), gen.constant(2))", 2}, {`gen.text("xyz", 1, 1)`, 3}, {`gen.resistance("E6", "1k", "4k7")`, 5},
	} {
		counts := map[string]int{}
		for _, v := range drawn(t, tt.expr, n, 1) {
			counts[v.String()]++
		}
		share := 1 / float64(tt.values)
		within := 5 * math.Sqrt(n*share*(1-share))
		if len(counts) != tt.values {
			t.Errorf("%s: got %v, want %d values", tt.expr, counts, tt.values)
		}
		for v, c := range counts {
			if math.Abs(float64(c)-n*share) > within {
				t.Errorf("%s: %s came %d times of %d, want %.0f ± %.0f", tt.expr, v, c, n, n*share, within)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	for _, tt := range []struct {
		expr   string
		lo, hi float64
	}{
		{"gen.int(-100000, 100000)", -100000, 100000}, {"gen.int(-9223372036854775808, 9223372036854775807)", math.MinInt64, math.MaxInt64},
		{"gen.int(7, 7)", 7, 7}, {"gen.float(0, 1)", 0, 1}, {"gen.float(-2.5, -2.5)", -2.5, -2.5}, {"gen.float(0.25, 0.75)", 0.25, 0.75},
	} {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range drawn(t, tt.expr, 2000, 2) {
			f, _ := starlark.AsFloat(v)
			low, high = min(low, f), max(high, f)
		}
		if low < tt.lo || high > tt.hi || low > tt.lo+(tt.hi-tt.lo)/100 || high < tt.hi-(tt.hi-tt.lo)/100 {
			t.Errorf("%s gives %v to %v", tt.expr, low, high)
		}
	}
}

func TestSeries(t *testing.T) {
	for _, tt := range []struct {
		expr string
		want string
	}{
		{`gen.resistance("E3", "1", "100")`, "1 2R2 4R7 10 22 47 100"},
		{`gen.resistance("E12", "3.3k", "8k2")`, "3k3 3k9 4k7 5k6 6k8 8k2"},
		{`gen.resistance("E24", 820000, "1M2")`, "820k 910k 1M 1M1 1M2"},
		{`gen.resistance("E96", "4.9k", "5.2k")`, "4k99 5k11"},
		{`gen.resistance("E192", "9.1k", "9.4k")`, "9k2 9k31"},
		{`gen.capacitance("E6", "680n", "3u3")`, "680n 1u 1u5 2u2 3u3"},
		{`gen.capacitance("E3", "0.47p", "2.2p")`, "0p47 1p 2p2"},
	} {
		have := map[string]bool{}
		for _, v := range drawn(t, tt.expr, 400, 3) {
			s, _ := starlark.AsString(v)
			have[s] = true
		}
		for _, want := range strings.Fields(tt.want) {
			if !have[want] {
				t.Errorf("%s never gives %s", tt.expr, want)
			}
			delete(have, want)
		}
		if len(have) > 0 {
			t.Errorf("%s gives %v too", tt.expr, have)
		}
	}
}

func TestSomeSymbolsAreThere(t *testing.T) {
	for _, id := range builtins.SomeSymbols {
		execute(t, "s.star", fmt.Sprintf("circuit(\"c\").part(%q)\n", id))
	}
}

// Circuits are what they are said to be: of every kind, and as the script that
// is shown for them makes them again, byte for byte.
func TestDrawnCircuits(t *testing.T) {
	several, sheets, deep := 0, 0, 0
	const n = 60
	circuits := drawn(t, "gen.circuit()", n, 4)
	again := execute(t, "again.star", "trees = [kicad.project(c) for c in gen.sample(gen.circuit(), 60, seed = 4)]\n")["trees"].(*starlark.List)
	for i, v := range circuits {
		c := v.(*builtins.Circuit)
		lines := strings.Join(builtins.SourceOf(c), "\n")
		globals, err := run(thread(t, new([]builtins.Section)), "shown.star", []byte(lines+"\ntree = kicad.project(c)\n"))
		if err != nil {
			t.Fatalf("circuit %d: %v\n%s", i, err, lines)
		}
		if got, want := globals["tree"].(*builtins.Tree).Files().Checksum(), again.Index(i).(*builtins.Tree).Files().Checksum(); got != want {
			t.Errorf("circuit %d: what is shown makes another project\n%s", i, lines)
		}
		m := c.Model()
		parts := m.Parts()
		if len(parts) < 1 || len(parts) > 8 || len(m.Sheets()) > 3 {
			t.Errorf("circuit %d has %d parts on %d sheets", i, len(parts), len(m.Sheets()))
		}
		for _, p := range parts {
			if p.Symbol.Units > 1 {
				several++
				break
			}
		}
		if len(m.Sheets()) > 1 {
			sheets++
		}
		for _, s := range m.Sheets() {
			if len(s.Ports()) > 0 {
				deep++
				break
			}
		}
	}
	if several < n/4 || sheets < n/5 || deep < n/20 {
		t.Errorf("of %d circuits %d have parts of several units, %d sheets, %d ports", n, several, sheets, deep)
	}
}

// scenarioOf runs the body of a scenario.
func scenarioOf(t *testing.T, body string, host builtins.Host) *builtins.Scenario {
	t.Helper()
	th := thread(t, new([]builtins.Section))
	globals, err := run(th, "s_test.star", []byte("def test_x(t):\n    "+strings.ReplaceAll(body, "\n", "\n    ")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return runScenario(t, th, globals, "s_test.star", "test_x", host)
}

func TestForall(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       string // in the failure, "" for none
		line       int
	}{
		{"a list", "t.forall(lambda x: t.true(len(x) < 3), x = gen.list(gen.int()))", "x = [0, 0, 0]", 2},
		{"a text", "t.forall(lambda s: t.true(\"/\" not in s), s = gen.text())", `s = "/"`, 2},
		{"mapped", "t.forall(lambda x: t.true(x < 50), x = gen.map(gen.int(), lambda n: n * 10))", "x = 50", 2},
		{"filtered", "t.forall(lambda x: t.true(x < 50), x = gen.filter(gen.int(0, 1000), lambda n: n % 2))", "x = 51", 2},
		{"negative", "t.forall(lambda x: x > -17, x = gen.int())", "x = -17", 2},
		{"built", "t.forall(lambda x: x[0] >= x[1], x = gen.build(lambda draw: [draw(gen.int(0, 99)), draw(gen.int(0, 99))]))", "x = [0, 1]", 2},
		{"nested", "t.forall(lambda x: \"[[\" not in str(x), x = gen.recursive(gen.int(0, 9), gen.list))", "x = [[]]", 2},
		{"a dict", "t.forall(lambda x: len(x) < 2, x = gen.dict(gen.text(), gen.bool()))", `x = {"": False, "a": False}`, 2},
		{"unique", "t.forall(lambda x: len(x) < 2 or x[0] != x[1], x = gen.list(gen.int(0, 3), unique = True))", "", 0},
		{"an error", "def p(n):\n    if n > 9: fail(\"too many\")\nt.forall(p, n = gen.int())", "n = 10\n    p(n = n)", 3},
		{"another place", "def p(n):\n    t.true(n != 600)\n    t.true(n < 500)\nt.forall(p, n = gen.int(550, 1000))", "n = 550", 4},
		{"t is given", "def p(t, n):\n    t.true(n < 9)\nt.forall(p, n = gen.int())", "n = 9\n    p(t, n = n)", 3},
		{"must", "def p(n):\n    t.must.true(n < 9)\n    fail(\"beyond\")\nt.forall(p, n = gen.int(9, 20))", "n = 9", 3},
		{"a name of an option", "t.forall(lambda seed, examples: seed + examples < 5, seed = gen.int(0, 9), examples = gen.int(0, 9))", "seed = 0\n    examples = 5", 2},
		{"holds", "t.forall(lambda x: x == x, x = gen.text())", "", 0},
		{"assumed", "def p(x):\n    t.assume(x != 3)\n    t.ne(x, 3)\nt.forall(p, x = gen.int(0, 9))", "", 0},
		{"too much is filtered", "t.forall(lambda x: True, x = gen.filter(gen.int(), lambda x: x == 12345))", "only 0 of 1100 examples were tried, for 1100 were rejected, most by gen.filter in s_test.star:2:44", 2},
		{"nothing is left", "def p(x):\n    t.assume(False)\nt.forall(p, x = gen.int())", "most by t.assume in s_test.star:3:17", 4},
		{"fickle", "seen = []\ndef p(x):\n    seen.append(x)\n    t.ne(len(seen), 5)\nt.forall(p, x = gen.int())", "fails once and holds once", 6},
		{"endless", "def p(n):\n    for i in range(10000):\n        for k in range(10000 if n > 2 else 0): pass\nt.forall(p, n = gen.int(0, 5))", "n = 3", 5},
		{"no generator", "t.forall(lambda x: x)", "there is no generator", 2},
		{"not a generator", "t.forall(lambda x: x, x = 3)", "got int, want generator, such as gen.constant(3)", 2},
		{"no examples", "t.forall(lambda x: x, x = gen.int(), examples = 0)", "for parameter examples: got 0, want 1 to 1,000,000", 2},
		{"inside another", "t.forall(lambda x: t.forall(lambda y: True, y = gen.int()), x = gen.int())", "inside of an example", 2},
		{"golden", "t.forall(lambda x: t.golden(\"a\", \"b\"), x = gen.int())", "an example has no golden master", 2},
		{"assume alone", "t.assume(False)", "outside of t.forall", 2},
		{"an error of a generator", "t.forall(lambda x: True, x = gen.map(gen.int(), lambda n: 1 // 0))", "division by zero", 2},
		{"a huge choice", "gen.choice(range(1 << 40))", "gen.int draws from a range", 2},
		{"a bad range", "gen.int(3, 1)", "got 3 to 1: the first is the larger one", 2},
		{"a bad size", "gen.list(gen.bool(), min = 5, max = 4)", "got min = 5 and max = 4", 2},
		{"a bad series", "gen.resistance(\"E13\")", "got \"E13\", want one of E3", 2},
		{"a bad symbol", "gen.pin_map(\"Device:RR\")", "did you mean Device:R", 2},
		{"a bad library", "gen.sample(gen.symbol([\"Devic\"]))", "libraries cannot be listed here", 2},
		{"a parameter that is none", "gen.text(length = 3)", "there is no parameter length", 2},
		{"a draw too late", "kept = []\ngen.sample(gen.build(lambda draw: kept.append(draw)), 1)\nkept[0](gen.int())", "the function that it was given to has returned", 4},
		{"msg", "t.forall(lambda x: x < 5, x = gen.int(), msg = \"small\")", "small: lambda returned False", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := scenarioOf(t, tt.body, builtins.Host{})
			if len(s.Failures) == 0 {
				if tt.want != "" {
					t.Fatalf("it holds, want %q", tt.want)
				}
				if len(s.Logs) != 1 || !strings.Contains(s.Logs[0].Text, " example") || s.Checks == 0 {
					t.Errorf("logs %v, %d checks", s.Logs, s.Checks)
				}
				return
			}
			f := s.Failures[0]
			text := f.Msg + "\n" + f.Detail
			if tt.want == "" || !strings.Contains(text, tt.want) {
				t.Errorf("got %s\nwant %q", text, tt.want)
			}
			if int(f.Pos.Line) != tt.line {
				t.Errorf("got line %d, want %d: %s", f.Pos.Line, tt.line, text)
			}
		})
	}
}

// The examples depend on the file, the scenario, and which check it is; a seed
// decides over all of it, and the command line over the script.
func TestSeeds(t *testing.T) {
	examples := func(options string, host builtins.Host) string {
		s := scenarioOf(t, "seen = []\nt.forall(lambda x: seen.append(x), x = gen.int(), examples = 20"+options+")\nt.log(seen)", host)
		return s.Logs[len(s.Logs)-1].Text
	}
	two := uint64(2)
	a, b := examples("", builtins.Host{}), examples(", seed = 2", builtins.Host{})
	if a == b || a != examples("", builtins.Host{}) {
		t.Errorf("by itself %s, with seed 2 %s", a, b)
	}
	if got := examples(", seed = 3", builtins.Host{Seed: &two}); got != b {
		t.Errorf("with the host's seed 2 %s, want %s", got, b)
	}
}

// A failure is kept, tried first, and forgotten when that is asked for.
func TestKept(t *testing.T) {
	var file string
	host := builtins.Host{
		Kept: func(string) ([]byte, error) {
			if file == "" {
				return nil, nil
			}
			return []byte(file), nil
		},
		Keep: func(_ string, text []byte) (string, error) { file = string(text); return "x.json", nil },
	}
	body := func(limit int) string {
		return fmt.Sprintf("seen = []\ndef p(n):\n    seen.append(n)\n    t.true(n < %d)\nt.forall(p, n = gen.int(0, 100000))\nt.log(seen)", limit)
	}
	first := func(s *builtins.Scenario) string {
		log := s.Logs[len(s.Logs)-1].Text
		return regexp.MustCompile(`[0-9]+`).FindString(log)
	}
	s := scenarioOf(t, body(777), host)
	if !strings.Contains(s.Failures[0].Detail, "it is kept in x.json\n    n = 777") || !strings.Contains(file, `"choices":[777],`) {
		t.Fatalf("%s\n%s", s.Failures[0].Detail, file)
	}
	before := file
	if s := scenarioOf(t, body(777), host); first(s) != "777" || !strings.Contains(s.Failures[0].Detail, "it had been kept; it is kept") || file != before {
		t.Errorf("again: first %s, %s\n%s", first(s), s.Failures[0].Detail, file)
	}
	s = scenarioOf(t, body(1000), host)
	if strings.Contains(s.Failures[0].Detail, "had been kept") || strings.Count(file, "choices") != 2 {
		t.Errorf("another: %s\n%s", s.Failures[0].Detail, file)
	}
	s = scenarioOf(t, body(1_000_000), host)
	if len(s.Failures) > 0 || !strings.Contains(s.Logs[0].Text, "2 examples that failed once hold now, and are kept") || strings.Count(file, "choices") != 2 {
		t.Errorf("fixed: %v\n%s", s.Logs, file)
	}
	host.Prune = true
	if s := scenarioOf(t, body(1_000_000), host); len(s.Failures) > 0 || file != "" {
		t.Errorf("pruned: %v\n%s", s.Failures, file)
	}
	file = "{"
	if s := scenarioOf(t, body(10), host); !strings.Contains(s.Failures[0].Msg, "the examples of test_x cannot be read") {
		t.Errorf("broken: %v", s.Failures)
	}
}

// The shortest sequence of steps, as a script.
func TestMachine(t *testing.T) {
	const body = `def start():
    return {"stack": [], "size": 0}
def push(state, x):
    state["stack"].append(x)
    state["size"] += 1
def pop(state):
    t.assume(state["stack"])
    state["stack"].pop()
    if len(state["stack"]) != 2: # the fault
        state["size"] -= 1
def holds(state):
    t.eq(len(state["stack"]), state["size"])
t.machine(start, [gen.step(push, x = gen.int()), gen.step(pop)], check = holds)`
	s := scenarioOf(t, body, builtins.Host{})
	if len(s.Failures) == 0 {
		t.Fatal("it holds")
	}
	want := `state = start()
holds(state)
push(state, x = 0)
holds(state)
push(state, x = 0)
holds(state)
push(state, x = 0)
holds(state)
pop(state)
holds(state)`
	_, lines, _ := strings.Cut(s.Failures[0].Detail, "tries\n")
	if diff := cmp.Diff(want, strings.ReplaceAll(lines, "    ", "")); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ call, want string }{
		{"t.machine(lambda: 0, [])", "for parameter steps: there is none"},
		{"t.machine(lambda: 0, [1])", "got int, want steps such as gen.step"},
		{"t.machine(lambda: 0, [gen.step(print)], length = 0)", "for parameter length: got 0"},
		{"gen.step(1)", "got int, want function"},
		{"gen.step(print, x = 1)", "got int, want generator"},
	} {
		if s := scenarioOf(t, tt.call, builtins.Host{}); len(s.Failures) != 1 || !strings.Contains(s.Failures[0].Msg, tt.want) {
			t.Errorf("%s: %v, want %q", tt.call, s.Failures, tt.want)
		}
	}
}

func BenchmarkForall(b *testing.B) {
	for _, tt := range []struct{ name, call string }{
		{"int", "t.forall(lambda x: x < 10000000, x = gen.int(), examples = 1000)"},
		{"circuit", "t.forall(lambda c: c != None, c = gen.circuit(), examples = 1000)"},
		{"project", "t.forall(lambda c: kicad.project(c) != None, c = gen.circuit(), examples = 1000)"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			t := &testing.T{}
			for b.Loop() {
				scenarioOf(t, tt.call, builtins.Host{})
			}
			b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "examples/s")
		})
	}
}
