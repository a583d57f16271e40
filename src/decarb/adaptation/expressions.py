"""The small language of the catalogue's rules: arithmetic, comparisons and logic over columns of facts.

It is written as Python writes expressions, so that the standard parser reads it; what is parsed is walked here, node
by node, and nothing of it is ever run. A fact that is not known makes unknown whatever hangs on it (Kleene's logic):
``unknown and false`` is false, ``unknown and true`` is unknown.

==================================  =======================================
``beds``, ``4``, ``0.5``            a fact (number, yes or no, day), a number
``+ - * /``                         arithmetic; a division by zero is unknown
``< <= > >= == !=``                 comparisons, chained or not
``in (500, 501)``, ``not in``       one of some numbers
``and or not``                      logic
``months_since(a_day)``             months begun since a day
==================================  =======================================
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FALSE, UNKNOWN, TRUE = (np.int8(value) for value in range(3))
"""Truth values: ``and`` is the least of two, ``or`` the greatest."""

Columns = Mapping[str, NDArray[np.float64]]
"""Facts by name, nan where one is not known."""

_ARITHMETIC: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_AGE = "months_since"


@dataclass(frozen=True, slots=True)
class Expression:
    """A rule that was parsed and found to be of the language.

    Attributes
    ----------
    text
        As it was written.
    names
        Facts that it reads, in the order of their first mention.
    is_logical
        Whether it says yes or no, and not a number.
    """

    text: str
    names: tuple[str, ...]
    is_logical: bool
    _tree: ast.expr

    def number(self, facts: Columns, today: np.datetime64) -> NDArray[np.float64]:
        """Values of an arithmetic expression, shape of the columns; nan where not known."""
        return _number(self._tree, facts, today)

    def truth(self, facts: Columns, today: np.datetime64) -> NDArray[np.int8]:
        """``FALSE``, ``UNKNOWN`` or ``TRUE``, shape of the columns."""
        return _truth(self._tree, facts, today)


def parse_expression(text: str) -> Expression:
    """Parse an expression.

    Raises
    ------
    ValueError
        If it is not of the language: the place and what stands there.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{text}: {error}") from None
    names: dict[str, None] = {}
    is_logical = _check(tree, text, names)
    return Expression(text, tuple(names), is_logical, tree)


def _check(node: ast.expr, text: str, names: dict[str, None]) -> bool:
    """Whether a node says yes or no; its names are added. ValueError if it is not of the language."""
    match node:
        case ast.Name(id=name):
            names[name] = None
            return False
        case ast.Constant(value=int() | float() as constant) if not isinstance(constant, bool):
            return False
        case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)], keywords=[]) if function == _AGE:
            names[name] = None
            return False
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            _numbers((left, right), text, names)
            return False
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _numbers((operand,), text, names)
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, text, names)
            return True
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, text, names)
            return True
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple(elts=choices)]) if all(
            isinstance(choice, ast.Constant) for choice in choices
        ):
            _numbers((left, *choices), text, names)
            return True
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARISONS for op in ops):
            _numbers((left, *others), text, names)
            return True
        case _:
            raise ValueError(f"{text}: «{ast.unparse(node)}»")


def _numbers(nodes: "tuple[ast.expr, ...]", text: str, names: dict[str, None]) -> None:
    for node in nodes:
        if _check(node, text, names):
            raise ValueError(f"{text}: «{ast.unparse(node)}»")


def _number(node: ast.expr, facts: Columns, today: np.datetime64) -> NDArray[np.float64]:
    match node:
        case ast.Name(id=name):
            return facts[name]
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type, return-value]
        case ast.Call(args=[ast.Name(id=name)]):
            return months_since(facts[name], today)
        case ast.UnaryOp(operand=operand):
            return -_number(operand, facts, today)
        case ast.BinOp(left=left, op=op, right=right):
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                value = _ARITHMETIC[type(op)](_number(left, facts, today), _number(right, facts, today))
            return np.where(np.isfinite(value), value, np.nan)
    raise AssertionError(ast.dump(node))


def _truth(node: ast.expr, facts: Columns, today: np.datetime64) -> NDArray[np.int8]:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return (TRUE - _truth(operand, facts, today)).astype(np.int8)
        case ast.BoolOp(op=op, values=values):
            together = np.minimum if isinstance(op, ast.And) else np.maximum
            found = [_truth(value, facts, today) for value in values]
            return together.reduce(np.broadcast_arrays(*found))  # type: ignore[no-any-return]
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as op], comparators=[ast.Tuple(elts=choices)]):
            value = _number(left, facts, today)
            inside = np.isin(value, [_number(choice, facts, today) for choice in choices])
            return _known(inside ^ isinstance(op, ast.NotIn), value)
        case ast.Compare(left=left, ops=ops, comparators=others):
            operands = [_number(operand, facts, today) for operand in (left, *others)]
            found = [
                _known(_COMPARISONS[type(op)](first, second), first, second)
                for first, op, second in zip(operands, ops, operands[1:], strict=False)
            ]
            return np.minimum.reduce(np.broadcast_arrays(*found))  # type: ignore[no-any-return]
        case _:
            value = _number(node, facts, today)
            return _known(value != 0, value)


def _known(truth: Any, *operands: NDArray[np.float64]) -> NDArray[np.int8]:
    """Truth of a comparison, unknown where an operand is."""
    unknown = np.logical_or.reduce(np.broadcast_arrays(*(np.isnan(operand) for operand in operands)))
    return np.where(unknown, UNKNOWN, np.where(truth, TRUE, FALSE)).astype(np.int8)


def months_since(days: NDArray[np.float64], today: np.datetime64) -> NDArray[np.float64]:
    """Months begun from days to `today`: 12 on the same day of the next year, 13 on the day after.

    Parameters
    ----------
    days
        Days since 1970-01-01; nan where not known.
    """
    known = np.isfinite(days)
    day = np.where(known, days, 0).astype("datetime64[D]")
    month, this_month = day.astype("datetime64[M]"), today.astype("datetime64[M]")
    later_in_month = (today - this_month) > (day - month)
    begun = (this_month - month).astype(np.float64) + later_in_month
    return np.where(known, begun, np.nan)
