"""Lines of medicines that are better priced by the amount of money that they give beside their quantity."""

from dataclasses import replace

import numpy as np

from decarb.binding.pairs import level_of_establishments, medicine_terms
from decarb.binding.terms import Binder
from decarb.errors import UnknownUnitError
from decarb.inventory import Inventory, LineTerms
from decarb.medicines import levels
from decarb.units import is_currency, parse_unit


def by_spend_where_better(inventory: Inventory, binder: Binder) -> Inventory:
    """Take the ``spend`` of a medicine's line instead of its quantity, where that is the better rung or the only one.

    The inventory itself where no line is: a footprint's inventory says what was counted.
    """
    coded = medicine_terms(inventory.terms)
    spends = inventory.spends
    lines = spends.line[coded[inventory.term[spends.line]]] if coded.any() else spends.line[:0]
    if not len(lines):
        return inventory
    level = level_of_establishments(inventory, coded)[inventory.establishment[lines]].tolist()
    term, quantity = inventory.term.copy(), inventory.quantity.copy()
    codes = {terms: code for code, terms in enumerate(inventory.terms)}
    for line, products in zip(lines.tolist(), (levels()[code] for code in level), strict=True):
        spend, amount = spends.of(line) or (0, 0.0)
        own, money = inventory.terms[inventory.term[line]], inventory.terms[spend]
        taken = taken_terms(own, money, products, binder) if amount else None
        if taken is not None:
            term[line] = codes.setdefault(taken, len(codes))
            quantity[line] = np.copysign(amount, quantity[line])  # a credit gives back what was paid
    if (term == inventory.term).all():
        return inventory
    return replace(inventory, terms=tuple(codes), term=term, quantity=quantity)


def taken_terms(own: LineTerms, money: LineTerms, products: int, binder: Binder) -> LineTerms | None:
    """Terms that a medicine's line is counted by instead of its own; None where its quantity is the better rung."""
    if not (_is_money(money) and binder.prefers_spend(own, products)):
        return None
    return own._replace(**{name: getattr(money, name) for name in ("unit", "basis", "price_year", "vat_percent")})


def _is_money(terms: LineTerms) -> bool:
    try:
        return is_currency(parse_unit(terms.unit).name)
    except UnknownUnitError:
        return False
