package process

import "syscall"

// endWithParent has the command killed when this program is, which can then end
// nothing itself.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
