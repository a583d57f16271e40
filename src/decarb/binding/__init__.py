"""Bind inventory lines to factors: every unit, basis, period and control check, once per distinct terms."""

from decarb.binding.conversions import Step
from decarb.binding.error_groups import ErrorGroups, factor_sigma
from decarb.binding.lines import Binding, Refusal, bind
from decarb.binding.terms import BoundPart, BoundTerms, bind_terms

__all__ = ["Binding", "BoundPart", "BoundTerms", "ErrorGroups", "Refusal", "Step", "bind", "bind_terms", "factor_sigma"]
