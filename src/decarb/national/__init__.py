"""A nation: the store of what establishments submit."""
