"""Comparisons of devices as a person would write them, for the tests to spoil."""

import copy
import json

SINGLE = {
    "id": "single",
    "kind": "single_use",
    "manufacture": [{"value_kgco2e": 1.0, "uncertainty_percent": 20, "source": "test"}],
}
REUSABLE = {
    "id": "reusable",
    "kind": "reusable",
    "uses": 20,
    "maximum_cycles": 40,
    "manufacture": [{"value_kgco2e": 8.0, "uncertainty_percent": 20, "source": "test"}],
    "reprocessing": [{"value_kgco2e": 0.2, "uncertainty_percent": 20, "source": "test", "grid": "GB"}],
}
REPROCESSED = {
    "id": "reprocessed",
    "kind": "reprocessed",
    "emdn": "C0201",
    "uses": 3,
    "maximum_cycles": 2,
    "manufacture": [{"factor": "electrophysiology-catheter-new", "quantity": 1, "unit": "item"}],
    "reprocessing": [{"factor": "electrophysiology-catheter-remanufacturing", "quantity": 1, "unit": "item"}],
}


def comparison(*options, **changes):
    """A comparison of `options`, by default of one device used once and one used again."""
    document = {
        "schema_version": "1.0",
        "name": "test",
        "use": "one use",
        "year": 2024,
        "options": copy.deepcopy(list(options or (SINGLE, REUSABLE))),
    }
    return {**document, **changes}


def written(folder, document):
    """File of a document in `folder`."""
    path = folder / "comparison.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path
