package builtins

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"starboard/builtins/property"
)

// The examples that failed once are kept in a file for each top-level
// scenario: what was chosen, which is what is tried again, and for readers the
// script that it stands for.
type keptExamples struct {
	Version int           `json:"version"`
	Failed  []keptExample `json:"failed"`
}

type keptExample struct {
	Scenario string   `json:"scenario"` // with its parents
	Trial    int      `json:"trial"`    // the number of the check in the scenario, from 1
	Choices  []uint64 `json:"choices"`
	Least    string   `json:"least,omitempty"` // the fault for which no smaller one was found
	Example  []string `json:"example"`
}

const (
	keptVersion = 1
	mostKept    = 10 // for one check; the oldest are dropped
)

func topOf(s *Scenario) string {
	top, _, _ := strings.Cut(s.Name, "/")
	return top
}

// readKept reads what is kept for the scenario.
func (s *Scenario) readKept() (*keptExamples, error) {
	k := &keptExamples{Version: keptVersion}
	if s.host.Kept == nil {
		return k, nil
	}
	text, err := s.host.Kept(topOf(s))
	if err != nil || text == nil {
		return k, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(k); err != nil {
		return nil, fmt.Errorf("the examples of %s cannot be read: %v; remove their file", topOf(s), err)
	}
	if k.Version != keptVersion {
		return nil, fmt.Errorf("the examples of %s have version %d, this program knows %d", topOf(s), k.Version, keptVersion)
	}
	return k, nil
}

// own returns the indices of the examples of the check that is under way.
func (k *keptExamples) own(s *Scenario) []int {
	var list []int
	for i, e := range k.Failed {
		if e.Scenario == s.Name && e.Trial == s.trials {
			list = append(list, i)
		}
	}
	return list
}

func (k *keptExamples) choices(s *Scenario) [][]uint64 {
	var list [][]uint64
	for _, i := range k.own(s) {
		list = append(list, k.Failed[i].Choices)
	}
	return list
}

func (k *keptExamples) faults(s *Scenario) []string {
	var list []string
	for _, i := range k.own(s) {
		list = append(list, k.Failed[i].Least)
	}
	return list
}

// add keeps a failure, in the place of the one that it came from.
func (k *keptExamples) add(s *Scenario, f *property.Failure, lines []string) (file string, err error) {
	if s.host.Keep == nil {
		return "", nil
	}
	e := keptExample{Scenario: s.Name, Trial: s.trials, Choices: f.Choices, Example: lines}
	if e.Choices == nil {
		e.Choices = []uint64{}
	}
	if f.Least {
		e.Least = f.Fault
	}
	own := k.own(s)
	if f.Kept >= 0 {
		k.Failed[own[f.Kept]] = e
	} else {
		if len(own) >= mostKept {
			k.Failed = slices.Delete(k.Failed, own[0], own[0]+1)
		}
		k.Failed = append(k.Failed, e)
	}
	return k.store(s)
}

// drop forgets some of the examples of the check that is under way.
func (k *keptExamples) drop(s *Scenario, which []int) (file string, err error) {
	own := k.own(s)
	for _, i := range slices.Backward(which) {
		k.Failed = slices.Delete(k.Failed, own[i], own[i]+1)
	}
	return k.store(s)
}

// store writes one example to a line, so that one more is a small difference.
func (k *keptExamples) store(s *Scenario) (file string, err error) {
	if len(k.Failed) == 0 {
		return s.host.Keep(topOf(s), nil)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"version\": %d, \"failed\": [", k.Version)
	for i, e := range k.Failed {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  ")
		var one bytes.Buffer
		enc := json.NewEncoder(&one)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			return "", err
		}
		b.Write(bytes.TrimSpace(one.Bytes()))
	}
	b.WriteString("\n]}\n")
	return s.host.Keep(topOf(s), b.Bytes())
}
