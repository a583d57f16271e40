"""The PNACC-3 adaptation checklist: what to do first, what evidence to keep, what a region and the nation add up."""

from decarb.adaptation.actions import MOST_ACTIONS, Action, Renewal, next_actions, priorities, renewals
from decarb.adaptation.aggregating import GROUPINGS, Aggregate, aggregate
from decarb.adaptation.carbon import LinkedEmissions, linked_emissions
from decarb.adaptation.catalogue import Catalogue, Item
from decarb.adaptation.evaluating import DEFAULT_WARMING, Checklist, Trace, evaluate
from decarb.adaptation.loading import load_catalogue, read_catalogue
from decarb.adaptation.score import OVERALL, Scores, scores

__all__ = [
    "DEFAULT_WARMING",
    "GROUPINGS",
    "MOST_ACTIONS",
    "OVERALL",
    "Action",
    "Aggregate",
    "Catalogue",
    "Checklist",
    "Item",
    "LinkedEmissions",
    "Renewal",
    "Scores",
    "Trace",
    "aggregate",
    "evaluate",
    "linked_emissions",
    "load_catalogue",
    "next_actions",
    "priorities",
    "read_catalogue",
    "renewals",
    "scores",
]
