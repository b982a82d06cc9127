"""The table of a setting's change: proposed by one person, decided by another, undone only before its day."""

from collections.abc import Iterator

from clauses import permissions as may
from clauses import selectors
from clauses.models import SettingChange
from clauses.states import SettingStates as S
from portal.kernel import clock
from portal.kernel.machine import Machine, row
from portal.kernel.refusals import Refusal


def still_ahead(change: SettingChange) -> Iterator[Refusal]:
    """What was in force when a claim was filed never changes afterwards, so approval comes before the day."""
    spec = selectors.pack(change.policy).settings[change.setting]
    yield from selectors.date_faults(spec, change.effective_from)


def its_day_is_free(change: SettingChange) -> Iterator[Refusal]:
    yield from selectors.clash_faults(change)


def not_yet_in_effect(change: SettingChange) -> Iterator[Refusal]:
    if change.effective_from <= clock.today():
        yield Refusal(
            "这项口径已经生效，不能撤销。要改回来，请提出新的调整，从以后的日期起生效。", code="wrong_state"
        )


setting_changes = Machine(
    SettingChange,
    S,
    [
        row(
            "approve", "批准口径调整", {S.PROPOSED}, S.IN_FORCE, may.may_decide, still_ahead, its_day_is_free
        ),
        row("refuse", "不批准口径调整", {S.PROPOSED}, S.REFUSED, may.may_decide, needs_reason=True),
        row("withdraw", "撤回口径调整", {S.PROPOSED}, S.WITHDRAWN, may.may_withdraw),
        row(
            "revoke",
            "撤销已批准的口径调整",
            {S.IN_FORCE},
            S.WITHDRAWN,
            may.may_decide,
            not_yet_in_effect,
            needs_reason=True,
        ),
    ],
    thread=lambda change: f"{change.policy.pack[:36]}/{change.setting}",
)
