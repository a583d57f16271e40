"""Cells of a table as edges between its rows and columns: what follows from the others, and what would hide it."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a table with its margins, each an edge between two of its lines.

    In each row and each column the cells add up to the margin, which is a cell too. What is withheld can change without
    any sum changing along cycles of withheld edges alone, by turns up and down: a withheld cell on no cycle follows
    from what is shown (Gusfield, SIAM Journal on Computing 17, 1988).

    Attributes
    ----------
    start, stop : arrays of shape (cells,)
        Nodes.
    is_flexible : array of shape (cells,)
        Whether the value may go both ways: one that is zero, or that nobody reports, cannot go down for who knows that
        emissions are not negative.
    cost : array of shape (cells,)
        Of withholding the cell [1].
    nodes
        How many there are.
    """

    start: Int64s
    stop: Int64s
    is_flexible: Bools
    cost: NDArray[np.float64]
    nodes: int


def on_no_cycle(cells: Cells, withheld: Bools) -> Int64s:
    """Withheld cells that follow from what is shown: on no cycle of withheld cells whose values may go both ways."""
    flexible = np.flatnonzero(withheld & cells.is_flexible)
    component, bridges = _components_and_bridges(cells, flexible.tolist())
    rigid = np.flatnonzero(withheld & ~cells.is_flexible)
    apart = rigid[component[cells.start[rigid]] != component[cells.stop[rigid]]]
    return np.sort(np.concatenate((np.array(bridges, dtype=np.int64), apart)))


def cheapest_cycle(cells: Cells, withheld: Bools, cell: int, without: int = -1) -> list[int] | None:
    """Cells to withhold so that `cell` lies on a cycle, those withheld already among them; None if there is no way.

    `without` is a cell that may not be on the cycle.
    """
    edges: list[list[tuple[int, int]]] = [[] for _ in range(cells.nodes)]
    for edge in np.flatnonzero(cells.is_flexible).tolist():
        if edge not in (cell, without):
            start, stop = int(cells.start[edge]), int(cells.stop[edge])
            edges[start].append((stop, edge))
            edges[stop].append((start, edge))
    cost = np.where(withheld, 0.0, cells.cost).tolist()
    origin, target = int(cells.start[cell]), int(cells.stop[cell])
    best = {origin: 0.0}
    came: dict[int, tuple[int, int]] = {}
    queue = [(0.0, origin)]
    while queue:
        spent, node = heapq.heappop(queue)
        if node == target:
            break
        if spent > best[node]:
            continue
        for other, edge in edges[node]:
            through = spent + cost[edge]
            if through < best.get(other, np.inf):
                best[other] = through
                came[other] = (node, edge)
                heapq.heappush(queue, (through, other))
    if target not in came:
        return None
    path = []
    while target != origin:
        target, edge = came[target]
        path.append(edge)
    return path


def _components_and_bridges(cells: Cells, chosen: list[int]) -> tuple[Int64s, list[int]]:
    """Component of each node among the chosen edges, and those of them that are on no cycle (Tarjan's low points)."""
    edges: list[list[tuple[int, int]]] = [[] for _ in range(cells.nodes)]
    for edge in chosen:
        start, stop = int(cells.start[edge]), int(cells.stop[edge])
        edges[start].append((stop, edge))
        edges[stop].append((start, edge))
    component = np.full(cells.nodes, -1, dtype=np.int64)
    order, low = [-1] * cells.nodes, [0] * cells.nodes
    bridges: list[int] = []
    count = 0
    for root in range(cells.nodes):
        if order[root] >= 0:
            continue
        stack = [(root, -1, iter(edges[root]))]
        order[root] = low[root] = count
        count += 1
        component[root] = root
        while stack:
            node, entry, waiting = stack[-1]
            for other, edge in waiting:
                if edge == entry:
                    continue
                if order[other] >= 0:
                    low[node] = min(low[node], order[other])
                else:
                    order[other] = low[other] = count
                    count += 1
                    component[other] = root
                    stack.append((other, edge, iter(edges[other])))
                    break
            else:
                stack.pop()
                if stack:
                    parent = stack[-1][0]
                    low[parent] = min(low[parent], low[node])
                    if low[node] > order[parent]:
                        bridges.append(entry)
    return component, bridges
