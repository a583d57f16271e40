"""Care recipes as a person would write them, for the tests to spoil."""

import json


def recipe(groups=None, **changes):
    """A recipe of one group of two gloves, unless `groups` are given."""
    gloves = [{"id": "gloves", "factor": "glove-examination-single-use", "quantity": 2, "unit": "item"}]
    document = {"schema_version": "1.0", "name": "test", "per": "act", "year": 2024}
    return {**document, "groups": {"products": gloves} if groups is None else groups, **changes}


def written(folder, document):
    """File of a document in `folder`."""
    path = folder / "recipe.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path
