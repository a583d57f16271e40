"""Legal milestones of each establishment and of all: met, not met or unknown, with the facts that say so.

What submissions do not say is unknown and named; it is never taken for a breach (docs/roadmap.md).
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from decarb.errors import Bilingual, InvalidInventoryError, Phrase, Problem, RefusedRoadmapError
from decarb.footprint import Footprint
from decarb.gases import gas_indicators
from decarb.inventory import Establishment, region_of
from decarb.inventory.lines import entity_of
from decarb.language import mark
from decarb.national.base_year import are_of_one_length, days, is_of_a_year
from decarb.national.final_energy import final_energy
from decarb.national.legal_milestones import LegalMilestone, legal_milestones
from decarb.national.nomenclatures import status_groups
from decarb.national.reporting_units import covered_by

Status = Literal["met", "not_met", "unknown", "not_concerned"]
STATUSES: tuple[Status, ...] = ("met", "not_met", "unknown", "not_concerned")
OVERSEAS = frozenset(("01", "02", "03", "04", "06"))
"""INSEE codes of the overseas regions."""
_ALWAYS_BOUND = frozenset(("01", "02", "04"))
"""FINESS statuses of the State, departments and regions: bound whatever their staff."""
_BY_POPULATION = frozenset(("03", "07"))
"""Communes and metropolises: bound by their population, which an inventory does not say."""
_ROUNDING = 1e-12

Reason = Phrase | Bilingual


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a finding rests on: its name, its value as submitted, the unit where it has one."""

    name: str
    value: float | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where one establishment, or legal entity, stands on one milestone.

    ``year`` is that of the submission looked at; ``due`` the day, month or year from which, or by which, it holds, and
    ``is_due`` whether that has come. ``reasons`` say why the status is unknown, or what else is not looked at.
    """

    entity: str
    name: str
    year: int
    milestone: LegalMilestone
    status: Status
    due: str
    is_due: bool
    facts: tuple[Fact, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """What one establishment submitted for one year.

    ``kwh`` is nan where not all of its energy is told; ``desflurane_kg`` is None where no anaesthetic gas is, or a line
    of one is refused.
    """

    year: int
    establishment: Establishment
    kwh: float
    lines_left_out: int
    desflurane_kg: float | None

    @property
    def sites(self) -> tuple[str, ...]:
        """FINESS numbers that it reports for."""
        return tuple(sorted(covered_by(self.establishment.identity, self.establishment.sites.values())))


def obligations(
    years: Mapping[int, Footprint], on: str, reference: int | None = None, absolute: Mapping[str, float] | None = None
) -> tuple[Finding, ...]:
    """Say where each establishment stands on each legal milestone, by the last year that it submitted.

    Parameters
    ----------
    years
        Footprints by year (``by_year``).
    on
        Day at which milestones are due or not (``2026-09-30``).
    reference
        Reference year of the tertiary decree; by default the first year submitted that may be one.
    absolute
        Absolute values of the tertiary decree by FINESS number [kWh/m2]; above zero.

    Raises
    ------
    RefusedRoadmapError
        If an absolute value is no number above zero, or the reference year was not submitted.
    """
    return judge({year: tuple(reported(year, years[year])) for year in years}, on, reference, absolute)


def judge(
    years: Mapping[int, Iterable[Reported]],
    on: str,
    reference: int | None = None,
    absolute: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """As ``obligations``, of what was ``reported`` for each year: no footprint has to be kept for it."""
    absolute = absolute or {}
    wrong = [
        Problem("absolute-value", {"value": str(value)}) for value in absolute.values() if not 0 < value < math.inf
    ]
    if reference is not None and reference not in years:
        wrong.append(Problem("roadmap-year-missing", {"value": reference, "known": sorted(years)}))
    if wrong:
        raise RefusedRoadmapError(wrong)
    of_entity: dict[str, list[Reported]] = {}
    for year in sorted(years):
        for submission in years[year]:
            of_entity.setdefault(entity_of(submission.establishment), []).append(submission)
    legal: dict[str, list[Reported]] = {}
    findings: list[Finding] = []
    for entity, submitted in sorted(of_entity.items()):
        last = submitted[-1]
        legal.setdefault(last.establishment.identity.get("finess_ej") or entity, []).append(last)
        findings += _tertiary(entity, submitted, on, reference, absolute)
        findings.append(_desflurane(entity, last, on))
        findings += _not_in_submissions(entity, last, on)
    return (*(_beges(entity, last, on) for entity, last in sorted(legal.items())), *findings)


def counts(findings: Iterable[Finding]) -> dict[str, dict[Status, int]]:
    """How many stand where, by milestone and in all; every status is there."""
    found: dict[str, Counter[Status]] = {}
    for finding in findings:
        found.setdefault(finding.milestone.milestone, Counter())[finding.status] += 1
    return {name: {status: found[name][status] for status in STATUSES} for name in found}


def due(findings: Iterable[Finding]) -> dict[str, int]:
    """How many milestones are due and not met, or not known to be, by milestone."""
    found = Counter(one.milestone.milestone for one in findings if one.is_due and one.status in ("not_met", "unknown"))
    return dict(found)


def reported(year: int, footprint: Footprint) -> Iterator[Reported]:
    """What each establishment of a footprint of one year submitted, as far as milestones ask for it."""
    energy = final_energy(footprint)
    whole = energy.whole()
    masses: dict[tuple[str, str], float] = {}
    try:
        for found in gas_indicators(footprint, whole_alone=True):
            desflurane = (use.mass_kg for use in found.gases if use.substance == "desflurane")
            masses[found.establishment, found.file] = math.fsum(desflurane)
    except InvalidInventoryError:
        pass  # no line of anaesthetic gas
    for number, establishment in enumerate(footprint.inventory.establishments):
        mass = masses.get((establishment.name, establishment.file))
        yield Reported(year, establishment, float(whole[number]), int(energy.left_out[number]), mass)


# --- BEGES ----------------------------------------------------------------------------------------------


def _beges(entity: str, last: list[Reported], on: str) -> Finding:
    """Whether the legal entity is bound, and whether its last inventory is recent enough for the calendar."""
    rules = legal_milestones()
    year = max(submission.year for submission in last)
    newest = [submission.establishment for submission in last if submission.year == year]  # an older one may overlap
    code = next((e.identity["legal_status"] for e in newest if e.identity.get("legal_status")), "")
    group = status_groups().get(code, "")
    known = [establishment.identity.get("headcount") for establishment in newest]
    headcount = sum(number for number in known if number is not None)
    is_whole = None not in known and len(newest) == len(last)
    region = next(filter(None, map(region_of, newest)), "")
    facts = [Fact("reporting_year", str(year))]
    facts += [Fact("legal_status", code)] if code else []
    facts += [Fact("headcount", headcount, "persons")] if any(number is not None for number in known) else []
    facts += [Fact("region", region)] if region else []
    is_public = group == "public"
    rule = rules["beges-public"] if is_public else rules["beges-private"]
    if not is_public and region in OVERSEAS:
        rule = rules["beges-private-overseas"]
    name = newest[0].name
    bound, reasons = is_bound(code, group, headcount, is_whole, region)
    if bound is not True:
        status: Status = "not_concerned" if bound is False else "unknown"
        return Finding(entity, name, year, rule, status, "", False, tuple(facts), tuple(reasons))
    period = int(rules["beges-period-public" if is_public else "beges-period-private"].number)
    oldest = int(rules["beges-oldest-year"].number)
    first_due, last_due, now = year + 1 + period, year + oldest + period, int(on[:4])
    facts.append(Fact("period", period, "years"))
    reasons = [Phrase(mark("its publication and its transition plan are not in submissions"))]
    status = "met" if now <= first_due else "not_met"
    if first_due < now <= last_due:
        status = "unknown"
        reasons.append(Phrase(mark("it depends on the year in which the last BEGES was published")))
    return Finding(entity, name, year, rule, status, str(first_due), now >= first_due, tuple(facts), tuple(reasons))


def is_bound(code: str, group: str, headcount: int, is_whole: bool, region: str) -> tuple[bool | None, list[Reason]]:
    """Whether a legal entity must publish a BEGES; None where a field that decides is missing.

    A headcount that is not whole is a lower bound: enough to bind, not to free.
    """
    rules = legal_milestones()
    public, private, overseas = (
        rules[name].number for name in ("beges-public", "beges-private", "beges-private-overseas")
    )
    no_headcount = Phrase(mark("the headcount is not given whole"))
    if code in _ALWAYS_BOUND:
        return True, []
    if code in _BY_POPULATION:
        return None, [Phrase(mark("it is bound by its population, which an inventory does not say"))]
    if not group:
        if headcount > private:
            return None, [Phrase(mark("the legal status is not given: it decides the period"))]
        if is_whole and headcount <= min(public, overseas):
            return False, []
        return None, [Phrase(mark("the legal status is not given")), *([] if is_whole else [no_headcount])]
    if group == "public":
        threshold: float | None = public
    elif region:
        threshold = overseas if region in OVERSEAS else private
    else:
        threshold = None
    if threshold is None and overseas < headcount <= private:
        return None, [Phrase(mark("the region is not given: it decides the threshold"))]
    if headcount > (private if threshold is None else threshold):
        return True, []
    if not is_whole:
        return None, [no_headcount]
    return False, []


# --- tertiary decree ------------------------------------------------------------------------------------


def _tertiary(
    entity: str, submitted: list[Reported], on: str, reference: int | None, absolute: Mapping[str, float]
) -> Iterator[Finding]:
    last = submitted[-1]
    rules = legal_milestones()
    name, area = last.establishment.name, last.establishment.denominators.get("m2")
    facts = [Fact("floor_area", area, "m2")] if area else []
    reasons: list[Reason] = []
    reduction = None
    is_small = area is not None and area < rules["tertiary-floor-area"].number
    if area is None:
        reasons.append(Phrase(mark("the floor area is not given")))
    if not is_small:
        base, why = _reference(submitted, reference)
        reasons += [] if base is None else _incomparable(base, last)
        reasons += why
        if base and not reasons:
            reduction = 1 - last.kwh / base.kwh
            facts.append(Fact("reference_year", str(base.year)))
            facts.append(Fact("reference_energy", base.kwh, "kWh"))
            facts.append(Fact("reduction", 100 * reduction, "%"))
        if not math.isnan(last.kwh):
            facts.append(Fact("energy", last.kwh, "kWh"))
            facts += (
                [Fact("energy_per_m2", last.kwh / area, "kWh/m2")] if area and is_of_a_year(last.establishment) else []
            )
    uncorrected = Phrase(mark("neither corrected for the climate nor for how much the buildings are used"))
    for milestone in (rules["tertiary-2030"], rules["tertiary-2040"], rules["tertiary-2050"]):
        status: Status = "not_concerned" if is_small else "unknown"
        if reduction is not None:
            status = "met" if reduction >= milestone.number / 100 - _ROUNDING else "not_met"
        said = (uncorrected,) if reduction is not None else tuple(reasons)
        yield _finding(entity, name, last.year, milestone, status, on, facts, () if is_small else said)
    yield _absolute(entity, last, area, is_small, on, facts, absolute)


def _reference(submitted: list[Reported], asked: int | None) -> tuple[Reported | None, list[Reason]]:
    """Submission of the reference year, or why there is none."""
    rules = legal_milestones()
    first, last = int(rules["tertiary-reference-first"].number), int(rules["tertiary-reference-last"].number)
    allowed = {"first": str(first), "last": str(last)}
    if asked is not None and not first <= asked <= last:
        return None, [Phrase(mark("the reference year must be between {first} and {last}"), allowed)]
    for submission in submitted[:-1]:
        if submission.year == asked or (asked is None and first <= submission.year <= last):
            return submission, []
    return None, [Phrase(mark("nothing was submitted for a reference year between {first} and {last}"), allowed)]


def _incomparable(base: Reported, last: Reported) -> list[Reason]:
    """Why the energy of two years is not to be compared."""
    reasons: list[Reason] = []
    for submission in (base, last):
        if math.isnan(submission.kwh) or not submission.kwh > 0:
            what = {"year": str(submission.year), "count": submission.lines_left_out}
            text = mark("not all energy of {year} is told in units of energy ({count} line(s) left out)")
            reasons.append(Phrase(text, what))
    areas = {submission.establishment.denominators.get("m2") for submission in (base, last)}
    if base.sites != last.sites or len(areas) > 1:
        reasons.append(Phrase(mark("the sites or the floor area moved between the two years")))
    if not are_of_one_length(base.establishment, last.establishment):
        lengths = {"before": str(days(base.establishment)), "after": str(days(last.establishment))}
        reasons.append(Phrase(mark("the two periods are not of one length ({before} and {after} days)"), lengths))
    return reasons


def _absolute(
    entity: str,
    last: Reported,
    area: float | None,
    is_small: bool,
    on: str,
    facts: list[Fact],
    absolute: Mapping[str, float],
) -> Finding:
    milestone = legal_milestones()["tertiary-absolute"]
    identity = last.establishment.identity
    numbers = (identity.get("finess_et", ""), identity.get("finess_ej", ""))
    values = [absolute[number] for number in numbers if number in absolute]
    status: Status = "not_concerned" if is_small else "unknown"
    reasons: tuple[Reason, ...] = () if is_small else (milestone.missing,)
    if values and area and not is_small:
        reasons = (Phrase(mark("not all energy is told in units of energy")),)
        facts = [*facts, Fact("absolute_value", values[0], "kWh/m2")]
        if not is_of_a_year(last.establishment):
            reasons = (
                Phrase(mark("the period is not of a year ({days} days)"), {"days": str(days(last.establishment))}),
            )
        elif not math.isnan(last.kwh):
            status, reasons = ("met" if last.kwh / area <= values[0] else "not_met"), ()
    return _finding(entity, last.establishment.name, last.year, milestone, status, on, facts, reasons)


# --- gases, and what submissions do not say -------------------------------------------------------------


def _desflurane(entity: str, last: Reported, on: str) -> Finding:
    """Bought under the ban: unknown, for it may have been strictly required; bought before it: not there yet."""
    milestone = legal_milestones()["desflurane"]
    name, mass = last.establishment.name, last.desflurane_kg
    if mass is None:
        none = Phrase(mark("no anaesthetic gas is submitted, or a line of one is refused"))
        return _finding(entity, name, last.year, milestone, "unknown", on, (), (none,))
    facts = (Fact("desflurane", mass, "kg"),)
    is_before = f"{last.year}-12-31" < milestone.due
    if is_before and on >= milestone.due:
        stale = Phrase(mark("the last submission is of a year before the ban"))
        return _finding(entity, name, last.year, milestone, "unknown", on, facts, (stale,))
    if not mass > 0:
        return _finding(entity, name, last.year, milestone, "met", on, facts, ())
    if is_before:
        return _finding(entity, name, last.year, milestone, "not_met", on, facts, ())
    return _finding(entity, name, last.year, milestone, "unknown", on, facts, (milestone.missing,))


def _not_in_submissions(entity: str, last: Reported, on: str) -> Iterator[Finding]:
    for milestone in legal_milestones().values():
        if milestone.rule in ("egalim", "fleet", "tender"):
            name = last.establishment.name
            yield _finding(entity, name, last.year, milestone, "unknown", on, (), (milestone.missing,))


def _finding(
    entity: str,
    name: str,
    year: int,
    milestone: LegalMilestone,
    status: Status,
    on: str,
    facts: Iterable[Fact],
    reasons: Iterable[Reason],
) -> Finding:
    due = milestone.due
    is_due = on[: len(due)] >= due
    return Finding(entity, name, year, milestone, status, due, is_due, tuple(facts), tuple(reasons))
