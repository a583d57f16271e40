"""Where an emission is reported: (activity, stage, control) to BEGES-R, GHG Protocol and ISO 14064-1 rows."""

from decarb.reporting.gases import GASES, MEMO_GASES, TOTAL_GASES, Gas
from decarb.reporting.rules import (
    OPTIONS,
    STAGES,
    Activity,
    Rule,
    RuleTable,
    activities,
    load_rules,
    stage_name,
)
from decarb.reporting.views import VIEWS, Row, View, view

__all__ = [
    "GASES",
    "MEMO_GASES",
    "OPTIONS",
    "STAGES",
    "TOTAL_GASES",
    "VIEWS",
    "Activity",
    "Gas",
    "Row",
    "Rule",
    "RuleTable",
    "View",
    "activities",
    "load_rules",
    "stage_name",
    "view",
]
