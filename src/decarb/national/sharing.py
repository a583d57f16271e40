"""Services that establishments share: what a recipient and its provider both report is counted once.

docs/national-aggregates.md. Each report is whole by itself (BEGES-R: scope 3 in full); of their sum, the lines that a
recipient declares as bought from an establishment that reports them too are netted, in the recipient's cells.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Bilingual, Phrase, Problem, Term
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS, Establishment, Inventory
from decarb.inventory.shared_services import services
from decarb.kernels import accumulate
from decarb.language import mark
from decarb.national.reporting_units import covered_by
from decarb.reporting import GASES

Int64s = NDArray[np.int64]

NETTED, ESTIMATED = "netted", "provider-estimated"
"""Lines that are netted: their provider reports them, or stands in the total by an estimate."""
REASONS: Mapping[str, str] = {
    "provider-absent": mark("the provider did not report"),
    "period-not-covered": mark("the provider reported only part of the period"),
    "post-excluded": mark("the provider excluded the post that the service is in"),
    "section-empty": mark("the provider has no line in a section that the service is in"),
    "lines-refused": mark("none of the lines could be computed"),
}
"""Why declared lines are kept in the sum."""
MOST_NAMED = 10
"""Flows that a warning names; the JSON document has all of them."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one document that are one service from one provider.

    Attributes
    ----------
    recipient
        Position of the document among the establishments of the footprint.
    name, file, year
        Of the recipient.
    service
        Code of ``inventory.shared_services.services``.
    provider
        ``finess_ej``, ``finess_et`` or both, as they were declared.
    rows : array of shape (lines,)
        Lines of the footprint's inventory.
    reports
        Positions of the documents that the provider reports in; none where it did not.
    status
        ``NETTED`` or ``ESTIMATED``; or one of ``REASONS``: the lines are kept.
    kgco2e
        What the lines emit by BEGES.
    confirmed
        Whether the provider declares the recipient for this service; None where it declares no service at all.
    """

    recipient: int
    name: str
    file: str
    year: int
    service: str
    provider: Mapping[str, str]
    rows: Int64s
    reports: tuple[int, ...]
    status: str
    kgco2e: float
    confirmed: bool | None

    @property
    def is_netted(self) -> bool:
        """Whether the lines add nothing to a sum of reports."""
        return self.status in (NETTED, ESTIMATED)

    @property
    def finess(self) -> str:
        """Number of the provider: that of its site, if it is named."""
        return self.provider.get("finess_et") or self.provider["finess_ej"]


@dataclass(frozen=True, slots=True)
class Netted:
    """A footprint of many establishments, before and after netting.

    Attributes
    ----------
    gross
        As each reported.
    net
        The same lines, of which those netted have the quantity zero: they report, and add nothing. The gross one itself
        where nothing is netted.
    flows
        What was declared, in the order of the documents.
    unclaimed
        Position of a provider's document, service and position of a recipient's, that the provider alone declares.
    """

    gross: Footprint
    net: Footprint
    flows: tuple[Flow, ...]
    unclaimed: tuple[tuple[int, str, int], ...]

    def problems(self, year: int | None = None) -> tuple[Problem, ...]:
        """Warnings of a year, or of all: what was kept and why, and what one side alone declares."""
        return tuple(_problems(self, year))


def net_shared_services(footprint: Footprint, sector: Collection[str] = ()) -> Netted:
    """Net the declared lines whose provider reports them in the same collection, for the same year.

    Parameters
    ----------
    sector
        FINESS numbers of all whose emissions are in the total even if they did not report, because they are estimated:
        lines of a provider among them are netted as well. Nobody by default.

    Notes
    -----
    A line is netted where documents of its provider, of the same year, cover every day of the recipient's period,
    exclude no post and leave no section empty that the service is in (``shared_services.csv``). It does not depend on
    the order of documents, nor on what else is netted: of a chain A from B from C, the line of A is netted against the
    report of B and the line of B against that of C; where A and B serve each other, each one's line is netted.
    """
    reports = _Reports(footprint.inventory)
    flows = tuple(_flows(footprint, reports, frozenset(sector)))
    rows = [flow.rows for flow in flows if flow.is_netted]
    net = _without(footprint, np.unique(np.concatenate(rows))) if rows else footprint
    return Netted(footprint, net, flows, tuple(_unclaimed(footprint.inventory, reports)))


class _Reports:
    """Which documents report for a FINESS number."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.start = np.searchsorted(inventory.establishment, np.arange(len(inventory.establishments) + 1))
        self._of_site: dict[tuple[str, int], list[int]] = {}
        self._of_entity: dict[tuple[str, int], list[int]] = {}
        self._whole: dict[tuple[str, int], list[int]] = {}
        for number, one in enumerate(inventory.establishments):
            covered, entity = covered_by(one.identity, one.sites.values()), one.identity.get("finess_ej", "")
            for site in covered:
                self._of_site.setdefault((site, one.year), []).append(number)
            self._of_entity.setdefault((entity, one.year), []).append(number)
            if covered == (entity,):  # it names no site: it is of all of them
                self._whole.setdefault((entity, one.year), []).append(number)

    def of(self, named: Mapping[str, str], year: int) -> tuple[int, ...]:
        """Documents of a year that report for who is named: for the site or else for its whole legal entity."""
        site, entity = (named.get("finess_et", ""), year), (named.get("finess_ej", ""), year)
        if not site[0]:
            return tuple(self._of_entity.get(entity, ()))
        return tuple(self._of_site.get(site) or self._whole.get(entity) or ())

    def has_lines(self, documents: Iterable[int], sections: Iterable[str]) -> bool:
        """Whether one of the documents has a line in one of the sections."""
        codes = [SECTIONS.index(name) for name in sections]
        return any(
            np.isin(self.inventory.section[self.start[number] : self.start[number + 1]], codes).any()
            for number in documents
        )

    def rows(self, document: int, places: Iterable[tuple[int, int]]) -> Int64s:
        """Lines at these places of a document; without those that were set aside."""
        start, stop = int(self.start[document]), int(self.start[document + 1])
        section, position = (values[start:stop] for values in (self.inventory.section, self.inventory.position))
        found = []
        for code, place in places:
            first, last = np.searchsorted(section, [code, code + 1]).tolist()
            row = first + int(np.searchsorted(position[first:last], place))
            if row < last and position[row] == place:
                found.append(start + row)
        return np.array(found, dtype=np.int64)


