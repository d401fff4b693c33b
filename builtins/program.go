package builtins

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Exec executes a script with the names of [Predeclared]. It is what
// [starlark.ExecFileOptions] is, but for operations that would take any amount
// of memory or time in a single step, where nothing can stop them: these are
// errors, the same ones on every machine.
//
// Operators and methods are part of the language and cannot be replaced like
// functions. So the script is changed between its parsing and its compilation:
// x * y becomes a call that looks at x and y first. Names that no script can
// write keep these calls apart from its own, and they stand where the operator
// stood, so that messages have the same places.
func Exec(opts *syntax.FileOptions, thread *starlark.Thread, name string, src any) (starlark.StringDict, error) {
	f, err := opts.Parse(name, src, 0)
	if err != nil {
		return nil, err
	}
	bind(f.Stmts)
	names := Predeclared()
	maps.Copy(names, careful)
	program, err := starlark.FileProgram(f, names.Has)
	if err != nil {
		return nil, err
	}
	globals, err := program.Init(thread, names)
	globals.Freeze()
	return globals, err
}

// The names of the calls that stand for operators.
const (
	callTimes   = "*"     // *(x, y) is x * y
	callPercent = "%"     // %(x, y) is x % y
	callOperand = "+"     // +(y) is y, for x + y and x += y
	callMethod  = "."     // .(x.join)(y) is x.join(y)
	callSpread  = "*args" // *args(x) is x, for f(*x)
)

// careful has the functions of those names.
var careful = starlark.StringDict{
	callTimes:   starlark.NewBuiltin(callTimes, times),
	callPercent: starlark.NewBuiltin(callPercent, percent),
	callOperand: starlark.NewBuiltin(callOperand, operand),
	callMethod:  starlark.NewBuiltin(callMethod, methodOf),
	callSpread:  starlark.NewBuiltin(callSpread, spread),
}

// bind changes all statements.
func bind(stmts []syntax.Stmt) {
	for _, s := range stmts {
		switch s := s.(type) {
		case *syntax.AssignStmt:
			s.LHS = bound(s.LHS)
			s.RHS = bound(s.RHS)
			bindAssignment(s)
		case *syntax.DefStmt:
			for i := range s.Params {
				s.Params[i] = boundDefault(s.Params[i])
			}
			bind(s.Body)
		case *syntax.ExprStmt:
			s.X = bound(s.X)
		case *syntax.ForStmt:
			s.Vars = bound(s.Vars)
			s.X = bound(s.X)
			bind(s.Body)
		case *syntax.WhileStmt:
			s.Cond = bound(s.Cond)
			bind(s.Body)
		case *syntax.IfStmt:
			s.Cond = bound(s.Cond)
			bind(s.True)
			bind(s.False)
		case *syntax.ReturnStmt:
			if s.Result != nil {
				s.Result = bound(s.Result)
			}
		}
	}
}

// bindAssignment changes x += y and its like. That x is looked at once only
// cannot be told from the outside where it is a name; elsewhere, x *= y stays
// as it is.
func bindAssignment(s *syntax.AssignStmt) {
	_, named := s.LHS.(*syntax.Ident)
	switch s.Op {
	case syntax.PLUS_EQ:
		if !brief(s.RHS) {
			s.RHS = call(callOperand, s.OpPos, s.RHS)
		}
	case syntax.STAR_EQ, syntax.PERCENT_EQ:
		if !named {
			return
		}
		name := map[syntax.Token]string{syntax.STAR_EQ: callTimes, syntax.PERCENT_EQ: callPercent}[s.Op]
		x := *s.LHS.(*syntax.Ident)
		s.Op, s.RHS = syntax.EQ, call(name, s.OpPos, &x, s.RHS)
	}
}

// boundDefault changes the default of a parameter.
func boundDefault(p syntax.Expr) syntax.Expr {
	if b, ok := p.(*syntax.BinaryExpr); ok && b.Op == syntax.EQ {
		b.Y = bound(b.Y)
	}
	return p
}

func boundAll(list []syntax.Expr) {
	for i := range list {
		list[i] = bound(list[i])
	}
}

// bound returns what an expression becomes.
func bound(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.BinaryExpr:
		e.X, e.Y = bound(e.X), bound(e.Y)
		switch {
		case e.Op == syntax.STAR:
			return call(callTimes, e.OpPos, e.X, e.Y)
		case e.Op == syntax.PERCENT:
			return call(callPercent, e.OpPos, e.X, e.Y)
		case e.Op == syntax.PLUS && !brief(e.X) && !brief(e.Y):
			e.Y = call(callOperand, e.OpPos, e.Y)
		}
	case *syntax.CallExpr:
		boundCall(e)
	case *syntax.Comprehension:
		e.Body = bound(e.Body)
		for _, c := range e.Clauses {
			switch c := c.(type) {
			case *syntax.ForClause:
				c.Vars, c.X = bound(c.Vars), bound(c.X)
			case *syntax.IfClause:
				c.Cond = bound(c.Cond)
			}
		}
	case *syntax.CondExpr:
		e.Cond, e.True, e.False = bound(e.Cond), bound(e.True), bound(e.False)
	case *syntax.DictEntry:
		e.Key, e.Value = bound(e.Key), bound(e.Value)
	case *syntax.DictExpr:
		boundAll(e.List)
	case *syntax.DotExpr:
		e.X = bound(e.X)
	case *syntax.IndexExpr:
		e.X, e.Y = bound(e.X), bound(e.Y)
	case *syntax.LambdaExpr:
		for i := range e.Params {
			e.Params[i] = boundDefault(e.Params[i])
		}
		e.Body = bound(e.Body)
	case *syntax.ListExpr:
		boundAll(e.List)
	case *syntax.ParenExpr:
		e.X = bound(e.X)
	case *syntax.SliceExpr:
		e.X = bound(e.X)
		for _, x := range []*syntax.Expr{&e.Lo, &e.Hi, &e.Step} {
			if *x != nil {
				*x = bound(*x)
			}
		}
	case *syntax.TupleExpr:
		boundAll(e.List)
	case *syntax.UnaryExpr:
		if e.X != nil {
			e.X = bound(e.X)
		}
	}
	return e
}

// boundCall changes a call of a method that may make something large, and the
// arguments of any.
func boundCall(e *syntax.CallExpr) {
	e.Fn = bound(e.Fn)
	for i, a := range e.Args {
		switch a := a.(type) {
		case *syntax.BinaryExpr:
			if a.Op == syntax.EQ { // name = value
				a.Y = bound(a.Y)
				continue
			}
		case *syntax.UnaryExpr:
			if a.Op == syntax.STAR {
				a.X = call(callSpread, a.OpPos, bound(a.X))
				continue
			}
		}
		e.Args[i] = bound(a)
	}
	if dot, ok := e.Fn.(*syntax.DotExpr); ok && methods[dot.Name.Name] != nil {
		e.Fn = call(callMethod, dot.NamePos, dot)
	}
}

// brief reports whether an expression can be seen to be no large value.
func brief(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Literal:
		return true
	case *syntax.ParenExpr:
		return brief(e.X)
	case *syntax.ListExpr, *syntax.TupleExpr, *syntax.DictExpr:
		return true // as long as the script
	}
	return false
}

// call returns a call of one of the names, at the place of an operator.
func call(name string, at syntax.Position, args ...syntax.Expr) syntax.Expr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: at}
}
