//go:build unix && !linux

package repro

// rssUnit is the unit of ru_maxrss in bytes: that of macOS; other systems than
// Linux are not measured more exactly.
const rssUnit = 1