def _flows(footprint: Footprint, reports: _Reports, sector: frozenset[str]) -> Iterator[Flow]:
    inventory = footprint.inventory
    for number, establishment in enumerate(inventory.establishments):
        for entry in establishment.shared_services.get("received", ()):
            providers = tuple(one for one in reports.of(entry["provider"], establishment.year) if one != number)
            rows = reports.rows(number, map(tuple, entry["places"]))
            emitted = _emitted(footprint, rows)
            status = _status(inventory, reports, establishment, entry["service"], providers)
            if status == "provider-absent" and sector.intersection(entry["provider"].values()):
                status = ESTIMATED
            if status in (NETTED, ESTIMATED) and not footprint.binding.computed[rows].any():
                status = "lines-refused"
            confirmed = _confirmed(inventory, providers, entry["service"], establishment)
            yield Flow(
                number,
                establishment.name,
                establishment.file,
                establishment.year,
                entry["service"],
                entry["provider"],
                rows,
                providers,
                status,
                emitted,
                confirmed,
            )


def _emitted(footprint: Footprint, rows: Int64s) -> float:
    """Emissions of lines by BEGES [kg CO2e]; refused ones are left out."""
    found = (footprint.binding.of_line(row) for row in rows.tolist())
    amounts = zip(footprint.inventory.quantity[rows].tolist(), found, strict=True)
    return float(sum(quantity * one.coefficient("beges") for quantity, one in amounts if one))


def _status(
    inventory: Inventory, reports: _Reports, recipient: Establishment, service: str, providers: tuple[int, ...]
) -> str:
    if not providers:
        return "provider-absent"
    known, documents = services()[service], [inventory.establishments[one] for one in providers]
    if not _covers(((one.start, one.end) for one in documents), recipient.start, recipient.end):
        return "period-not-covered"
    excluded = {entry["post"] for one in documents for entry in one.declaration.get("excluded_posts", ())}
    if excluded & set(known.posts):
        return "post-excluded"
    if known.sections and not reports.has_lines(providers, known.sections):
        return "section-empty"
    return NETTED


def _covers(periods: Iterable[tuple[str, str]], start: str, end: str) -> bool:
    """Whether periods, of days in ISO form, together hold every day from `start` to `end`."""
    missing, last = date.fromisoformat(start), date.fromisoformat(end)
    for first, until in sorted(periods):
        if date.fromisoformat(first) > missing:
            return False
        missing = max(missing, date.fromisoformat(until) + timedelta(days=1))
        if missing > last:
            return True
    return False


def _confirmed(inventory: Inventory, providers: tuple[int, ...], service: str, recipient: Establishment) -> bool | None:
    """Whether a provider declares this recipient; None where it declares nothing."""
    said = [entry for one in providers for entry in inventory.establishments[one].shared_services.get("provided", ())]
    if not said:
        return None
    return any(_is(recipient, named) for entry in said if entry["service"] == service for named in entry["recipients"])


