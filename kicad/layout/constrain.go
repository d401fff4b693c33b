package layout

// constrain keeps blocks as the rules want them.
func (b *builder) constrain() {}
