"""A state machine is a table; this function executes it. Nobody else assigns `.state`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models

from portal.kernel import events
from portal.kernel.permissions import Predicate, require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work

M = TypeVar("M", bound=models.Model)
Guard = Callable[[Any], Iterable[Refusal]]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: who may move a thing from which states to which, and what must be true first."""

    name: str
    label: str
    sources: frozenset[str]
    target: str
    permission: Predicate
    needs_reason: bool = False
    guards: tuple[Guard, ...] = ()


def row(
    name: str,
    label: str,
    sources: Iterable[str],
    target: str,
    permission: Predicate,
    *guards: Guard,
    needs_reason: bool = False,
) -> Transition:
    return Transition(name, label, frozenset(sources), target, permission, needs_reason, guards)


class Machine(Generic[M]):
    """The rows of one model. `thread` tells which file number an event of this model belongs to."""

    def __init__(
        self,
        model: type[M],
        states: type[models.TextChoices],
        rows: Iterable[Transition],
        *,
        thread: Callable[[M], str],
    ) -> None:
        self.model = model
        self.states = states
        self.rows: Mapping[str, Transition] = {item.name: item for item in rows}
        self.thread = thread

    def available(self, subject: M, actor: Any) -> list[Transition]:
        """Rows open from the subject's state to this actor; guards are for the moment of acting."""
        return [
            item
            for item in self.rows.values()
            if subject.state in item.sources and item.permission(actor, subject)  # type: ignore[attr-defined]
        ]

    def allows(self, name: str, subject: M, actor: Any) -> bool:
        item = self.rows[name]
        return subject.state in item.sources and item.permission(actor, subject)  # type: ignore[attr-defined]

    def run(
        self,
        pk: Any,
        name: str,
        *,
        actor: Any,
        reason: str = "",
        changes: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> M:
        """Lock, re-read, check state, permission, reason and guards, write, record; in that order.

        `changes` are fields set with the state (timestamps, names); `data` goes into the event.
        Raises Refusal: wrong_state, forbidden, reason_required, or what the guards say.
        """
        item = self.rows[name]
        reason = reason.strip()
        with unit_of_work():
            subject: M = self.model._default_manager.select_for_update(of=("self",)).get(pk=pk)
            state = subject.state  # type: ignore[attr-defined]
            if state not in item.sources:
                raise Refusal(
                    f"现在的状态是“{self.states(state).label}”，不能{item.label}。请刷新页面看最新状态。",
                    code="wrong_state",
                )
            require(item.permission, actor, subject)
            if item.needs_reason and not reason:
                raise Refusal(f"{item.label}要写明理由。", code="reason_required", field="reason")
            raise_any(refusal for guard in item.guards for refusal in guard(subject))
            subject.state = item.target  # type: ignore[attr-defined]
            for field, value in (changes or {}).items():
                setattr(subject, field, value)
            subject.save(update_fields=["state", *(changes or {})])
            events.record(
                f"{self.model._meta.label_lower}.{name}",
                subject,
                actor=actor,
                thread=self.thread(subject),
                reason=reason,
                data={"from": state, "to": item.target, **(data or {})},
            )
        return subject
