"""The store of submissions: a folder that keeps what was submitted, and forgets nothing that it acknowledged.

The log is the truth. Everything else in the folder is either what was submitted, byte for byte, or made from it.
"""

from decarb.national.store.binding_check import refused_lines
from decarb.national.store.checking import Checked, check_store
from decarb.national.store.layout import Store, init_store, open_store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.log import read_ledger
from decarb.national.store.opening import open_submissions
from decarb.national.store.reading import read_year, read_years, refusals, submitted_years
from decarb.national.store.status import Status, StatusRow, store_status
from decarb.national.store.submitting import Receipt, submit

__all__ = [
    "Checked",
    "Ledger",
    "Receipt",
    "Status",
    "StatusRow",
    "Store",
    "Submission",
    "check_store",
    "init_store",
    "open_store",
    "open_submissions",
    "read_ledger",
    "read_year",
    "read_years",
    "refusals",
    "refused_lines",
    "store_status",
    "submit",
    "submitted_years",
]
