"""The only source of time. Asia/Shanghai; the demonstration's offset is added here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")

_offset: ContextVar[timedelta | None] = ContextVar("clock_offset", default=None)


def offset() -> timedelta:
    """How far business time is from the wall clock; zero unless the clock may be moved."""
    if not settings.CLOCK_MOVABLE:
        return timedelta()
    known = _offset.get()
    if known is None:
        known = load()
    return known


def load() -> timedelta:
    """Read the offset for this request, task or command; called once at its start.

    Without a stored one, a block of `shifted_to` around the caller keeps its own.
    """
    if not settings.CLOCK_MOVABLE:
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT shift FROM kernel_clockshift WHERE id = 1")
        row = cursor.fetchone()
    known: timedelta = row[0] if row else _offset.get() or timedelta()
    _offset.set(known)
    return known


def forget() -> None:
    """Drop the remembered offset, so that the next reading asks the database again."""
    _offset.set(None)


def now() -> datetime:
    """Business time, for screens, clocks and working-day periods."""
    return timezone.localtime(timezone.now(), SHANGHAI) + offset()


def today() -> date:
    return now().date()


def legal_now() -> datetime:
    """The database server's clock: the time that governs filing, approval and payment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(SHANGHAI) + offset()


def at(day: date, moment: time = time.min) -> datetime:
    """`day` at `moment` in Asia/Shanghai."""
    return datetime.combine(day, moment, tzinfo=SHANGHAI)


@contextmanager
def shifted_to(moment: datetime) -> Iterator[None]:
    """Run a block with business time starting at `moment`: tests and the making of demonstration data."""
    if not settings.CLOCK_MOVABLE:
        raise RuntimeError("the clock cannot be moved under these settings")
    token = _offset.set(moment - timezone.now())
    try:
        yield
    finally:
        _offset.reset(token)


def connect_tasks() -> None:
    """Every task starts with a fresh reading of the offset, so scheduled work follows the moved date."""
    from celery.signals import task_prerun

    task_prerun.connect(_before_task, dispatch_uid="clock")


def _before_task(task: object, **_: object) -> None:
    if not getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):
        forget()
