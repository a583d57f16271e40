"""The factor that a line means: a pinned id as it is, a series by period and place, and what was assumed."""

import difflib
from dataclasses import dataclass

from decarb.errors import Problem, Term, UsageError
from decarb.factors.library import FactorLibrary
from decarb.factors.records import Factor
from decarb.factors.search import search


@dataclass(frozen=True, slots=True)
class Selection:
    """A factor with what the reader must be told about the choice."""

    factor: Factor
    notes: tuple[Problem, ...] = ()


def select(
    library: FactorLibrary,
    reference: str,
    year: int,
    geography: str = "FR-MAINLAND",
    price_year: int | None = None,
    contrails: str = "included",
) -> Selection:
    """Find the factor that `reference` names.

    Parameters
    ----------
    reference
        An id or an alias by source (``electricity-fr-2024``, ``base-carbone:43642``) pins one factor;
        a series id (``electricity-fr``) is selected by `year` and `geography`.
    year
        Year of the period reported on.
    geography
        Code of ``geographies.csv``.
    price_year
        Year of the euros of the line, for spend ratios; the period's year by default.
    contrails
        ``included`` or ``excluded``, for flights.

    Raises
    ------
    UsageError
        If nothing is called `reference`; the nearest names are given.
    """
    pinned = library.find(reference)
    if pinned:
        return Selection(pinned, _pinned_notes(library, pinned, year, geography, contrails))
    members = library.members(reference)
    if not members:
        raise UsageError([unknown_factor(library, reference)])
    return _from_series(library, reference, members, year, geography, price_year, contrails)


def depends_on_place(library: FactorLibrary, reference: str) -> bool:
    """Whether what `select` answers may differ from one place of France to another.

    Parameters
    ----------
    library
        From ``load_factors``.
    reference
        An id, a series or an alias, as a line names it.
    """
    pinned = library.find(reference)
    if pinned:
        return any(_is_french(library, code) for code in pinned.geographies)
    everywhere = {"FR", *lineage(library, "FR")}
    return any(not everywhere.issuperset(factor.geographies) for factor in library.members(reference))


def unknown_factor(library: FactorLibrary, reference: str) -> Problem:
    """Say that no factor is called `reference`: it is retired, or these are the nearest names."""
    retired = library.retired.get(reference)
    if retired:
        what = {"value": reference, "version": retired.version, "reason": retired.reason}
        return Problem("factor-retired", what | {"successor": retired.successor})
    return Problem("unknown-factor", {"value": reference, "nearest": nearest_factors(library, reference)})


def nearest_factors(library: FactorLibrary, reference: str, count: int = 3) -> list[str]:
    """Names closest to `reference`, among ids and series."""
    names = [*library.by_id, *library.series]
    close = difflib.get_close_matches(reference, names, count, 0.7)
    return close or [factor.id for factor in search(library, reference.replace("-", " "), count)]


def lineage(library: FactorLibrary, geography: str) -> list[str]:
    """Return the place, then each place that contains it, outwards."""
    places = []
    while geography:
        places.append(geography)
        geography = library.geographies[geography].parent
    return places


def _pinned_notes(
    library: FactorLibrary, factor: Factor, year: int, geography: str, contrails: str
) -> tuple[Problem, ...]:
    notes = []
    if factor.valid_to and int(factor.valid_to[:4]) < year:
        notes.append(Problem("factor-expired", {"factor": factor.id, "valid_to": factor.valid_to, "year": year}))
    if factor.data_year and factor.data_year > year:
        notes.append(Problem("factor-later", {"factor": factor.id, "data_year": factor.data_year, "year": year}))
    french = [code for code in factor.geographies if _is_french(library, code)]
    if french and not set(lineage(library, geography)) & set(factor.geographies):
        notes.append(
            Problem(
                "factor-elsewhere-in-series" if factor.series else "factor-elsewhere",
                {"factor": factor.id, "factor_place": " ".join(factor.geographies), "place": geography},
            )
        )
    if factor.contrails and factor.contrails != contrails:
        notes.append(Problem("contrails-differ", {"factor": factor.id, "option": Term(contrails)}))
    return (*(problem.at(severity="warning") for problem in notes), *_source_notes(factor))


def _source_notes(factor: Factor) -> tuple[Problem, ...]:
    """What to know of a factor whatever chose it: its source is doubtful, or says zero."""
    notes = []
    if factor.status == "doubtful":
        notes.append(Problem("factor-doubtful", {"factor": factor.id}))
    if factor.published_total == 0:
        notes.append(Problem("factor-zero", {"factor": factor.id}))
    return tuple(problem.at(severity="warning") for problem in notes)


def _is_french(library: FactorLibrary, code: str) -> bool:
    return code != "FR" and "FR" in lineage(library, code) and library.geographies[code].parent == "FR"


def _from_series(
    library: FactorLibrary,
    series: str,
    members: tuple[Factor, ...],
    year: int,
    geography: str,
    price_year: int | None,
    contrails: str,
) -> Selection:
    notes: list[Problem] = []
    candidates = [factor for factor in members if factor.contrails in ("", contrails)]
    if not candidates:
        candidates = list(members)
        notes.append(Problem("contrails-differ", {"factor": series, "option": Term(contrails)}))
    candidates, place = _of_place(library, candidates, geography)
    if place not in lineage(library, geography):
        notes.append(Problem("proxy-place", {"series": series, "taken": place, "wanted": geography}))
    wanted = price_year or year
    chosen = min(candidates, key=lambda factor: _distance(factor, wanted))
    equals = [factor.id for factor in candidates if _distance(factor, wanted) == _distance(chosen, wanted)]
    if len(equals) > 1:
        raise UsageError([Problem("factor-ambiguous", {"series": series, "choices": equals})])
    chosen_year = _year(chosen)
    if chosen_year is not None and chosen_year != wanted:
        code = "proxy-price-year" if chosen.unit.price_year else "proxy-year"
        notes.append(Problem(code, {"series": series, "taken": chosen_year, "wanted": wanted}))
    elif chosen_year is None and chosen.valid_to and int(chosen.valid_to[:4]) < year:
        notes.append(Problem("factor-expired", {"factor": chosen.id, "valid_to": chosen.valid_to, "year": year}))
    if chosen.locality:
        taken = f"{place} ({chosen.locality})"
        notes.append(Problem("proxy-place", {"series": series, "taken": taken, "wanted": geography}))
    selected = Problem("selected-from-series", {"series": series, "taken": chosen.id})
    stated = [problem.at(severity="warning") for problem in notes]
    return Selection(chosen, (selected.at(severity="note"), *stated, *_source_notes(chosen)))


def _of_place(library: FactorLibrary, candidates: list[Factor], geography: str) -> tuple[list[Factor], str]:
    """Members valid for the place itself, else for what contains it, else for mainland France."""
    for place in (*lineage(library, geography), "FR-MAINLAND"):
        there = [factor for factor in candidates if place in factor.geographies]
        if there:
            return there, place
    return candidates, candidates[0].geographies[0]


def _year(factor: Factor) -> int | None:
    return factor.unit.price_year or factor.data_year


def _distance(factor: Factor, wanted: int) -> tuple[int, int]:
    """Exact year first; then the latest before for euros, which are never deflated, else the nearest.

    One that says no year comes after any that does.
    """
    year = _year(factor)
    if year is None:
        return (10_000, 0)
    if year == wanted:
        return (0, 0)
    if factor.unit.price_year:
        return (1, wanted - year) if year < wanted else (2, year - wanted)
    return (abs(year - wanted), int(year > wanted))
