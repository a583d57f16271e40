"""The whole Base Carbone v23.6, which stands beside the repository where it stands at all."""

from pathlib import Path

WHOLE = Path(__file__).parents[1] / "../shared/data/base_carbone/base_carbone_v23.6.csv"
ABSENT = "the Base Carbone v23.6 is not beside the repository (../shared/data/base_carbone)"
