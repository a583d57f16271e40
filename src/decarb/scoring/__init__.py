"""The carbon score of a medicine's presentation, from its bill of materials (docs/medicine-score.md)."""

from decarb.errors import InvalidDocumentError
from decarb.scoring.bill import Bill, read_bill
from decarb.scoring.comparing import ScoreComparison, compare_scores
from decarb.scoring.computing import score_bill, score_file
from decarb.scoring.score import Score, ScoredInput
from decarb.scoring.stages import STAGES

__all__ = [
    "STAGES",
    "Bill",
    "InvalidDocumentError",
    "Score",
    "ScoreComparison",
    "ScoredInput",
    "compare_scores",
    "read_bill",
    "score_bill",
    "score_file",
]
