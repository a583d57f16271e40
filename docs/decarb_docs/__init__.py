"""Generated references, navigation and links of the documentation site; only ``site`` needs Sphinx."""
