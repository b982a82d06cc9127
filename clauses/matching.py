"""What the matching page asks about a policy, as its pack declares it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A fact of the organisation, shared by every item, in the words of the page."""

    fact: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A plan a visitor may have; `asks_money` when its rough amount says something about the award."""

    code: str
    label: str
    help: str = ""
    asks_money: bool = True


@dataclass(frozen=True, slots=True)
class Matching:
    """Questions, topics by code, and for each item its topics and the money facts that a rough amount stands for."""

    questions: tuple[Question, ...]
    topics: Mapping[str, Topic]
    items: Mapping[str, tuple[str, ...]]
    money: Mapping[str, tuple[str, ...]]
