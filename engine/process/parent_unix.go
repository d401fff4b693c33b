//go:build unix && !linux

package process

import "syscall"

// endWithParent does nothing: the command sees the end of its input when this
// program is killed, and is to end then.
func endWithParent(*syscall.SysProcAttr) {}
