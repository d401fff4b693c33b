// Package machine describes the machine that measures, so that times of
// different machines are not compared. [Here] is its
// main entry point.
package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// A Machine is what times depend on. Nothing in it is secret. Fields that the
// system does not tell are empty.
type Machine struct {
	System      string `json:"system"` // linux/amd64
	Kernel      string `json:"kernel"`
	CPU         string `json:"cpu"`
	Cores       int    `json:"cores"`
	MemoryBytes int64  `json:"memory_bytes"`
	Fingerprint string `json:"fingerprint"` // equal on machines whose times can be compared
}

// Here returns the machine that this process runs on.
func Here() Machine {
	m := Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), CPU: Field("/proc/cpuinfo", "model name")}
	if kb, err := strconv.ParseInt(strings.TrimSuffix(Field("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.MemoryBytes = kb * 1024
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	// The kernel keeps some memory for itself, not always the same.
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%d|%d|%s", m.System, m.CPU, m.Cores, m.MemoryBytes>>28, m.Kernel))
	m.Fingerprint = hex.EncodeToString(sum[:8])
	return m
}

// Field returns a field of a file of Linux with lines "name: value", such as
// /proc/cpuinfo; "" elsewhere, and where there is none.
func Field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
