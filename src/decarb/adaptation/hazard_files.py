"""Public hazard files by commune: what they say of each site, and the level of exposure that it stands for.

Three forms are read: tables of the national base GASPAR (risks of each commune; disaster decrees), the files of
Climadiag Commune, and climate indicators in the columns of docs/adaptation.md. A file says nothing of a commune that is
not in it, and then nothing is recorded.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from decarb.adaptation.catalogue import Catalogue, ExposureRule
from decarb.adaptation.form import Form
from decarb.adaptation.recorded import LEVELS, begun_months, day_number
from decarb.errors import InvalidDocumentError, Problem
from decarb.factors.importers.delimited import DelimitedColumns, decimal_number, folded, read_columns
from decarb.language import format_significant, mark, translate

_COMMUNE = ("cod_commune", "code_commune", "code_insee", "cod_insee", "commune")
_RISK = ("lib_risque_jo", "lib_risque_long", "lib_risque", "libelle_risque_long", "libelle_risque", "libelle_risque_jo")
_DECREE = ("cod_nat_catnat", "id_gaspar", "code_national_catnat")
_START = ("dat_deb", "date_debut", "date_debut_evt")
_CLIMATE = ("commune", "warming", "indicator", "value")
_CLIMATE_OPTIONAL = ("unit", "source", "date")
_DAYS_OF_A_YEAR = 366
_CLIMADIAG = ("identifiant_insee", "indicateur_id", "horizon", "median")
_CLIMADIAG_INDICATORS = {
    "S1": "days_above_35",
    "S2": "tropical_nights",
    "S3": "heatwave_days",
    "R1": "heavy_rain_days",
    "R4": "fire_weather_days",
    "R5": "dry_soil_days",
    "G2": "frost_days",
}
"""Indicators of Climadiag Commune for mainland France; overseas has others, with other thresholds."""

LISTED_EVERYWHERE = ("flood", "wildfire")
"""Hazards whose absence from the list of a commune says something; others are listed by few departments."""

DECREES = "decrees"
LISTED = "listed"
_LISTED = mark("{source}")
_DECREES = mark("{source}: {value} decree(s) in twenty years")
_INDICATOR = mark("{source}: {measure} = {value}")
_NOT_LISTED = mark("not listed")
_COMMUNE_NAMED = mark("commune {commune}")
YEARS_OF_DECREES = 20
"""Decrees on events of so many years are counted."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file says of one hazard in one commune.

    Attributes
    ----------
    warming
        Level of the TRACC; None for today.
    measure
        ``listed`` among the risks of the commune, ``decrees`` of disaster, or a climate indicator.
    day
        Of the file, blank where it does not say.
    """

    commune: str
    hazard: str
    warming: float | None
    measure: str
    value: float
    source: str
    day: str = ""

    def worded(self, language: str) -> str:
        """Source with what it says."""
        words = {LISTED: _LISTED, DECREES: _DECREES}.get(self.measure, _INDICATOR)
        value = format_significant(self.value, language)
        return translate(words, language).format(source=self.source, measure=self.measure, value=value)


@dataclass(frozen=True, slots=True)
class HazardFiles:
    """What public files say, by commune.

    ``communes`` are those that a list of risks covers: of these alone it may be said that a hazard is not listed.
    """

    measured: Mapping[str, tuple[Measured, ...]]
    communes: frozenset[str]
    list_name: str


def read_hazard_files(
    gaspar: Sequence[Path], climate: Sequence[Path], catalogue: Catalogue, today: date
) -> HazardFiles:
    """Read files of GASPAR and of climate indicators.

    Raises
    ------
    InvalidLibraryError
        If a file cannot be read, or lacks a column.
    InvalidDocumentError
        With every row of climate indicators that cannot be read.
    """
    found: dict[str, list[Measured]] = {}
    communes: set[str] = set()
    names = []
    for path in gaspar:
        columns, is_list = _gaspar_columns(path)
        if is_list:
            communes.update(commune.strip().zfill(5) for commune in columns["commune"])
            names.append(path.name)
        for measured in _of_gaspar(columns, is_list, path.name, catalogue, today):
            found.setdefault(measured.commune, []).append(measured)
    problems: list[Problem] = []
    for path in climate:
        for measured in _of_climate(path, catalogue, problems):
            found.setdefault(measured.commune, []).append(measured)
    if problems:
        raise InvalidDocumentError(problems)
    by_commune = {commune: tuple(said) for commune, said in found.items()}
    return HazardFiles(by_commune, frozenset(communes), ", ".join(names))


def exposures_from(
    files: HazardFiles, document: Mapping[str, Any], catalogue: Catalogue, today: date, language: str
) -> tuple[Form, list[Problem]]:
    """Exposures of the sites of a document that the files speak of, and warnings for those they do not.

    Where the document records an exposure of a site to a hazard, or of all its sites, nothing is added: a person has
    looked. What has outlived its validity is recorded anew. Sources are worded in `language`.
    """
    entries, problems = [], []
    for site, commune, pointer in _places(document):
        if not commune:
            problems.append(Problem("commune-unsaid", {}, pointer=pointer, severity="warning"))
        elif commune not in files.measured and commune not in files.communes:
            what = {"value": commune}
            problems.append(Problem("commune-not-in-files", what, pointer=f"{pointer}/commune", severity="warning"))
        else:
            recorded = _recorded(document, site, catalogue, today)
            for entry in _exposures(files, commune, catalogue, today, language):
                if entry["hazard"] not in recorded:
                    entries.append(("", entry | ({"site": site} if site else {})))
    return Form("", {"exposure": entries}), problems


def _recorded(document: Mapping[str, Any], site: str, catalogue: Catalogue, today: date) -> set[str]:
    """Hazards that a document records the exposure of a site to, and that still hold."""
    hazards = set()
    for entry in document.get("adaptation", {}).get("exposure", ()):
        months, since = catalogue.hazards[entry["hazard"]].months, day_number(entry["date"])
        holds = since is not None and (months is None or begun_months(since, today) <= months)
        if holds and entry.get("site", site) == site:
            hazards.add(entry["hazard"])
    return hazards


def _places(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Site, commune and pointer of each row that the checklist is evaluated on."""
    sites = document.get("sites", ())
    for position, site in enumerate(sites):
        yield site["id"], site.get("commune", ""), f"/sites/{position}"
    if not sites:
        yield "", document["establishment"].get("commune", ""), "/establishment"


