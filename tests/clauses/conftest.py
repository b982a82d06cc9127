"""Business time as requests read it: the row of the moved clock, so that middleware and tests agree."""

from collections.abc import Callable
from datetime import datetime

import pytest

from clauses.models import Policy
from portal.kernel import clock, moving
from tests import making


@pytest.fixture
def on() -> Callable[[datetime], None]:
    """Move business time to a moment."""

    def move(moment: datetime) -> None:
        moving.pin(moment.replace(tzinfo=clock.SHANGHAI))

    return move


@pytest.fixture
def policy(db: None, on: Callable[[datetime], None]) -> Policy:
    """The policy loaded, on 2023-10-16."""
    on(datetime(2023, 10, 16, 9))
    return making.policy()
