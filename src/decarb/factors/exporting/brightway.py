"""A library as a Brightway datapackage (bw_processing): activities, flows per stage and gas, one method.

An activity is one unit of a factor and makes its own product; its flows are kg CO2e of a gas at a
life-cycle stage; the method counts 1 for the gases of a total. The score of ``{activity: quantity}`` is
then quantity x value of the factor.
"""

import hashlib
import io
import math
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from decarb.errors import Problem, UsageError
from decarb.factors.citation import citation
from decarb.factors.exporting.description import (
    CITATION,
    json_bytes,
    licences,
    stamp,
    without_value,
)
from decarb.factors.frames import factor_frame
from decarb.factors.library import FactorLibrary
from decarb.factors.records import GAS_NAMES, Factor, Part
from decarb.reporting import GASES, TOTAL_GASES, stage_name
from decarb.writing import PACKAGE, check_file, check_folder, write_archive, write_folder

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Amounts = NDArray[np.float64]

SPREAD_QUANTILE = 1.959964
"""Standard normal quantile that GSD2 stands at: that of ``decarb.uncertainty``."""

_ACTIVITY_COLUMNS = ["name_fr", "name_en", "unit", "basis", "price_year", "geography", "locality", "data_year"]
_ACTIVITY_COLUMNS += ["value_kgco2e", "gsd2", "error_group", "source", "source_id", "licence", "layer"]


def export_brightway(
    library: FactorLibrary, target: Path, gwp_set: str = "AR6", *, draws: int = 0, replace: bool = False
) -> tuple[str, ...]:
    """Export to a datapackage that ``bw2calc`` takes as one of its ``data_objs``.

    Parameters
    ----------
    target
        A folder, or a file that ends in ``.zip``. ``activities.csv`` and ``flows.csv`` in it say what
        each integer id is.
    gwp_set
        Set that the amounts are in; a factor that it lacks is left out.
    draws
        Number of draws of the factors' errors to add, for ``use_arrays=True``; factors of one error group
        share theirs, which no distribution of bw_processing can say.

    Returns
    -------
    tuple of str
        Ids of the factors left out, also in the metadata.

    Raises
    ------
    UsageError
        If bw_processing is not installed, or the target is taken or cannot be written.
    """
    bwp = _bw_processing()
    zipped = target.suffix.lower() == ".zip"
    if zipped:
        check_file(target, replace)
    else:
        check_folder(target, "export", replace)
    exchanges = _exchanges(library, gwp_set)
    package = _package(bwp, library, gwp_set)
    _add_activities(bwp, package, exchanges, factor_frame(library, gwp_set))
    _add_flows(bwp, package, exchanges, draws)
    files = _files(package, library, gwp_set)
    if zipped:
        write_archive(target, files, replace=replace)
    else:
        write_folder(target, files, "export", replace=replace)
    return without_value(library, gwp_set)