def _exposures(
    files: HazardFiles, commune: str, catalogue: Catalogue, today: date, language: str
) -> Iterator[dict[str, Any]]:
    said = files.measured.get(commune, ())
    for warming in (None, *(level.warming for level in catalogue.warming_levels)):
        for hazard in catalogue.hazards:
            of_hazard = [measured for measured in said if (measured.hazard, measured.warming) == (hazard, warming)]
            level = max((_level(measured, catalogue) for measured in of_hazard), default=None)
            sources = [measured.worded(language) for measured in of_hazard]
            if level is None and warming is None and commune in files.communes and hazard in LISTED_EVERYWHERE:
                level, sources = LEVELS.index("very_low"), [f"{files.list_name}, {translate(_NOT_LISTED, language)}"]
            if level is not None:
                place = translate(_COMMUNE_NAMED, language).format(commune=commune)
                entry: dict[str, Any] = {"hazard": hazard, "level": LEVELS[level]}
                entry |= {} if warming is None else {"warming": warming}
                days = [measured.day for measured in of_hazard if measured.day] or [today.isoformat()]
                yield entry | {
                    "source": f"{'; '.join(sources)} ({place})"[:500],
                    "date": min(max(days), today.isoformat()),
                }


def _level(measured: Measured, catalogue: Catalogue) -> int:
    """Level of exposure that a measure stands for, by the rules of the catalogue."""
    reached = [
        LEVELS.index(rule.level)
        for rule in catalogue.exposure_rules
        if (rule.hazard, rule.measure) == (measured.hazard, measured.measure) and measured.value >= rule.at_least
    ]
    return max(reached, default=LEVELS.index("very_low"))


# GASPAR


def _gaspar_columns(path: Path) -> tuple[dict[str, list[str]], bool]:
    """Columns of a table of GASPAR by what they hold, and whether it lists risks and not decrees."""
    table = read_columns(path, (), (*_COMMUNE, *_RISK, *_DECREE, *_START))
    columns = {
        "commune": _first(table, _COMMUNE),
        "risk": _first(table, _RISK),
        "decree": _first(table, _DECREE),
        "start": _first(table, _START),
    }
    missing = [names for name, names in (("commune", _COMMUNE), ("risk", _RISK)) if not any(columns[name])]
    if missing and table.numbers:
        wanted = [" / ".join(names) for names in missing]
        raise InvalidDocumentError([Problem("not-of-gaspar", {"missing": wanted}, file=str(path))])
    return columns, not any(columns["decree"])


def _first(table: DelimitedColumns, names: Iterable[str]) -> list[str]:
    """Values of the first of some columns that the table has."""
    values: list[str] = []
    for name in names:
        values = table[name]
        if any(values):
            break
    return values


