"""The unit of work: one transaction whose events are chained last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from django.db import transaction

UNHURRIED = 9
"""The last of Celery's priorities on Redis, where 0 comes first."""


@dataclass(slots=True)
class Work:
    """What an open transaction has gathered to do at its end."""

    pending: list[Any] = field(default_factory=list)


_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)
_priority: ContextVar[int | None] = ContextVar("task_priority", default=None)
_flushers: list[Callable[[list[Any]], None]] = []


def flush_with(flush: Callable[[list[Any]], None]) -> None:
    """Register what writes the gathered events (the events module does, once)."""
    _flushers.append(flush)


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """All or nothing. Nested uses join the outermost, which writes the events just before the commit.

    So the lock on the chain's head is always the last one taken, and no two transactions can wait for
    each other through it.
    """
    outer = _current.get()
    if outer is not None:
        mark = len(outer.pending)
        try:
            with transaction.atomic():
                yield outer
        except BaseException:
            del outer.pending[mark:]
            raise
        return
    work = Work()
    with transaction.atomic():
        token = _current.set(work)
        try:
            yield work
            for flush in _flushers:
                flush(work.pending)
        finally:
            _current.reset(token)


def current_work() -> Work:
    """The open unit of work; RuntimeError outside one, since an event without its write is a lie."""
    work = _current.get()
    if work is None:
        raise RuntimeError("events are recorded inside unit_of_work() only")
    return work


@contextmanager
def unhurried(priority: int | None = UNHURRIED) -> Iterator[None]:
    """What is enqueued by this block waits behind every other task: work that nobody is watching."""
    token = _priority.set(priority)
    try:
        yield
    finally:
        _priority.reset(token)


def after_commit(task: str, **arguments: Any) -> None:
    """Enqueue the task called `task` once the transaction is safe."""
    priority = _priority.get()

    def send() -> None:
        with unhurried(priority):
            enqueue(task, **arguments)

    transaction.on_commit(send)


def enqueue(task: str, **arguments: Any) -> None:
    """Send a task by name. KeyError when no app has a task of that name."""
    if task not in current_app.tasks:
        current_app.loader.import_default_modules()
    current_app.tasks[task].apply_async(kwargs=arguments, priority=_priority.get())
