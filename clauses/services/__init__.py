"""Writes and answers of the app. `calculate` is pure; the rest keeps policies, rounds and the year list."""

from clauses.services.calculation import InputErrors, calculate, parse_document
from clauses.services.programmes import list_event, load_policies, open_round

__all__ = ["InputErrors", "calculate", "list_event", "load_policies", "open_round", "parse_document"]
