package guard_test

import (
	"context"
	"fmt"
	"strings"

	"starboard/builtins/guard"
)

// A program of its own guards a fast path that is wrong for some words.
func Example() {
	trusted := func(_ context.Context, s string) (string, error) { return strings.ToUpper(s), nil }
	fast := func(_ context.Context, s string) (string, error) {
		b := []byte(s)
		for i := range b {
			b[i] -= 'a' - 'A' // for small letters only
		}
		return string(b), nil
	}
	upper, err := guard.New("upper", fast, trusted, guard.Options[string, string]{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 40 {
		word := "word"
		if i%4 == 3 {
			word = "Word"
		}
		if s, err := upper.Call(context.Background(), word); s != "WORD" || err != nil {
			fmt.Println("got", s, err)
		}
	}
	s := upper.Stats()
	fmt.Printf("%s after %d calls, %d of them wrong; %s\n", s.State, s.FastCalls(), s.Failures(), s.LastFailure)
	// Output:
	// open after 20 calls, 5 of them wrong; its answer is not the trusted one
}
