"""What happens when: many lives told in one order of time, each step under the moved clock."""

import heapq
from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from portal.kernel import clock
from portal.kernel.workdays import is_workday

Life = Generator[datetime, None, None]
"""Yields the moment of its next step; what follows the yield happens then."""

MINUTE = timedelta(minutes=1)


class Diary:
    """Runs lives step by step, the earliest step first, and never lets time run back."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.last: datetime | None = None
        self._steps: list[tuple[datetime, int, Life]] = []
        self._order = count()

    def begin(self, life: Life) -> None:
        self._await(life)

    def run(self) -> None:
        """Play every step. RuntimeError when a life is planned past the end, which is a fault in the plan."""
        while self._steps:
            moment, _, life = heapq.heappop(self._steps)
            if self.last is not None:
                moment = max(moment, self.last + timedelta(seconds=1))
            if moment > self.until:
                raise RuntimeError(
                    f"a step is planned for {moment}, after the end of the demonstration's past"
                )
            with clock.shifted_to(moment):
                self._await(life)
                self.last = clock.now()

    def _await(self, life: Life) -> None:
        moment = next(life, None)
        if moment is not None:
            heapq.heappush(self._steps, (moment, next(self._order), life))


def this_minute() -> datetime:
    """Business time without seconds: how long a step took to run must not change what follows it."""
    return clock.now().replace(second=0, microsecond=0)


def office_time(moment: datetime, rng: Random) -> datetime:
    """`moment` if people are at work then, otherwise soon after they next are."""
    while True:
        day, hour = moment.date(), moment.time()
        if not is_workday(day) or hour >= time(17, 20):
            moment = clock.at(day + timedelta(days=1), time(8, 40))
        elif hour < time(8, 40):
            return clock.at(day, time(8, 40)) + MINUTE * rng.randint(0, 100)
        elif time(12) <= hour < time(13, 20):
            return clock.at(day, time(13, 20)) + MINUTE * rng.randint(0, 60)
        else:
            return moment


def on(day: date, rng: Random) -> datetime:
    """Some working moment of `day`, or of the first working day after it."""
    return office_time(clock.at(day, time(8, 30)) + MINUTE * rng.randint(10, 500), rng)


def toward(deadline: datetime, left: int, rng: Random) -> datetime:
    """When to take the next of `left` steps so that the last comes at `deadline`."""
    now = this_minute()
    if left == 1:
        return max(deadline, now + 5 * MINUTE)
    target = (now + (deadline - now) / left * rng.uniform(0.6, 1.0)).replace(second=0, microsecond=0)
    return max(min(office_time(target, rng), deadline), now + 5 * MINUTE)


def through(deadline: datetime, actions: Sequence[Callable[[], object]], rng: Random) -> Life:
    """Take `actions` one after another, spread over working time, the last at `deadline`."""
    for left, action in zip(range(len(actions), 0, -1), actions, strict=True):
        yield toward(deadline, left, rng)
        action()
