"""How often the 95 % interval of ``decarb.national.estimation`` holds the truth, on simulated sectors.

    python benchmarks/estimation_coverage.py [REPETITIONS]

Writes the tables of docs/estimation.md between its markers. A new population is drawn in each repetition: sizes are
lognormal, emissions are size times a lognormal intensity. Deterministic for one version of NumPy.
"""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from decarb.errors import RefusedEstimationError
from decarb.national.estimation import estimate
from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Strata, stratify

PAGE = Path(__file__).parents[1] / "docs" / "estimation.md"
MARKERS = re.compile(r"(<!-- coverage: begin -->\n).*?(<!-- coverage: end -->)", re.DOTALL)
REPETITIONS = 2000
RATE = 0.3
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Skew:
    """Sigma of the logarithm of sizes, and of emissions per size."""

    name: str
    size: float
    intensity: float

    def skewness(self) -> float:
        """Skewness of the sizes: that of a lognormal."""
        square = np.exp(self.size**2)
        return float((square + 2) * np.sqrt(square - 1))


SKEWS = (Skew("mild", 0.5, 0.3), Skew("middling", 0.8, 0.5), Skew("strong", 1.2, 0.8))


@dataclass
class Tally:
    """Repetitions of one case."""

    held: int = 0
    refused: int = 0
    count: int = 0
    error: float = 0.0
    half_width: float = 0.0
    joined: float = 0.0

    def add(self, truth: float, units: ReportingUnits, values: Floats, strata: Strata | None) -> None:
        try:
            found = estimate(units, values, ("emissions",), strata=strata or stratify(units, size_bounds=()))
        except RefusedEstimationError:
            self.refused += 1
            return
        self.count += 1
        self.held += bool(found.low[-1] <= truth <= found.high[-1])
        self.error += found.total[-1] / truth - 1
        self.half_width += (found.high[-1] - found.low[-1]) / 2 / truth
        self.joined += len(found.joined)

    def cells(self) -> list[str]:
        if not self.count:
            return ["", "", ""]
        shares = (self.error / self.count, self.half_width / self.count)
        return [f"{100 * self.held / self.count:.1f} %", f"{100 * shares[0]:+.1f} %", f"±{100 * shares[1]:.0f} %"]


def drawn(rng: np.random.Generator, count: int, skew: Skew) -> tuple[Floats, Floats]:
    """Sizes of units, and their emissions per size, of mean 1."""
    size = 100 * np.exp(rng.normal(0, skew.size, count))
    return size, np.exp(rng.normal(-(skew.intensity**2) / 2, skew.intensity, count))


def reported(size: Floats, emissions: Floats, responded: NDArray[np.bool_], categories: Sequence[str]):
    report = np.full(len(size), -1, dtype=np.int64)
    report[responded] = np.arange(int(responded.sum()))
    names = tuple(map(str, range(len(size))))
    units = ReportingUnits(names, tuple(categories), ("public",) * len(size), size, report)
    return units, emissions[responded][:, None]


def one_stratum(respondents: int, skew: Skew, repetitions: int) -> Tally:
    """Thirty per cent of one stratum, any as likely as any other."""
    rng = np.random.default_rng([1, respondents, SKEWS.index(skew)])
    count = round(respondents / RATE)
    strata = Strata(("one",), np.zeros(count, dtype=np.int64))
    tally = Tally()
    for _ in range(repetitions):
        size, intensity = drawn(rng, count, skew)
        responded = np.zeros(count, dtype=np.bool_)
        responded[rng.choice(count, respondents, replace=False)] = True
        tally.add(float(size @ intensity), *reported(size, size * intensity, responded, ("one",) * count), strata)
    return tally


STRATA = (5, 8, 12, 18, 25, 35, 45, 60, 75, 100)
"""Units of each stratum of a sector."""


def sector(skew: Skew, slopes: Sequence[float], repetitions: int, seed: int) -> Tally:
    """Strata of 5 to 100 units whose emissions per size differ by half; those too small are joined."""
    rng = np.random.default_rng([2, seed, SKEWS.index(skew)])
    of_unit = np.repeat(np.arange(len(STRATA)), STRATA)
    categories = [f"{code:03d}" for code in of_unit]
    tally = Tally()
    for _ in range(repetitions):
        size, intensity = drawn(rng, len(of_unit), skew)
        level = np.exp(rng.normal(0, 0.2, len(STRATA)))[of_unit]
        logit = slopes[0] * np.log(size / 100) / skew.size + slopes[1] * np.log(intensity) / skew.intensity
        chance = 1 / (1 + np.exp(-logit))
        responded = rng.random(len(of_unit)) < chance * RATE / chance.mean()
        emissions = size * intensity * level
        tally.add(float(emissions.sum()), *reported(size, emissions, responded, categories), None)
    return tally


RESPONSES = (
    ("any as likely as any other", 0.0, 0.0),
    ("the large rather than the small", 1.0, 0.0),
    ("those that emit little for their size, somewhat rather", 0.0, -0.5),
    ("those that emit little for their size, much rather", 0.0, -1.5),
)
"""Slopes of the logit of responding, per standard deviation of the logarithm of size, and of emissions per size."""


def tables(repetitions: int) -> Iterator[str]:
    noise = 100 * 1.96 * np.sqrt(0.95 * 0.05 / repetitions)
    yield (
        f"{repetitions:,} repetitions of each case: a cover of 95 % is seen as {95 - noise:.1f} to {95 + noise:.1f} %. "
        "Cover is how often the interval holds the truth; error the mean of the estimate's; width half the interval's, "
        "on average.\n"
    )
    shown = [f"{s.name}: sizes σ {s.size:g} (skewness {s.skewness():.1f}), per size σ {s.intensity:g}" for s in SKEWS]
    yield "Skew: " + "; ".join(shown) + ".\n"
    yield "### One stratum, 30 % of it respond\n"
    yield from _header(("respondents", "units"))
    for respondents in (2, 3, 5, 10, 20, 30, 50, 100):
        cells = [cell for skew in SKEWS for cell in one_stratum(respondents, skew, repetitions).cells()]
        yield _row([str(respondents), str(round(respondents / RATE)), *cells])
    yield f"\n### A sector of {len(STRATA)} strata of {STRATA[0]} to {STRATA[-1]} units, 30 % respond\n"
    yield from _header(("who responds", "strata joined"))
    for seed, (name, *slopes) in enumerate(RESPONSES):
        found = [sector(skew, slopes, repetitions, seed) for skew in SKEWS]
        joined = np.mean([tally.joined / max(tally.count, 1) for tally in found])
        yield _row([name, f"{joined:.1f}", *(cell for tally in found for cell in tally.cells())])
        assert not any(tally.refused for tally in found)


def _header(first: Sequence[str]) -> Iterator[str]:
    titles = [*first, *(f"{skew.name}: {what}" for skew in SKEWS for what in ("cover", "error", "width"))]
    yield _row(titles)
    yield "|---" * len(titles) + "|"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    started = time.perf_counter()
    written = "\n".join(tables(int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS))
    print(written, f"\n{time.perf_counter() - started:.0f} s", sep="\n")  # noqa: T201
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKERS.sub(lambda found: f"{found[1]}{written}\n{found[2]}", page), encoding="utf-8")
