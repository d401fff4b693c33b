package main

import (
	"testing"
	"time"

	"starboard/engine/suite"
)

func TestProgressLine(t *testing.T) {
	for _, tt := range []struct {
		name  string
		state suite.Progress
		gone  time.Duration
		want  string
	}{
		{"start", suite.Progress{Total: 4, Running: []string{"a_test.star:test_one", "a_test.star:test_two"}}, 0,
			"[....................] 0 of 4  2 running: test_one"},
		{"half", suite.Progress{Done: 2, Total: 4, Bad: 1}, 500 * time.Millisecond,
			"[##########..........] 2 of 4, 1 failed"},
		{"time left", suite.Progress{Done: 10, Total: 40, Running: []string{"a_test.star:test_x"}}, 30 * time.Second,
			"[#####...............] 10 of 40, 1m30s left  1 running: test_x"},
		{"almost", suite.Progress{Done: 999, Total: 1000}, 2 * time.Second,
			"[###################.] 999 of 1000"},
		{"end", suite.Progress{Done: 3, Total: 3}, time.Hour,
			"[####################] 3 of 3"},
		{"too long", suite.Progress{Done: 1, Total: 2, Running: []string{"a_test.star:test_with_a_name_that_does_not_fit_on_any_terminal_line"}}, 0,
			"[##########..........] 1 of 2  1 running: test_with_a_name_that_does_not_fit_o…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := progressLine(tt.state, tt.gone); got != tt.want {
				t.Errorf("progressLine(%+v, %v) =\n%s, want\n%s", tt.state, tt.gone, got, tt.want)
			}
		})
	}
}
