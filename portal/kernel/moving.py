"""Moving the demonstration's business date. Refused wherever the clock is the wall's."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.kernel import clock, events
from portal.kernel.models import ClockShift
from portal.kernel.refusals import Refusal
from portal.kernel.work import after_commit, unit_of_work
from portal.kernel.workdays import add_workdays

FURTHEST = timedelta(days=1500)
FOLLOWERS = ("applications.lapse_corrections", "review.close_due_notices", "kernel.publish_head")
"""Scheduled work that looks at the date; it runs at once after a move instead of waiting for its hour."""


def pin(moment: datetime) -> ClockShift:
    """Make business time run from `moment` on."""
    if not settings.CLOCK_MOVABLE:
        raise Refusal("这个环境的日期不能调整。", code="clock_fixed")
    shift, _ = ClockShift.objects.update_or_create(pk=1, defaults={"shift": moment - timezone.now()})
    clock.forget()
    return shift


def move_to(day: date, *, actor: Any) -> datetime:
    """Go forward to `day`, keeping the time of day; time never runs back, since records are ordered by it."""
    now = clock.now()
    if day <= now.date():
        raise Refusal("业务日期只能往后调。", code="backward_clock", field="date")
    if day - now.date() > FURTHEST:
        raise Refusal("一次最多往后调四年。", code="too_far", field="date")
    moment = datetime.combine(day, now.timetz())
    with unit_of_work():
        shift = pin(moment)
        events.record("clock.moved", shift, actor=actor, data={"from": now.date(), "to": day})
        for task in FOLLOWERS:
            after_commit(task)
    return moment


def move_by_workdays(count: int, *, actor: Any) -> datetime:
    if not 1 <= count <= 60:
        raise Refusal("一次前进1到60个工作日。", code="too_far", field="days")
    return move_to(add_workdays(clock.today(), count), actor=actor)
