package suite

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A Shard is one part of a suite that several machines share. A scenario
// belongs to the shard that a hash of its name gives: adding one moves no
// other.
type Shard struct {
	Index int `json:"index"` // from 1
	Count int `json:"count"`
}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// has reports whether the scenario of that name belongs to the shard.
func (s *Shard) has(id string) bool {
	if s == nil {
		return true
	}
	sum := sha256.Sum256([]byte(id))
	return binary.BigEndian.Uint64(sum[:])%uint64(s.Count) == uint64(s.Index-1)
}

// ParseShard reads "I/N", or "auto" or "auto/N", which take what is missing
// from the variables of a Bazel test, a Slurm job array, or an indexed job of
// Kubernetes, which does not know N. The text "" is a shard only where Bazel
// asks for one.
func ParseShard(text string, env func(string) string) (*Shard, error) {
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(env(name))
		return n, err == nil
	}
	if text == "" {
		count, ok := number("TEST_TOTAL_SHARDS")
		index, ok2 := number("TEST_SHARD_INDEX")
		if !ok || !ok2 {
			return nil, nil
		}
		return check(index+1, count, "TEST_SHARD_INDEX and TEST_TOTAL_SHARDS")
	}
	first, rest, slash := strings.Cut(text, "/")
	if first != "auto" {
		index, err := strconv.Atoi(first)
		count, err2 := strconv.Atoi(rest)
		if err != nil || err2 != nil {
			return nil, fmt.Errorf("got shard %q, want I/N such as 1/4, or auto", text)
		}
		return check(index, count, "--shard")
	}
	index, count, from := 0, 0, ""
	if i, ok := number("TEST_SHARD_INDEX"); ok {
		index, from = i+1, "TEST_SHARD_INDEX"
		count, _ = number("TEST_TOTAL_SHARDS")
	} else if i, ok := number("SLURM_ARRAY_TASK_ID"); ok {
		least, _ := number("SLURM_ARRAY_TASK_MIN")
		step, ok := number("SLURM_ARRAY_TASK_STEP")
		if !ok || step < 1 {
			step = 1
		}
		index, from = (i-least)/step+1, "SLURM_ARRAY_TASK_ID"
		count, _ = number("SLURM_ARRAY_TASK_COUNT")
	} else if i, ok := number("JOB_COMPLETION_INDEX"); ok {
		index, from = i+1, "JOB_COMPLETION_INDEX"
	} else {
		return nil, fmt.Errorf("shard auto: none of TEST_SHARD_INDEX, SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX is set")
	}
	if slash {
		n, err := strconv.Atoi(rest)
		if err != nil {
			return nil, fmt.Errorf("got shard %q, want auto/N", text)
		}
		count = n
	}
	if count == 0 {
		return nil, fmt.Errorf("shard auto: %s does not tell of how many shards it is one: say --shard auto/N", from)
	}
	return check(index, count, from)
}

func check(index, count int, from string) (*Shard, error) {
	if count < 1 || index < 1 || index > count {
		return nil, fmt.Errorf("got shard %d of %d from %s, want one of 1 to the number of shards", index, count, from)
	}
	return &Shard{index, count}, nil
}
