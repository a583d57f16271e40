"""A nation: the register of establishments, totals of those that reported, figures for those that did not."""
