package suite

import (
	"fmt"
	"regexp"
	"strings"
)

// A matcher is a --run expression: regular expressions for the name of a
// scenario and of its sub-scenarios, with / between them.
type matcher []*regexp.Regexp

func newMatcher(text string) (matcher, error) {
	if text == "" {
		return nil, nil
	}
	var m matcher
	for _, part := range splitSlashes(text) {
		re, err := regexp.Compile(part)
		if err != nil {
			return nil, &PatternError{text, err}
		}
		m = append(m, re)
	}
	return m, nil
}

// splitSlashes splits at each / that is not inside brackets or escaped.
func splitSlashes(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		case '/':
			if depth <= 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}

// matches reports whether the scenario is asked for, or may have
// sub-scenarios that are.
func (m matcher) matches(name string) bool {
	parts := splitName(name)
	for i := range min(len(parts), len(m)) {
		if !m[i].MatchString(parts[i]) {
			return false
		}
	}
	return true
}

// splitName splits a scenario's name, in which no part has a /.
func splitName(s string) []string { return strings.Split(s, "/") }

// A PatternError is a --run expression that cannot be read.
type PatternError struct {
	Pattern string
	Err     error
}

func (e *PatternError) Error() string { return fmt.Sprintf("--run: got %q: %v", e.Pattern, e.Err) }