def stable_id(kind: str, name: str) -> int:
    """Integer id of an ``activity`` (a factor id) or a ``flow`` (``combustion/n2o``), the same in every export.

    It has 15 digits: exact in JSON and in a spreadsheet, above the ids that Brightway counts from 1 and
    below those it draws from the clock.

    >>> stable_id("activity", "electricity-fr-2024")
    962345017553316
    """
    digest = hashlib.sha256(f"{kind}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (9 * 10**14) + 10**14


class _Exchange(NamedTuple):
    """Amount of a flow in one unit of a factor [kg CO2e]."""

    factor: Factor
    stage: str
    gas: str
    amount: float

    @property
    def flow(self) -> str:
        return f"{self.stage}/{self.gas}"


def _bw_processing() -> ModuleType:
    try:
        import bw_processing
    except ImportError:
        what = {"format": "brightway", "package": "bw_processing", "command": "pip install 'decarb[brightway]'"}
        raise UsageError([Problem("package-missing", what)]) from None
    return bw_processing  # type: ignore[no-any-return]


def _exchanges(library: FactorLibrary, gwp_set: str) -> list[_Exchange]:
    """Known amounts of every factor that the set can compute, one per factor, stage and gas."""
    exchanges = []
    for factor in library.by_id.values():
        try:
            parts = library.parts_of(factor, gwp_set)
        except UsageError:
            continue
        exchanges += [_Exchange(factor, *flow, amount) for flow, amount in _amounts(parts).items()]
    return exchanges


def _amounts(parts: tuple[Part, ...]) -> dict[tuple[str, str], float]:
    """Amounts by stage and gas: parts that differ by their label only are one exchange."""
    found: dict[tuple[str, str], list[float]] = {}
    for part in parts:
        for gas, amount in zip(GAS_NAMES, part.gases, strict=True):
            if amount is not None:
                found.setdefault((part.stage, gas), []).append(amount)
    return {flow: math.fsum(amounts) for flow, amounts in found.items()}


def _package(bwp: ModuleType, library: FactorLibrary, gwp_set: str) -> Any:
    """Return a datapackage in memory, without the time of day that bw_processing puts in it."""
    metadata = {
        "title": f"decarb emission factors, kg CO2e over 100 years with {gwp_set}",
        "licenses": licences(library),  # bw_processing would say public domain
    }
    names = {"name": f"decarb-factors-{gwp_set}", "id_": f"decarb-{gwp_set}-{library.digest}"}
    package = bwp.create_datapackage(**names, metadata=metadata, sequential=True)
    del package.metadata["created"]
    return package


def _add_activities(bwp: ModuleType, package: Any, exchanges: list[_Exchange], factors: "pd.DataFrame") -> None:
    """Add the technosphere, a diagonal of ones, and what each activity is."""
    import numpy as np

    names = list(dict.fromkeys(exchange.factor.id for exchange in exchanges))
    ids = _distinct_ids("activity", names)
    ones = np.ones(len(names))
    indices = _indices(bwp, [(ids[name], ids[name]) for name in names])
    package.add_persistent_vector(
        matrix="technosphere_matrix",
        name="technosphere",
        indices_array=indices,
        data_array=ones,
        reference_array=ones.astype(bool),
    )
    table = factors.loc[names, _ACTIVITY_COLUMNS].rename_axis("factor").reset_index()
    table.insert(0, "id", [ids[name] for name in names])
    _add_index(package, table, "activities", [("technosphere", "rows"), ("technosphere", "cols")])


def _add_flows(bwp: ModuleType, package: Any, exchanges: list[_Exchange], draws: int) -> None:
    """Add the biosphere, the method, and what each flow is."""
    import numpy as np
    import pandas as pd

    flows = sorted({(exchange.stage, exchange.gas) for exchange in exchanges}, key=_flow_order)
    ids = _distinct_ids("flow", [f"{stage}/{gas}" for stage, gas in flows])
    indices = _indices(bwp, [(ids[e.flow], stable_id("activity", e.factor.id)) for e in exchanges])
    amounts = np.array([exchange.amount for exchange in exchanges])
    biosphere = {"matrix": "biosphere_matrix", "indices_array": indices}
    package.add_persistent_vector(name="biosphere", data_array=amounts, **biosphere)
    if draws:
        # the later group takes the place of the earlier one where a calculation uses arrays
        package.add_persistent_array(name="biosphere-draws", data_array=_drawn(exchanges, draws), **biosphere)
    counted = [(ids[f"{stage}/{gas}"],) * 2 for stage, gas in flows if gas in TOTAL_GASES]
    package.add_persistent_vector(
        matrix="characterization_matrix",
        name="kg-co2e",
        indices_array=_indices(bwp, counted),
        data_array=np.ones(len(counted)),
    )
    table = pd.DataFrame([_flow_row(ids[f"{stage}/{gas}"], stage, gas) for stage, gas in flows])
    _add_index(package, table, "flows", [("biosphere", "rows")])


def _flow_order(flow: tuple[str, str]) -> tuple[str, int]:
    return flow[0], GAS_NAMES.index(flow[1])


def _flow_row(number: int, stage: str, gas: str) -> dict[str, Any]:
    named = GASES[GAS_NAMES.index(gas)]
    return {
        "id": number,
        "stage": stage,
        "gas": gas,
        "name_fr": f"{named.name_fr}, {stage_name(stage, 'fr')}",
        "name_en": f"{named.name_en}, {stage_name(stage, 'en')}",
        "unit": "kg CO2e",
        "in_total": "yes" if gas in TOTAL_GASES else "no",
    }


def _drawn(exchanges: list[_Exchange], draws: int) -> "Amounts":
    """Amounts with the errors of their factors, of shape (exchanges, draws) [kg CO2e].

    An error is lognormal about the amount (docs/method.md, Uncertainty). Each error group has its own
    stream of draws, which do not depend on what else the library holds.
    """
    import numpy as np

    errors = {}
    drawn = np.empty((len(exchanges), draws))
    for row, exchange in enumerate(exchanges):
        group, gsd2 = exchange.factor.error_group, exchange.factor.gsd2
        if group not in errors:
            errors[group] = np.random.default_rng(stable_id("error", group)).standard_normal(draws)
        drawn[row] = exchange.amount * gsd2 ** (errors[group] / SPREAD_QUANTILE)
    return drawn


def _distinct_ids(kind: str, names: list[str]) -> dict[str, int]:
    ids = {name: stable_id(kind, name) for name in names}
    if len(set(ids.values())) < len(names):
        raise AssertionError(f"two of the {kind} names share an id")  # once in a million libraries of 20,000
    return ids


def _indices(bwp: ModuleType, pairs: list[tuple[int, int]]) -> Any:
    import numpy as np

    return np.array(pairs, dtype=bwp.INDICES_DTYPE)


def _add_index(package: Any, table: "pd.DataFrame", name: str, valid_for: list[tuple[str, str]]) -> None:
    # bw2calc's LCA.has() asks every resource for its matrix
    package.add_csv_metadata(dataframe=table, name=name, valid_for=valid_for, matrix="")


def _files(package: Any, library: FactorLibrary, gwp_set: str) -> Mapping[str, bytes]:
    """Content of every file; bw_processing's own writer leaves files open."""
    files = {
        resource["path"]: _csv(data) if resource["path"].endswith(".csv") else _npy(data)
        for resource, data in zip(package.resources, package.data, strict=True)
    }
    files[CITATION] = citation(library).encode()
    said = stamp(library, "brightway", gwp_set, [*files, PACKAGE])
    return files | {PACKAGE: json_bytes({**package.metadata, "decarb": said})}


def _csv(table: "pd.DataFrame") -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _npy(array: Any) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
