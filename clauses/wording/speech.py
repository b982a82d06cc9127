"""What a rule is spoken of with: the names of its base and facts, and its numbers as the text writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clauses.engine import rules
from clauses.engine.policy import Item

BASE = "核定基数"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a rule as the text writes it, with the words around it; `quote` names another sentence."""

    literal: str
    words: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """What a rule is about: the name of its base and of its facts, their units and choices."""

    base: str = BASE
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def choice(self, key: str, value: object) -> str:
        """A value of a fact in words."""
        if isinstance(value, bool):
            return self.label(key) if value else f"没有{self.label(key)}"
        return self.choices.get(key, {}).get(str(value), str(value))


def speech_of(item: Item) -> Speech:
    return Speech(
        item.base_label or BASE,
        {fact.key: fact.label for fact in item.facts},
        {fact.key: fact.unit for fact in item.facts},
        {fact.key: fact.choices for fact in item.facts if fact.choices},
    )


def numbers_of(node: rules.Node) -> tuple[Number, ...]:
    """The numbers of the text that a node itself holds."""
    return tuple(Number(one.literal, one.words, one.quote) for one in node.figures())
