"""Hospitals of one line each, every one a legal entity."""

from decarb.footprint import compute_footprint
from tests.national.frames import finess


def site(number):
    return finess(f"01{number:04d}01")


def entity(number):
    return finess(f"01{number:04d}00")


def hospital(make, number, kwh, beds=100, **identity):
    given_identity = {
        "name": f"CH {number}",
        "finess_et": site(number),
        "finess_ej": entity(number),
        "region": "84",
        "category": "355",
        "beds": beds,
        "legal_status": "13",
        **identity,
    }
    lines = [make.line("electricity-fr-2024", kwh, "kWh")]
    return make.document(*lines, establishment={name: value for name, value in given_identity.items() if value})


def computed(make, documents):
    return compute_footprint(make.read_all(documents), make.library)
