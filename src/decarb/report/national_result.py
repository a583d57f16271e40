"""National figures as data: documents for JSON, records for CSV; what is withheld says so, and is no number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from decarb import __version__
from decarb.footprint import Footprint
from decarb.national.aggregating import Aggregates
from decarb.national.benchmarking import Benchmark, Standing
from decarb.national.secrecy import FEWEST_ENTITIES, LARGEST_SHARE, Published, changes
from decarb.national.sharing import Flow

FORMAT = "1.0"
ALL = "all"
"""Label of a margin. What nobody says is a blank."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What the figures of a published set were computed with, and whether lines were left out of any of its years."""

    library: str
    gwp_set: str
    is_partial: bool

    @classmethod
    def of(cls, footprint: Footprint) -> "Computed":
        """Of one footprint."""
        return cls(footprint.library.digest, footprint.binding.gwp_set, footprint.is_partial)

    @classmethod
    def together(cls, years: Sequence["Computed"]) -> "Computed":
        """Of years that were computed one by one, with one library and GWP set."""
        return cls(years[0].library, years[0].gwp_set, any(year.is_partial for year in years))


def aggregate_document(computed: Computed, published: Sequence[Published], language: str = "en") -> dict[str, Any]:
    """Everything of a published set, unrounded [kg CO2e]."""
    first = published[0]
    flows = [_flow(flow, first.is_secret) for each in published for flow in each.aggregates.flows]
    return {
        "format": FORMAT,
        "engine": {"decarb": __version__},
        "library": {"digest": computed.library},
        "options": {
            "by": list(first.aggregates.by),
            "view": first.aggregates.view,
            "gwp_set": computed.gwp_set,
            "secrecy": {"fewest_entities": FEWEST_ENTITIES, "largest_share": LARGEST_SHARE}
            if first.is_secret
            else None,
        },
        "partial": computed.is_partial,
        "cells": aggregate_records(published),
        "changes": change_records(published),
        **({"shared_services": flows} if flows else {}),
        "warnings": [problem.to_dict(language) for each in published for problem in each.aggregates.warnings],
    }


def _flow(flow: Flow, is_secret: bool) -> dict[str, Any]:
    """One shared service: who, from whom, what became of it; how much only where nothing is secret."""
    return {
        "year": flow.year,
        "recipient": flow.name,
        "file": flow.file,
        "service": flow.service,
        "provider": dict(flow.provider),
        "lines": len(flow.rows),
        "status": flow.status,
        "confirmed": flow.confirmed,
        "kgco2e": None if is_secret else flow.kgco2e,
    }


def aggregate_records(published: Sequence[Published]) -> list[dict[str, Any]]:
    """One record for each cell and margin of each year; ``status`` is shown, withheld or no-data."""
    any_netted = any(each.aggregates.netted is not None for each in published)
    return [record for each in published for record in _records(each, any_netted)]


def _records(published: Published, any_netted: bool) -> Iterator[dict[str, Any]]:
    table = published.aggregates
    for row, column, labels in cells_of(table):
        withheld = bool(published.withheld[row, column])
        unknown = bool(np.isnan(table.value[row, column]))
        shown = not withheld and not unknown
        record: dict[str, Any] = {"year": table.year, **labels}
        record["status"] = "withheld" if withheld else "no-data" if unknown else "shown"
        for name, values in (("kgco2e", table.value), ("low", table.low), ("high", table.high)):
            record[name] = float(values[row, column]) if shown else None
        if any_netted:
            record |= _before_netting(published, row, column)
        record["entities"], record["sites"] = int(table.entities[row, column]), int(table.sites[row, column])
        if table.entities_in_frame is not None and table.beds_reported is not None and table.beds_in_frame is not None:
            record["entities_in_frame"] = int(table.entities_in_frame[row, column])
            record["beds_reported"] = _known(table.beds_reported[row, column])
            record["beds_in_frame"] = _known(table.beds_in_frame[row, column])
        yield record


def _before_netting(published: Published, row: int, column: int) -> dict[str, Any]:
    """Sum of the reports and what of it was netted; ``netted_status`` is shown, withheld or nothing."""
    table = published.aggregates
    amount = np.nan if table.netted is None else float(table.netted.value[row, column])
    withheld = bool(published.netted_withheld[row, column])
    gross = np.nan if published.gross_withheld[row, column] else float(table.gross[row, column])
    return {
        "gross_kgco2e": _known(gross),
        "netted_status": "withheld" if withheld else "nothing" if np.isnan(amount) else "shown",
        "netted_kgco2e": None if withheld else _known(amount),
    }


def cells_of(table: Aggregates) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Place of each cell and margin, with its label in each dimension."""
    two = len(table.by) == 2
    for row, of_row in enumerate((*table.rows, ALL)):
        for column, of_column in enumerate((*table.columns, ALL) if two else ("",)):
            labels = (of_row, of_column) if two else (of_row,)
            yield row, column, dict(zip(table.by, labels, strict=True))


def change_records(published: Sequence[Published]) -> list[dict[str, Any]]:
    """Differences between the years of a set, one record for each cell and margin [kg CO2e]."""
    records = []
    for change in changes(published):
        by = published[0].aggregates.by
        for row, of_row in enumerate((*change.rows, ALL)):
            for column, of_column in enumerate((*change.columns, ALL) if len(by) == 2 else ("",)):
                withheld, value = bool(change.withheld[row, column]), float(change.value[row, column])
                status = "withheld" if withheld else "no-data" if np.isnan(value) else "shown"
                labels = dict(zip(by, (of_row, of_column), strict=False))
                years = {"before": change.before, "after": change.after}
                records.append({**years, **labels, "status": status, "kgco2e": _known(value)})
    return records


def benchmark_document(footprint: Footprint, found: Benchmark) -> dict[str, Any]:
    """Everything of a benchmark, unrounded."""
    return {
        "format": FORMAT,
        "engine": {"decarb": __version__},
        "library": {"digest": footprint.library.digest},
        "options": {"view": found.view, "gwp_set": footprint.binding.gwp_set},
        "establishment": {"name": found.name, "finess": found.finess, "year": found.year},
        "alike": dict(found.labels),
        "passed_over": [{"alike": list(alike), "peers": count} for alike, count in found.passed_over],
        "peers": found.peers,
        "intensities_kgco2e": [_standing(each) for each in found.intensities],
        "post_shares": [_standing(each) for each in found.posts],
    }


def benchmark_records(found: Benchmark) -> list[dict[str, Any]]:
    """One record for each intensity and each share of a post."""
    kinds = (("intensity", found.intensities), ("post_share", found.posts))
    return [{"kind": kind, **_standing(each)} for kind, standings in kinds for each in standings]


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "name": each.name,
        "own": _known(each.own),
        "low_quartile": _known(each.low),
        "middle": _known(each.middle),
        "high_quartile": _known(each.high),
        "quarter": each.quarter,
        "peers": each.peers,
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
