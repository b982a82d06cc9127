"""Requests read the moved clock from the database, so the business day is pinned there too."""

import pytest

from portal.kernel import moving
from tests.conftest import BUSINESS_DAY


@pytest.fixture(autouse=True)
def pinned_clock(db: None, business_time: None) -> None:
    moving.pin(BUSINESS_DAY)
