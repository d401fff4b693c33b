package erc

// Alike returns the items that KiCad may show in place of those of the finding.
func (f *Finding) Alike() []Item {
	var list []Item
	for _, same := range f.alike {
		for _, a := range same {
			list = append(list, a.Item)
		}
	}
	return list
}