def _is(establishment: Establishment, named: Mapping[str, str]) -> bool:
    """Whether an establishment is the one that is named."""
    numbers = {*covered_by(establishment.identity, establishment.sites.values())}
    if "finess_et" in named:
        return named["finess_et"] in numbers or numbers == {named.get("finess_ej", "")}
    return bool(named["finess_ej"] == establishment.identity.get("finess_ej", ""))


def _unclaimed(inventory: Inventory, reports: _Reports) -> Iterator[tuple[int, str, int]]:
    """What a provider declares and the recipient, which reported, does not."""
    for number, provider in enumerate(inventory.establishments):
        for entry in provider.shared_services.get("provided", ()):
            for named in entry["recipients"]:
                documents = [one for one in reports.of(named, provider.year) if one != number]
                claims = (
                    number in reports.of(received["provider"], provider.year)
                    for one in documents
                    for received in inventory.establishments[one].shared_services.get("received", ())
                    if received["service"] == entry["service"]
                )
                if documents and not any(claims):
                    yield number, entry["service"], documents[0]


def _without(footprint: Footprint, rows: Int64s) -> Footprint:
    """Return the footprint with quantities of zero at some lines: they are still there, and add nothing.

    Only the documents that have them are computed anew; the others keep their bits.
    """
    binding = footprint.binding
    inventory = _emptied(binding.inventory, rows)
    given = inventory
    if binding.given is not binding.inventory:  # an amount beside it may be the only way to count a line: it stays so
        term = binding.given.term.copy()
        term[rows] = binding.inventory.term[rows]
        given = replace(_emptied(binding.given, rows), terms=binding.inventory.terms, term=term)
    changed = np.unique(inventory.establishment[rows])
    number = np.full(len(inventory.establishments), -1, dtype=np.int32)
    number[changed] = np.arange(len(changed), dtype=np.int32)
    lines = np.flatnonzero(number[inventory.establishment] >= 0)
    values, _ = accumulate(
        number[inventory.establishment[lines]],
        binding.pair[lines],
        inventory.quantity[lines],
        binding.pointer,
        binding.cell,
        binding.coefficient,
        len(changed),
        len(binding.keys) * len(GASES),
    )
    cells = footprint.cells.copy()
    cells[changed] = values.reshape(len(changed), *cells.shape[1:])
    return Footprint(replace(binding, inventory=inventory, given=given), cells, footprint.present)


def _emptied(inventory: Inventory, rows: Int64s) -> Inventory:
    """Inventory with quantities, and amounts beside them, of zero at some lines."""
    quantity = inventory.quantity.copy()
    quantity[rows] = 0.0
    spends = inventory.spends
    if len(spends.line):
        spends = replace(spends, quantity=np.where(np.isin(spends.line, rows), 0.0, spends.quantity))
    return replace(inventory, quantity=quantity, spends=spends)


def _problems(netted: Netted, year: int | None) -> Iterator[Problem]:
    """One warning for each thing to say, with the first flows that it is said of by name."""
    establishments = netted.gross.inventory.establishments
    kept: dict[str, list[Phrase]] = {}
    unconfirmed, unclaimed = [], []
    for flow in netted.flows:
        if year is not None and flow.year != year:
            continue
        words = _words(flow.service, flow.name, flow.finess)
        if not flow.is_netted:
            kept.setdefault(flow.status, []).append(words)
        elif flow.confirmed is False:
            unconfirmed.append(words)
    for number, service, recipient_number in netted.unclaimed:
        if year is None or establishments[number].year == year:
            unclaimed.append(_words(service, establishments[recipient_number].name, establishments[number].name))
    for status, reason in REASONS.items():
        if status in kept:
            yield _said("shared-service-kept", kept[status], reason=Term(reason))
    for code, found in (("shared-service-unconfirmed", unconfirmed), ("shared-service-unclaimed", unclaimed)):
        if found:
            yield _said(code, found)


def _words(service: str, recipient: str, provider: str) -> Phrase:
    known = services()[service]
    what = {"service": Bilingual(known.name_en, known.name_fr), "recipient": recipient, "provider": provider}
    return Phrase(mark("{service} of {recipient} from {provider}"), what)


def _said(code: str, flows: list[Phrase], **others: Any) -> Problem:
    shown = flows[:MOST_NAMED]
    if len(flows) > MOST_NAMED:
        shown.append(Phrase(mark("and {count} more"), {"count": len(flows) - MOST_NAMED}))
    return Problem(code, {"count": len(flows), "flows": shown, **others}, severity="warning")
