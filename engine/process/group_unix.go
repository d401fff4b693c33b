//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// ownGroup lets the command have a process group of its own.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
}

// killGroup kills the command and what it has started. The command itself may
// have ended: the group goes on while anything is left in it.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
