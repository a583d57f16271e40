"""Any result as a table to read, JSON or CSV."""

from decarb.report.explanation import explain_line, explanation_text
from decarb.report.factor_text import factor_document, factor_list_text, factor_text
from decarb.report.problems import problem_lines
from decarb.report.result import lines_csv, result_document, rows_csv
from decarb.report.table import footprint_text

__all__ = [
    "explain_line",
    "explanation_text",
    "factor_document",
    "factor_list_text",
    "factor_text",
    "footprint_text",
    "lines_csv",
    "problem_lines",
    "result_document",
    "rows_csv",
]
