"""The checklist as data: items, hazards, facts, measures of the plan, legal bases, sources, warming levels."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from decarb.adaptation.expressions import Expression
from decarb.errors import Bilingual, Problem, UsageError
from decarb.folding import fold

EXPOSURE = "exposure_"
"""A rule reads the exposure to a hazard as a fact of this name: ``exposure_flood``, 0 (none) to 5 (very high)."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """A theme of the checklist.

    ``is_of_place`` says whether exposure to it depends on the place, and is recorded; the others concern everybody.
    ``months`` is how long a recorded exposure holds.
    """

    id: str
    name: Bilingual
    is_of_place: bool
    months: int | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the national adaptation plan, as one edition numbers it.

    ``verified`` is yes, secondary (seen cited, or in part) or no; ``note`` says what was not seen.
    """

    number: int
    title: Bilingual
    axis: str
    edition: str
    verified: str
    note: Bilingual
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a reader can open; ``verified`` is yes (read), secondary (seen cited) or no."""

    id: str
    title: str
    publisher: str
    date: str
    url: str
    verified: str
    note: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A text of law that asks for items, or stands behind them.

    ``concerns`` says whom it binds, everybody where None; ``in_force_since`` is an ISO day, blank where not known.
    """

    id: str
    reference: str
    title: Bilingual
    applies: Bilingual
    concerns: Expression | None
    in_force_since: str
    source: str
    verified: str
    note: Bilingual


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact that rules read.

    Attributes
    ----------
    origin
        ``declared`` among the facts of a document, ``identity`` or ``place`` in its head, ``lines`` among its lines,
        ``computed`` by ``expression``, ``threshold`` of the warming level.
    path
        Field of the identity, or activity of the lines.
    kind
        ``number``, ``yes_no`` or ``day``.
    is_amount
        Whether the value of an establishment is a sum over its sites (beds), and none of theirs.
    months
        How old a declared value may be; None if it does not age.
    default
        Of a threshold: its value where no source gives one for the warming level.
    """

    id: str
    name: Bilingual
    unit: str
    kind: str
    origin: str
    path: str
    is_amount: bool
    minimum: float | None
    maximum: float | None
    months: int | None
    default: float | None
    expression: Expression | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the checklist.

    Attributes
    ----------
    scope
        ``site``, or ``entity`` for what is one for all sites.
    text, action, evidence, why, partly_means
        The item as a statement, what to do where it is not met, what to file, the harm avoided, what ``partly`` is.
    applies
        Whom it concerns; everybody where None.
    met, partly, not_met
        Rules over facts: the first that is true decides, before any answer; None where no datum decides.
    measures
        Numbers of measures of the plan.
    partly_credit
        What ``partly`` is worth where data decide it, 0 to 1; 0.5 where None.
    asked_by, related_law
        Ids of the texts of law that ask for the item, and of those that stand behind it.
    sources
        Ids.
    weight, effort
        1 to 5, proposed by decarb: harm avoided, and work to get there.
    horizon
        Year before which it should be met.
    evidence_months
        How long evidence holds; None if it does not age.
    caution
        What a reader must know of the references.
    """

    id: str
    hazard: str
    scope: str
    text: Bilingual
    action: Bilingual
    evidence: Bilingual
    why: Bilingual
    partly_means: Bilingual
    applies: Expression | None
    met: Expression | None
    partly: Expression | None
    not_met: Expression | None
    partly_credit: Expression | None
    measures: tuple[int, ...]
    asked_by: tuple[str, ...]
    related_law: tuple[str, ...]
    sources: tuple[str, ...]
    weight: int
    effort: int
    horizon: int
    evidence_months: int | None
    caution: Bilingual

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that decide it, in the order of their first mention."""
        rules = (self.met, self.partly, self.not_met)
        return tuple(dict.fromkeys(name for rule in rules if rule for name in rule.names))


@dataclass(frozen=True, slots=True)
class Check:
    """What facts of one site must satisfy together, and the words of the contradiction."""

    expression: Expression
    words: Bilingual


@dataclass(frozen=True, slots=True)
class WarmingLevel:
    """A level of the reference trajectory (TRACC): warming of mainland France since 1850-1900 [°C], and its year."""

    warming: float
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class WarmingChange:
    """What a warming level changes for a hazard, by one source.

    ``threshold`` names the fact that rules read it as; blank where it is said for the reader only.
    """

    hazard: str
    warming: float
    quantity: str
    value: float | None
    unit: str
    words: Bilingual
    threshold: str
    source: str


@dataclass(frozen=True, slots=True)
class CarbonLink:
    """What carrying out items does to the footprint.

    ``effect`` is ``raises``, ``lowers`` or ``either``; ``activities`` are those of the lines that it touches.
    """

    items: tuple[str, ...]
    effect: str
    activities: tuple[str, ...]
    words: Bilingual
    source: str


@dataclass(frozen=True, slots=True)
class ExposureRule:
    """Level of exposure that a measure in a public file stands for, from a value on; a convention of decarb."""

    hazard: str
    measure: str
    unit: str
    at_least: float
    level: str


@dataclass(frozen=True, slots=True, repr=False)
class Catalogue:
    """The checklist with all that it refers to.

    ``digest`` is the sha256 of its sorted rows; ``risk_words`` are what labels of risks in public files hold, without
    accents and spaces, with the hazard that each means: the first that fits decides.
    """

    version: str
    released: str
    digest: str
    items: Mapping[str, Item]
    hazards: Mapping[str, Hazard]
    facts: Mapping[str, FactKind]
    checks: tuple[Check, ...]
    measures: tuple[Measure, ...]
    legal_bases: Mapping[str, LegalBasis]
    sources: Mapping[str, Source]
    warming_levels: tuple[WarmingLevel, ...]
    warming_changes: tuple[WarmingChange, ...]
    carbon_links: tuple[CarbonLink, ...]
    exposure_rules: tuple[ExposureRule, ...]
    risk_words: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        """Say which it is."""
        return f"<Catalogue {self.version}, {len(self.items)} items, {self.digest[:8]}>"

    def known_hazard(self, text: str) -> str:
        """Hazard by its id, or by the start of its name in either language.

        Raises
        ------
        UsageError
            If there is none, or several: the nearest is given.
        """
        wanted = fold(text)
        names = {hazard.id: (hazard.id, hazard.name.english, hazard.name.french) for hazard in self.hazards.values()}
        meant = [one for one, known in names.items() if wanted and any(fold(name).startswith(wanted) for name in known)]
        if wanted in names or len(meant) == 1:
            return wanted if wanted in names else meant[0]
        nearest = difflib.get_close_matches(wanted, [fold(name) for known in names.values() for name in known], 1, 0.4)
        raise UsageError([Problem("unknown-hazard", {"value": text, "nearest": nearest, "known": list(names)})])

    def measure(self, number: int) -> Measure:
        """Measure of the plan by its number: of the final edition where it was seen there, else of the draft."""
        return [measure for measure in self.measures if measure.number == number][-1]

    def facts_of_entity(self) -> frozenset[str]:
        """Numbers and days that decide nothing but items that are one for all sites: they are of no site."""
        scopes: dict[str, set[str]] = {}
        for item in self.items.values():
            for name in self.facts_behind(item):
                scopes.setdefault(name, set()).add(item.scope)
        return frozenset(
            kind.id
            for kind in self.facts.values()
            if kind.origin == "declared" and kind.kind != "yes_no" and scopes.get(kind.id) == {"entity"}
        )

    def facts_behind(self, item: Item) -> tuple[str, ...]:
        """Facts and exposures that an item hangs on, down to those that are declared."""
        found: dict[str, None] = {}
        waiting = [*(item.applies.names if item.applies else ()), *item.facts]
        for name in waiting:
            if name not in found:
                found[name] = None
                kind = self.facts.get(name)
                waiting += kind.expression.names if kind and kind.expression else ()
        return tuple(found)
