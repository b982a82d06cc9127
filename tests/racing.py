"""Acts that start in the same instant, each on a connection of its own."""

from collections.abc import Callable, Sequence
from contextvars import copy_context
from threading import Barrier, Thread
from typing import Any

from django.db import connections


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act returned, or the exception it raised, in order; business time is the caller's."""
    start = Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [
        Thread(target=copy_context().run, args=(run, place, act), daemon=True)
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "an act never came back: a deadlock"
    return results
