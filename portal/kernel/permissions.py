"""Predicates: a question about an actor and a subject, with the sentence said when the answer is no."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.kernel.refusals import Forbidden


@dataclass(frozen=True, slots=True)
class Predicate:
    """`test(actor, subject)`; `sentence` tells a person what the right is."""

    sentence: str
    test: Callable[[Any, Any], bool]

    def __call__(self, actor: Any, subject: Any) -> bool:
        return bool(actor is not None and getattr(actor, "is_active", False) and self.test(actor, subject))

    def __and__(self, other: "Predicate") -> "Predicate":
        return Both(f"{self.sentence}；{other.sentence}", self.test, self, other)

    def __or__(self, other: "Predicate") -> "Predicate":
        return Predicate(f"{self.sentence}；或者{other.sentence}", lambda a, s: self(a, s) or other(a, s))

    def why_not(self, actor: Any, subject: Any) -> str | None:
        """The sentence of the part that fails, or None."""
        return None if self(actor, subject) else self.sentence


@dataclass(frozen=True, slots=True)
class Both(Predicate):
    """Conjunction that names the failing half."""

    left: Predicate
    right: Predicate

    def __call__(self, actor: Any, subject: Any) -> bool:
        return self.left(actor, subject) and self.right(actor, subject)

    def why_not(self, actor: Any, subject: Any) -> str | None:
        return self.left.why_not(actor, subject) or self.right.why_not(actor, subject)


def predicate(sentence: str) -> Callable[[Callable[[Any, Any], bool]], Predicate]:
    """Make a function a Predicate."""

    def make(test: Callable[[Any, Any], bool]) -> Predicate:
        return Predicate(sentence, test)

    return make


def require(rule: Predicate, actor: Any, subject: Any) -> None:
    """Raise Forbidden with the failing sentence."""
    sentence = rule.why_not(actor, subject)
    if sentence:
        raise Forbidden(sentence)


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The scheduler acting by the clock; it is no person and belongs to no organisation."""

    is_active: bool = True
    pk: None = None


SYSTEM = SystemActor()


@predicate("只由系统按时限执行")
def by_the_system(actor: Any, subject: Any) -> bool:
    return isinstance(actor, SystemActor)
