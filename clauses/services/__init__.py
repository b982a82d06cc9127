"""Writes and answers of the app. `calculate` is pure; the rest keeps policies, settings, rounds and the year list."""

from clauses.services.calculation import InputErrors, calculate, parse_document
from clauses.services.programmes import list_event, load_policies, open_round
from clauses.services.settings import (
    approve_setting,
    checked_change,
    propose_setting,
    refuse_setting,
    revoke_setting,
    withdraw_setting,
)

__all__ = [
    "InputErrors",
    "approve_setting",
    "calculate",
    "checked_change",
    "list_event",
    "load_policies",
    "open_round",
    "parse_document",
    "propose_setting",
    "refuse_setting",
    "revoke_setting",
    "withdraw_setting",
]
