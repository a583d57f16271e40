"""A nation: the register of establishments, and figures for those that did not report (docs/estimation.md)."""
