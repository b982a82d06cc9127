"""Pages: the policy for anyone, the calculator, the rounds, and the desks of the office."""

from clauses.views.calculator import calculator
from clauses.views.desks import listed_events, round_desk
from clauses.views.match import match_items
from clauses.views.policies import clause, item, policy_compare, policy_detail, policy_list, policy_text
from clauses.views.rounds import round_detail, rounds
from clauses.views.schema import pack_schema
from clauses.views.settings import settings_desk

__all__ = [
    "calculator",
    "clause",
    "item",
    "listed_events",
    "match_items",
    "pack_schema",
    "policy_compare",
    "policy_detail",
    "policy_list",
    "policy_text",
    "round_desk",
    "round_detail",
    "rounds",
    "settings_desk",
]
