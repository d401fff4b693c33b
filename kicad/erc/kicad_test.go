package erc_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

func TestMain(m *testing.M) {
	status := m.Run()
	kicadtest.Cleanup()
	os.Exit(status)
}

// A finding is one of kicad-cli's, or ours in its form.
type finding struct {
	key, severity, sheet string
	excluded             bool
	items                []foundItem
	alike                []foundItem // which we know to be the same to the rule
	text                 string
}

// A foundItem is an item in a report. KiCad gives random uuids to items that
// have none in the file.
type foundItem struct {
	uuid string
	x, y int64 // in units of 100 nm
}

func (f finding) String() string {
	s := fmt.Sprintf("%s %s %s: %s", f.sheet, f.severity, f.key, f.text)
	if f.excluded {
		s = "excluded " + s
	}
	for _, i := range f.items {
		s += fmt.Sprintf("\n      %.4f %.4f %s", float64(i.x)/1e4, float64(i.y)/1e4, i.uuid)
	}
	return s
}

// kicadFindings runs kicad-cli on a schematic.
func kicadFindings(t *testing.T, file string) []finding {
	t.Helper()
	out := filepath.Join(t.TempDir(), "erc.json")
	r := kicadtest.Run(t, "sch", "erc", "--severity-all", "--format", "json", "-o", out, file)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("kicad-cli: %s%s%v", r.Stdout, r.Stderr, err)
	}
	var report struct {
		Sheets []struct {
			Path       string
			Violations []struct {
				Description, Severity, Type string
				Excluded                    bool
				Items                       []struct {
					Description, UUID string
					Pos               struct{ X, Y float64 }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	var list []finding
	for _, s := range report.Sheets {
		for _, v := range s.Violations {
			f := finding{key: v.Type, severity: v.Severity, sheet: s.Path, excluded: v.Excluded, text: v.Description}
			for _, i := range v.Items {
				// KiCad 9 gives positions in hundredths of what it says.
				f.items = append(f.items, foundItem{i.UUID, int64(math.Round(i.Pos.X * 1e6)), int64(math.Round(i.Pos.Y * 1e6))})
				f.text += "; " + i.Description
			}
			list = append(list, f)
		}
	}
	return list
}

func ours(f *erc.Finding, excluded bool) finding {
	items := func(list []erc.Item) []foundItem {
		var out []foundItem
		for _, i := range list {
			out = append(out, foundItem{i.UUID, i.At.X / 100, i.At.Y / 100})
		}
		return out
	}
	return finding{f.Key, string(f.Severity), f.Sheet, excluded, items(f.Items), items(f.Alike()), f.Message}
}

// A comparison of our findings with kicad-cli's.
type comparison struct {
	both                map[string]int // by key
	kicadOnly, oursOnly []finding
	lost                int // findings that KiCad gave only when asked for less
}

// compare matches findings of the same rule, severity and items. KiCad lists
// two items at most; where a rule is about more, which two is left to the
// order of its containers, and they must be among ours. The same holds where a
// rule sees several items as one.
func compare(r *erc.Report, theirs []finding) comparison {
	c := comparison{both: map[string]int{}}
	index := map[string][]int{}
	key := func(f finding) string { return fmt.Sprint(f.key, " ", f.severity, " ", f.excluded) }
	for i, f := range theirs {
		index[key(f)] = append(index[key(f)], i)
	}
	taken := make([]bool, len(theirs))
	match := func(f finding) {
		for _, i := range index[key(f)] {
			if !taken[i] && sameItems(theirs[i].items, f) {
				taken[i] = true
				c.both[f.key]++
				return
			}
		}
		c.oursOnly = append(c.oursOnly, f)
	}
	for i := range r.Findings {
		match(ours(&r.Findings[i], false))
	}
	for i := range r.Excluded {
		match(ours(&r.Excluded[i], true))
	}
	for i, f := range theirs {
		if !taken[i] {
			c.kicadOnly = append(c.kicadOnly, f)
		}
	}
	return c
}

// sameItems reports whether the items of a finding of KiCad's are ours. KiCad
// knows no items for some of its findings.
func sameItems(theirs []foundItem, f finding) bool {
	if len(theirs) != min(2, len(f.items)) && len(theirs) > 0 {
		return false
	}
	for _, i := range theirs {
		if !slices.ContainsFunc(slices.Concat(f.items, f.alike), func(o foundItem) bool {
			return i.uuid == o.uuid || o.uuid == "" && i.x == o.x && i.y == o.y
		}) {
			return false
		}
	}
	return true
}

// witness compares our findings with kicad-cli's. KiCad 9 keeps findings in a
// container that loses some of them where there are many: what it misses it is
// asked for again with all other rules off, and then with less on the sheet.
func witness(t *testing.T, file string, opts erc.Options) comparison {
	t.Helper()
	report := check(t, file, opts)
	theirs := kicadFindings(t, file)
	c := compare(report, theirs)
	again := map[string]bool{}
	for _, f := range c.oursOnly {
		again[f.key] = true
	}
	if len(again) == 0 {
		return c
	}
	project := strings.TrimSuffix(file, ".kicad_sch") + ".kicad_pro"
	text, err := os.ReadFile(project)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(again)) {
		if err := os.WriteFile(project, []byte(only(t, string(text), key)), 0o666); err != nil {
			t.Fatal(err)
		}
		c.lost += len(recovered(&theirs, kicadFindings(t, file), key))
	}
	if err := os.WriteFile(project, text, 0o666); err != nil {
		t.Fatal(err)
	}
	lost := c.lost
	c = compare(report, theirs)
	c.lost = lost
	c.oursOnly = slices.DeleteFunc(c.oursOnly, func(f finding) bool {
		found := foundNear(t, file, opts, f)
		if found {
			c.both[f.key]++
			c.lost++
			t.Logf("kicad-cli finds it only where its surroundings are all that there is: %s", f)
		}
		return found
	})
	return c
}

// recovered adds the findings of a rule that a second run has more of.
func recovered(first *[]finding, second []finding, key string) []finding {
	count := map[string]int{}
	for _, f := range *first {
		count[f.String()]++
	}
	var more []finding
	for _, f := range second {
		if count[f.String()]--; f.key == key && count[f.String()] < 0 {
			more = append(more, f)
		}
	}
	*first = append(*first, more...)
	return more
}

// changeSettings returns the text of a project file with other severities.
func changeSettings(t *testing.T, settings string, change func(severities map[string]any) map[string]any) string {
	t.Helper()
	var project map[string]any
	if err := json.Unmarshal([]byte(settings), &project); err != nil {
		t.Fatal(err)
	}
	section, _ := project["erc"].(map[string]any)
	if section == nil {
		section = map[string]any{}
		project["erc"] = section
	}
	severities, _ := section["rule_severities"].(map[string]any)
	if severities == nil {
		severities = map[string]any{}
	}
	section["rule_severities"] = change(severities)
	text, err := json.Marshal(project)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// only returns settings that have all rules off but one.
func only(t *testing.T, settings, key string) string {
	t.Helper()
	return changeSettings(t, settings, func(severities map[string]any) map[string]any {
		one := map[string]any{}
		for _, r := range erc.Rules {
			switch v, ok := severities[r.Key]; {
			case r.Key != key && !(key == "footprint_link_issues" && r.Key == "footprint_filter"):
				one[r.Key] = "ignore"
			case ok:
				one[r.Key] = v
			default:
				one[r.Key] = string(r.Severity)
			}
		}
		return one
	})
}

// replaceOnce fails loudly where a case does not find what it changes.
func replaceOnce(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Replace(text, old, new, 1)
}
