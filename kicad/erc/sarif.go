package erc

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// The part of SARIF 2.1.0 that a report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string      `json:"id"`
		Short         sarifText   `json:"shortDescription"`
		Configuration sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolConfigurationNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string       `json:"level"`
		Message sarifText    `json:"message"`
		Rule    sarifRuleRef `json:"associatedRule"`
	}
	sarifRuleRef struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
	sarifLogical struct {
		FullName string `json:"fullyQualifiedName"`
		Kind     string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
)

// WriteSARIF writes the report in the form that code hosts show beside the
// lines of files, SARIF 2.1.0. Excluded findings are results that are
// suppressed; what was not checked is a notification of the run.
func (r *Report) WriteSARIF(w io.Writer) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "starboard erc", Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{Successful: true}},
		Results:     []sarifResult{}, ColumnKind: "utf16CodeUnits",
	}
	index := map[string]int{}
	for i := range Rules {
		index[Rules[i].Key] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{Rules[i].Key, sarifText{Rules[i].Title}, sarifConfig{level(Rules[i].Severity)}})
	}
	for _, n := range r.NotChecked {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
			sarifNotification{"note", sarifText{n.Key + " was not checked: " + n.Reason}, sarifRuleRef{n.Key}})
	}
	lines := lineFinder{}
	for i := range r.Findings {
		f := &r.Findings[i]
		run.Results = append(run.Results, f.sarif(index[f.Key], lines))
	}
	for i := range r.Excluded {
		f := &r.Excluded[i]
		result := f.sarif(index[f.Key], lines)
		result.Suppressions = []sarifSuppression{{"external", f.Comment}}
		run.Results = append(run.Results, result)
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func level(s Severity) string {
	if s == Ignore {
		return "none"
	}
	return string(s)
}

func (f *Finding) sarif(rule int, lines lineFinder) sarifResult {
	r := sarifResult{RuleID: f.Key, RuleIndex: rule, Level: level(f.Severity), Message: sarifText{f.Message}, Fingerprints: map[string]string{"items/v1": f.fingerprint()}}
	for i := range f.Items {
		it := &f.Items[i]
		l := sarifLocation{Logical: []sarifLogical{{it.Sheet + it.Description, "member"}}}
		if p := lines.pos(it); p.File != "" {
			l.Physical = &sarifPhysical{sarifArtifact{uri(p.File)}, sarifRegion{p.Line, p.Col}}
		}
		if i == 0 {
			r.Locations = []sarifLocation{l}
		} else {
			l.ID, l.Message = i, &sarifText{it.Description}
			r.Related = append(r.Related, l)
		}
	}
	return r
}

// fingerprint names the finding by what it is about, wherever in the file
// that stands.
func (f *Finding) fingerprint() string {
	parts := []string{f.Sheet}
	for i := range f.Items {
		parts = append(parts, cmp.Or(f.Items[i].UUID, f.Items[i].Description))
	}
	slices.Sort(parts[1:])
	return strings.Join(append([]string{f.Key}, parts...), "|")
}

// uri returns the name of a file as a relative or file URI.
func uri(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
