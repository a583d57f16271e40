"""Effects of a difference by walking the lines one after the other: slow, plain, and apart from the columns."""

import math

import numpy as np

from decarb.binding import bind_terms
from decarb.inventory import SECTIONS
from decarb.inventory.lines import entity_of
from decarb.medicines import SPEND, thirteen_digits


def effects_by_walking(before, after):
    """Emissions and number of amounts of each kind [kg CO2e], without the threshold of rounding."""
    amounts = {}
    sides = [list(lines_of(side)) for side in (before, after)]
    by_key = [{line["key"]: line for line in lines} for lines in sides]
    left = [
        [line for line in lines if line["key"] not in other] for lines, other in zip(sides, by_key[::-1], strict=True)
    ]
    for old in sides[0]:
        if old["key"] in by_key[1]:
            compare(old, by_key[1][old["key"]], amounts)
    medicines = [[line for line in lines if line["rung"] is not None] for lines in left]
    in_euros = [all(line["rung"] == SPEND for line in lines) for lines in medicines]
    apart = all(medicines) and in_euros[0] != in_euros[1]
    for sign, kind, lines in ((-1, "ended", left[0]), (1, "new", left[1])):
        for line in lines:
            if not apart or line["rung"] is None:
                add(amounts, kind, sign * line["kgco2e"])
                continue
            made = line["kgco2e"] - line["released"]
            add(amounts, "released", sign * line["released"])
            if line["by_spend"] is None:
                add(amounts, kind, sign * made)
            else:
                add(amounts, "method", sign * (made - line["by_spend"]))
                add(amounts, "coverage", sign * line["by_spend"])
    return {kind: math.fsum(found) for kind, found in amounts.items()}


def lines_of(footprint):
    """Each bound line, with all that its comparison looks at."""
    inventory, binding = footprint.inventory, footprint.binding
    totals, released = footprint.line_totals(), footprint.released_by_medicines()
    for row, line_id in enumerate(inventory.ids):
        bound = binding.of_line(row)
        if bound is None:
            continue
        terms = inventory.terms[inventory.term[row]]
        quantity, rung = float(inventory.quantity[row]), footprint.rung_of_pair[binding.pair[row]]
        spend = inventory.spends.of(row)
        by_spend = None
        if rung == SPEND:
            by_spend = float(totals[row])
        elif spend is not None:
            ratio = bind_terms(inventory.terms[spend[0]], binding.library, binding.gwp_set).coefficient("beges")
            by_spend = math.copysign(1.0, quantity) * ratio * spend[1]
        yield {
            "key": (
                entity_of(inventory.establishments[inventory.establishment[row]]),
                SECTIONS[inventory.section[row]],
                line_id,
            ),
            "kgco2e": float(np.nan_to_num(totals[row])),
            "quantity": quantity,
            "coefficient": bound.coefficient("beges"),
            "unit": bound.unit.name,
            "kind": (bound.is_monetary, rung),
            "contrails": bound.factor.contrails,
            "rung": rung,
            "product": "" if terms.factor or rung is None else thirteen_digits(terms.code_system, terms.code_value),
            "released": quantity * float(released[binding.pair[row]]),
            "by_spend": by_spend,
        }


def compare(old, new, amounts):
    """Effects of a line of both."""
    change = new["kgco2e"] - old["kgco2e"]
    toggled = "" not in (old["contrails"], new["contrails"]) and old["contrails"] != new["contrails"]
    same_unit = old["unit"] == new["unit"]
    if old["product"] and new["product"] and old["product"] != new["product"]:
        add(amounts, "ended", -old["kgco2e"])
        add(amounts, "new", new["kgco2e"])
    elif old["kind"] != new["kind"] or (toggled and not same_unit):
        add(amounts, "released", new["released"] - old["released"])
        add(amounts, "method", change - (new["released"] - old["released"]))
    elif toggled:
        add(amounts, "method", old["quantity"] * new["coefficient"] - old["kgco2e"])
        add(amounts, "quantities", (new["quantity"] - old["quantity"]) * new["coefficient"])
    else:
        by_quantity = (new["quantity"] - old["quantity"]) * old["coefficient"] if same_unit else 0.0
        add(amounts, "quantities", by_quantity)
        add(amounts, "factors", change - by_quantity)


def add(amounts, kind, amount):
    """One amount more of a kind."""
    amounts.setdefault(kind, []).append(amount)
