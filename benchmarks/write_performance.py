"""Tables of docs/performance.md from the JSON of pytest-benchmark, between markers; the prose stays.

    python -m pytest benchmarks --benchmark-only --benchmark-json benchmarks.json
    python benchmarks/write_performance.py benchmarks.json

A run with ``--national`` writes what stands after ``<!-- national scale: begin -->``, another one what stands after
``<!-- ten-minute selection: begin -->``.
"""

import json
import operator
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
END = "<!-- end -->"
_MEMORY = "Memory bandwidth"
_COMPARE = {"<=": operator.le, ">=": operator.ge}
_MODULES = ("test_national", "test_kernels", "test_uncertainty")


class Row:
    """One benchmark, beside the reference of its group."""

    def __init__(self, entry: dict[str, Any], reference: dict[str, Any], bandwidth: float) -> None:
        self.said = entry["extra_info"]
        self.seconds = entry["stats"]["min"]
        self.rate = self.said["work"] / self.seconds
        self.ratio = reference["extra_info"]["work"] / reference["stats"]["min"] / self.rate
        self.bandwidth = self.said["moved"] / self.seconds / bandwidth if bandwidth and self.said["moved"] else None
        self.peak_mb = self.said.get("peak_mb")

    def cells(self) -> dict[str, str]:
        parts = ", ".join(f"{name} {_seconds(part)}" for name, part in self.said.get("parts", {}).items())
        moved = self.said["moved"]
        return {
            "": self.said["what"] + ("" if self.said["undisturbed"] else " †"),
            "ratio": "1" if self.said["reference"] else _number(self.ratio),
            "time": _seconds(self.seconds) + (f" ({parts})" if parts else ""),
            f"M {self.said['unit']}": _number(self.said["work"] / 1e6),
            f"M {self.said['unit']}/s": _number(self.rate / 1e6),
            "GB/s": _number(moved / self.seconds / 1e9) if moved else "",
            "of the bandwidth": _number(self.bandwidth) if self.bandwidth else "",
            "peak memory": f"{self.peak_mb:,} MB" if self.peak_mb else "",
            "aim": "; ".join(self.aims()),
        }

    def aims(self) -> Iterator[str]:
        for aim in self.said["aims"]:
            name, sign, bound = aim.split()
            met = _COMPARE[sign](getattr(self, name), float(bound))
            shown = {
                "ratio": bound,
                "bandwidth": f"{bound} of the bandwidth",
                "rate": f"{_number(float(bound) / 1e6)} M/s",
                "seconds": _seconds(float(bound)),
                "peak_mb": f"{bound} MB",
            }
            yield f"{'≤' if sign == '<=' else '≥'} {shown[name]}: {'met' if met else '**missed**'}"


def _number(value: float) -> str:
    """Two significant digits, whole above ten."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _seconds(value: float) -> str:
    unit, size = next((pair for pair in (("s", 1.0), ("ms", 1e-3)) if value >= pair[1]), ("µs", 1e-6))
    scaled = value / size
    return f"{scaled:.2f} {unit}" if scaled < 10 else f"{scaled:.0f} {unit}"


def tables(entries: Sequence[dict[str, Any]]) -> Iterator[str]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(entries, key=lambda entry: _MODULES.index(entry["extra_info"]["module"])):
        groups.setdefault(entry["group"], []).append(entry)
    memory = [entry for entry in entries if entry["group"].startswith(_MEMORY)]
    bandwidth = max((entry["extra_info"]["moved"] / entry["stats"]["min"] for entry in memory), default=0.0)
    for name, members in groups.items():
        reference = next(entry for entry in members if entry["extra_info"]["reference"])
        rows = sorted(
            (Row(entry, reference, bandwidth) for entry in members), key=lambda row: not row.said["reference"]
        )
        yield f"### {name}\n\n{_table([row.cells() for row in rows])}"


def _table(rows: Sequence[dict[str, str]]) -> str:
    names = [name for name in rows[0] if any(row[name] for row in rows)]
    lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _heading(measured: dict[str, Any]) -> str:
    machine = measured["machine_info"]
    when, commit = measured["datetime"][:10], measured.get("commit_info", {}).get("id", "")[:7]
    brand = machine.get("cpu", {}).get("brand_raw", "an unknown processor")
    cores, python = len(os.sched_getaffinity(0)), machine["python_version"]
    return f"{when}, commit {commit}, {cores} cores of {brand}, Python {python}. The fastest round of each."


def between(page: str, name: str, text: str) -> str:
    """Page with what stands between the markers of `name` replaced."""
    begin = f"<!-- {name}: begin -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"{PAGE.name} has no {begin} ... {END}")
    return f"{before}{begin}\n{text}\n{END}{after}"


def main(path: str) -> None:
    measured = json.loads(Path(path).read_bytes())
    entries = [entry for entry in measured["benchmarks"] if "what" in entry["extra_info"]]
    if not entries:
        sys.exit(f"{path} holds none of the benchmarks of {', '.join(_MODULES)}")
    name = "national scale" if entries[0]["extra_info"]["national"] else "ten-minute selection"
    text = "\n\n".join([_heading(measured), *tables(entries)])
    if not all(entry["extra_info"]["undisturbed"] for entry in entries):
        text += "\n\n† Other processes were using the cores before every round."
    PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), name, text), encoding="utf-8")
    sys.stdout.write(f"{PAGE}: {name}, {len(entries)} figures\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
