"""A nation: what establishments submitted, the register of all of them, totals, and figures for those that did not."""
