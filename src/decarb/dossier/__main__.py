"""Compute what a staged dossier asks for, in this process and from its own tables alone.

``python -m decarb.dossier STAGED RESULTS``: a process of its own, since tables that were read stay read.
"""

import os
import sys
from pathlib import Path

REFUSED = 3
"""Exit code for an inventory that this decarb refuses; its words are in ``REASONS``."""
REASONS = "reasons.json"


def main(staged: str, results: str) -> int:
    """Write the results of the dossier in folder `staged` into the folder `results`."""
    from decarb.dossier.request import LINES, OPTIONS, PACKAGED_LIBRARY, RESULT, Request
    from decarb.resources import pin_data_folder

    target = Path(results).resolve()
    os.chdir(staged)  # the paths of members are those that messages name
    pin_data_folder("emission_factors", Path(PACKAGED_LIBRARY).resolve())
    from datetime import date

    import orjson

    from decarb.dossier.engine import running_engine
    from decarb.dossier.readable import readable_report
    from decarb.errors import DecarbError
    from decarb.footprint.from_files import compute_files
    from decarb.report.result import lines_csv, result_document

    request = Request.of(orjson.loads(Path(OPTIONS).read_bytes()))
    pretty = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        footprint = compute_files(
            request.inventories, request.libraries, request.gwp, request.partial, request.medicines
        )
    except DecarbError as error:
        reasons = [f"{problem.place()}: {problem.message(request.language)}" for problem in error.problems]
        (target / REASONS).write_bytes(orjson.dumps(reasons, option=pretty))
        return REFUSED
    document = result_document(footprint, request.view, request.language)
    files = {
        RESULT: orjson.dumps(document, option=pretty),
        LINES: lines_csv(footprint).encode(),
        **readable_report(footprint, request.view, request.language, date.fromisoformat(request.day)),
        "engine.json": orjson.dumps(running_engine(), option=pretty),
    }
    for name, content in files.items():
        (target / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
