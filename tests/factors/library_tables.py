"""The packaged tables as rows of text, to read and to spoil."""

import csv

from decarb.resources import data_folder

FOLDER = data_folder("emission_factors")

TABLES = ("factors", "parts", "gwp", "compositions", "properties", "substances", "sources", "geographies")

TOTAL_GASES = (
    "co2_fossil",
    "ch4_fossil",
    "ch4_biogenic",
    "n2o",
    "hfc",
    "pfc",
    "sf6",
    "nf3",
    "other",
    "unsplit",
)

MEMO_GASES = ("co2_biogenic", "outside_kyoto", "avoided")


def read(name, folder=FOLDER):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def write(name, rows, folder):
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
