package suite

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"starboard/builtins/sample"
	"starboard/engine"
	"starboard/engine/machine"
)

// A BenchChange is what became of a benchmark since a baseline was saved.
type BenchChange struct {
	ID        string         `json:"id"`
	ThenNS    float64        `json:"then_ns"` // medians
	NowNS     float64        `json:"now_ns"`
	Ratio     float64        `json:"ratio"` // how many times faster it is now, with its interval
	Low       float64        `json:"ratio_low"`
	High      float64        `json:"ratio_high"`
	P         float64        `json:"p"` // corrected for the number of benchmarks
	Verdict   sample.Verdict `json:"verdict"`
	ThenSteps float64        `json:"then_steps"` // exact, whatever the verdict
	NowSteps  float64        `json:"now_steps"`
}

// A MachineError says that a baseline was measured elsewhere.
type MachineError struct {
	File      string
	Then, Now machine.Machine
}

func (e *MachineError) Error() string {
	return fmt.Sprintf("%s was measured on another machine (%s, %d cores; this is %s, %d cores): its times say nothing here", e.File, e.Then.CPU, e.Then.Cores, e.Now.CPU, e.Now.Cores)
}

// ReadBench reads a report that starboard bench has saved.
func ReadBench(file string) (*BenchReport, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &engine.FileError{File: file, Err: cause(err)}
	}
	var p BenchReport
	if err := json.Unmarshal(text, &p); err != nil || p.Version != 1 || p.Machine.Fingerprint == "" {
		return nil, &engine.FileError{File: file, Err: fmt.Errorf("is no baseline of starboard bench of this version")}
	}
	return &p, nil
}

// Resolution is the factor from which on a difference of two benchmarks must
// not hide in the noise.
const Resolution = 1.3

// Compare says what changed since then, which was read from file. Benchmarks
// that only one of the two has are left out, and counted.
func (p *BenchReport) Compare(file string, then *BenchReport) (changes []BenchChange, alone int, err error) {
	if then.Machine.Fingerprint != p.Machine.Fingerprint {
		return nil, 0, &MachineError{file, then.Machine, p.Machine}
	}
	old := map[string]*Bench{}
	for i := range then.Benchmarks {
		if b := &then.Benchmarks[i]; len(b.Failures) == 0 {
			old[b.ID()] = b
		}
	}
	alone = len(old)
	var answers []sample.Comparison
	var ps []float64
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		was, ok := old[b.ID()]
		if !ok || len(b.Failures) > 0 {
			alone++
			continue
		}
		alone--
		now, before := b.Series.Times(), was.Series.Times()
		c, err := sample.Difference(now, before, Resolution, sample.Alpha)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", b.ID(), err)
		}
		answers, ps = append(answers, c), append(ps, c.P)
		changes = append(changes, BenchChange{
			ID: b.ID(), ThenNS: sample.Summarize(before, 0.95).Median, NowNS: sample.Summarize(now, 0.95).Median,
			Ratio: c.Ratio, Low: c.Low, High: c.High, ThenSteps: was.Series.Steps, NowSteps: b.Series.Steps,
		})
	}
	for i, x := range sample.Holm(ps) {
		answers[i].JudgeDifference(x, Resolution)
		changes[i].P, changes[i].Verdict = x, answers[i].Verdict
	}
	return changes, alone, nil
}

// GoText returns all measurements in the form of Go's benchmarks, which
// benchstat reads.
func (p *BenchReport) GoText() string {
	var w strings.Builder
	goos, goarch, _ := strings.Cut(p.Machine.System, "/")
	fmt.Fprintf(&w, "goos: %s\ngoarch: %s\ncpu: %s\n", goos, goarch, p.Machine.CPU)
	file := ""
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		if len(b.Failures) > 0 {
			continue
		}
		if b.File != file {
			file = b.File
			fmt.Fprintf(&w, "pkg: %s\n", file)
		}
		name := strings.TrimPrefix(b.Name, "bench_")
		for _, ns := range b.Series.Times() {
			fmt.Fprintf(&w, "Benchmark%s%s-1 \t%d\t%.4g ns/op\t%.6g steps/op\t%.0f B/op\t%.0f allocs/op\n",
				strings.ToUpper(name[:min(1, len(name))]), name[min(1, len(name)):], b.Series.N, ns, b.Series.Steps, b.Series.Bytes, b.Series.Allocs)
		}
	}
	return w.String()
}
