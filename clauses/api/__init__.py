"""The clauses for programs: policies, calculation, matching, settings. The same services as the pages."""

from clauses.api.calculation import calculate
from clauses.api.matching import match_items
from clauses.api.reading import KINDS, compared, item, policies, policy, rounds
from clauses.api.setting_points import setting_change, setting_changes, setting_decide, settings

__all__ = [
    "KINDS",
    "calculate",
    "compared",
    "item",
    "match_items",
    "policies",
    "policy",
    "rounds",
    "setting_change",
    "setting_changes",
    "setting_decide",
    "settings",
]
