"""``python -m decarb``."""

from decarb.cli import main

main()