def _of_gaspar(
    columns: Mapping[str, list[str]], is_list: bool, name: str, catalogue: Catalogue, today: date
) -> Iterator[Measured]:
    hazards = {risk: _hazard_of(risk, catalogue) for risk in set(columns["risk"])}
    rows = zip(columns["commune"], columns["risk"], columns["decree"], columns["start"], strict=True)
    listed: dict[tuple[str, str], set[str]] = {}
    since = f"{today.year - YEARS_OF_DECREES}{today.isoformat()[4:]}"
    dated = re.search(r"\d{4}-\d{2}-\d{2}", name)
    day = dated[0] if dated and day_number(dated[0]) is not None else ""
    for commune, risk, decree, start in rows:
        hazard = hazards[risk]
        if hazard and (is_list or _iso_day(start) >= since):
            # some extracts lost the leading zero of the first nine departments
            listed.setdefault((commune.strip().zfill(5), hazard), set()).add(risk if is_list else decree)
    for (commune, hazard), said in listed.items():
        source = f"GASPAR, {name}"
        if is_list:
            yield Measured(commune, hazard, None, LISTED, 1.0, f"{source}, {', '.join(sorted(said))}", day)
        else:
            yield Measured(commune, hazard, None, DECREES, float(len(said)), source, day)


def _hazard_of(risk: str, catalogue: Catalogue) -> str | None:
    """Hazard that the label of a risk means; None if it is none of the checklist."""
    text = folded(risk)
    return next((hazard for word, hazard in catalogue.risk_words if word in text), None)


def _iso_day(text: str) -> str:
    """Day of ``2016-05-28 00:00:00`` or ``28/05/2016``, in the order of years; blank where it is none."""
    day = text.strip()[:10]
    day = f"{day[6:]}-{day[3:5]}-{day[:2]}" if day[2:3] == "/" else day
    return day if day_number(day) is not None else ""


# climate indicators


def _of_climate(path: Path, catalogue: Catalogue, problems: list[Problem]) -> Iterator[Measured]:
    table = read_columns(path, (), (*_CLIMATE, *_CLIMATE_OPTIONAL, *_CLIMADIAG))
    if any(table["identifiant_insee"]):
        yield from _of_climadiag(path, table, catalogue)
        return
    missing = [name for name in _CLIMATE if name != "warming" and not any(table[name])]
    if missing:
        raise InvalidDocumentError([Problem("not-of-climate", {"missing": missing}, file=str(path))])
    rules = _indicators(catalogue)
    levels = [level.warming for level in catalogue.warming_levels]
    cells = (table[name] for name in (*_CLIMATE, *_CLIMATE_OPTIONAL))
    for number, commune, warming, indicator, value, unit, source, day in zip(table.numbers, *cells, strict=True):
        rule = rules.get(indicator.strip())
        amount, level = decimal_number(value), decimal_number(warming.strip().removeprefix("+"))
        place = f"row {number}"
        if rule is None:
            what = {"value": indicator, "known": sorted(rules)}
            problems.append(Problem("unknown-indicator", what, file=str(path), pointer=place))
        elif unit.strip() and unit.strip() != rule.unit:
            units = {"value": unit, "indicator": indicator, "unit": rule.unit}
            problems.append(Problem("indicator-unit", units, file=str(path), pointer=place))
        elif (
            not amount
            or not 0 <= float(amount) <= _DAYS_OF_A_YEAR
            or level is None
            or (level and float(level) not in levels)
        ):
            row = {"value": value, "warming": warming, "known": levels}
            problems.append(Problem("indicator-row", row, file=str(path), pointer=place))
        else:
            at = float(level) if level else None
            cited = source.strip() or path.name
            yield Measured(commune.strip().zfill(5), rule.hazard, at, rule.measure, float(amount), cited, _iso_day(day))


def _of_climadiag(path: Path, table: DelimitedColumns, catalogue: Catalogue) -> Iterator[Measured]:
    """Medians of a file of Climadiag Commune: seasons are summed, an indicator that no rule reads is passed over."""
    rules, years = _indicators(catalogue), {str(level.year): level.warming for level in catalogue.warming_levels}
    sums: dict[tuple[str, str, str], float] = {}
    for commune, code, horizon, median in zip(*(table[name] for name in _CLIMADIAG), strict=True):
        amount, measure = decimal_number(median), _CLIMADIAG_INDICATORS.get(code.strip())
        if amount and measure and horizon.strip() in years:
            key = commune.strip().zfill(5), measure, horizon.strip()
            sums[key] = sums.get(key, 0.0) + float(amount)
    for (commune, measure, horizon), total in sums.items():
        cited = f"Climadiag Commune, {path.name}"
        yield Measured(commune, rules[measure].hazard, years[horizon], measure, total, cited)


def _indicators(catalogue: Catalogue) -> dict[str, ExposureRule]:
    """Climate indicators that rules read, by name."""
    return {rule.measure: rule for rule in catalogue.exposure_rules if rule.measure not in (LISTED, DECREES)}
