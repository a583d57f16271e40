"""Totals of the submissions of a store, task by task."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from decarb.binding import Refusal
from decarb.binding.terms import Binder
from decarb.errors import InvalidInventoryError, RefusedLinesError
from decarb.factors import FactorLibrary, load_factors
from decarb.footprint.compute import gwp_set_of
from decarb.inventory import SECTIONS, Establishment
from decarb.kernels import Path
from decarb.national.aggregate_bounds import groups_of_documents
from decarb.national.aggregating import Aggregates, checked_dimensions, labels_of, tabulate
from decarb.national.breakdown import coefficients_by_breakdown
from decarb.national.cluster.binding import BoundStore, Vocabulary, bind_surveyed
from decarb.national.cluster.plan import Task, plan_tasks
from decarb.national.cluster.refusing import find_unbound, refusals_of
from decarb.national.cluster.running import OnThreads, Runner
from decarb.national.cluster.summing import Merged, sum_task
from decarb.national.cluster.surveying import survey
from decarb.national.frame import Frame
from decarb.national.members import members_among
from decarb.national.store.dictionaries import Dictionaries
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger
from decarb.national.store.log import read_ledger
from decarb.national.store.opening import current_submissions
from decarb.national.summed import Summed
from decarb.resources import collector_paused

if TYPE_CHECKING:
    from decarb.medicines import Medicines

Progress = Callable[[int, int], None]
Shared = TypeVar("Shared")
Result = TypeVar("Result")

COMPILED_FROM = 5_000_000
"""Lines from which every worker compiles its kernels, or reads them from numba's cache: half a second."""


@dataclass(frozen=True, slots=True)
class StoreAggregates:
    """Totals of a year of a store, and what they rest on.

    Attributes
    ----------
    refusals
        Why lines are left out.
    lines
        How many were read.
    """

    aggregates: Aggregates
    library: FactorLibrary
    gwp_set: str
    refusals: tuple[Refusal, ...]
    lines: int

    @property
    def is_partial(self) -> bool:
        """Whether lines were refused, and left out."""
        return bool(self.refusals)


def aggregate_store(
    store: Store,
    year: int,
    by: Sequence[str],
    *,
    library: FactorLibrary | None = None,
    gwp: str | None = None,
    medicines: "Medicines | None" = None,
    frame: Frame | None = None,
    view_name: str = "beges",
    partial: bool = False,
    runner: Runner | None = None,
    progress: Progress = lambda *_: None,
    lines_of_a_task: int | None = None,
) -> StoreAggregates:
    """Add the submissions of a year that count up by one or two dimensions.

    Parameters
    ----------
    by, frame, view_name
        As in ``decarb.national.aggregating.aggregate``.
    library, gwp, medicines, partial
        As in ``decarb.compute_footprint``.
    runner
        Who works on the tasks; the threads of this process by default.
    lines_of_a_task
        As in ``plan_tasks``.
    progress
        Called with how many lines were worked on, and how many there are: each is read twice.

    Raises
    ------
    UsageError
        If nobody submitted for this year, or the dimensions are none; what ``members_of`` raises.
    InvalidInventoryError
        With every refusal, if lines cannot be bound and `partial` is false, or none can; if the submissions ask for
        different GWP sets.
    InvalidStoreError
        If the store is damaged.

    Notes
    -----
    Totals are those of ``aggregate`` of a footprint of ``open_submissions``, to the last bit. Bounds have the same bits
    whoever works on the tasks; those of the footprint are summed in another order (docs/scale.md).
    """
    by = checked_dimensions(by)
    ledger = read_ledger(store)
    current = current_submissions(store, ledger, year)
    establishments = [one.establishment for one in current if one.establishment]
    members = members_among(establishments, year, frame)
    group, groups = groups_of_documents(members, by, labels_of(members, by), len(current))
    tasks = plan_tasks(store, ledger, current, year, group, lines_of_a_task)
    binder = Binder(library or load_factors(), gwp_set_of(establishments, gwp), medicines)
    job = _Job(runner or OnThreads(), tasks, progress)
    bound = _bound(job, store, ledger, establishments, binder)
    table = bound.table(by, view_name, groups, _path(job.lines))
    exposed_groups = groups * (len(SECTIONS) if "domain" in by else 1)
    try:
        merged = Merged(len(current), exposed_groups, table.pairs).add_all(job.run(sum_task, table))
    except RefusedLinesError as error:
        raise InvalidInventoryError(error.problems) from None
    refusals: tuple[Refusal, ...] = ()
    if merged.unbound:
        found = list(job.run(find_unbound, table))
        words = bound.vocabulary
        refusals = refusals_of(found, current, words.terms, words.keyed, binder, words.places)
        if not partial or merged.unbound == job.lines:
            raise InvalidInventoryError([problem for refusal in refusals for problem in refusal.problems])
    coefficients = coefficients_by_breakdown(bound.binding, view_name)
    summed = Summed(merged.amounts, merged.exposures, coefficients, bound.binding.error_groups)
    added = tabulate(members, by, view_name, summed)
    return StoreAggregates(added, binder.library, binder.gwp_set, refusals, job.lines)


class _Job:
    """The tasks of a plan, those who work on them, and how far they are."""

    def __init__(self, runner: Runner, tasks: tuple[Task, ...], progress: Progress) -> None:
        self._runner, self._tasks, self._progress = runner, tasks, progress
        self.lines = sum(task.lines for task in tasks)
        self._done = 0

    def run(self, function: Callable[[Task, Shared], Result], shared: Shared) -> Iterator[Result]:
        """Results of the tasks in their order."""
        for task, result in zip(self._tasks, self._runner.run(function, self._tasks, shared), strict=True):
            self._done += task.lines
            self._progress(min(self._done, 2 * self.lines), 2 * self.lines)
            yield result


def _bound(
    job: _Job, store: Store, ledger: Ledger, establishments: Sequence[Establishment], binder: Binder
) -> BoundStore:
    vocabulary = _vocabulary(store, ledger, binder)
    surveyed = list(job.run(survey, vocabulary.numbering))
    return bind_surveyed(surveyed, vocabulary, establishments, binder)


@collector_paused()
def _vocabulary(store: Store, ledger: Ledger, binder: Binder) -> Vocabulary:
    dictionaries = Dictionaries()
    dictionaries.read(store, ledger.last, ledger.codes)
    return Vocabulary.of(dictionaries.terms.values, dictionaries.places.values, binder)


def _path(lines: int) -> Path | None:
    return "numba" if lines >= COMPILED_FROM else None
