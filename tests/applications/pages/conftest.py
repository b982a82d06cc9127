"""Pages as people open them. Requests read the moved clock from the database, so the day is pinned there too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from applications.models import Claim
from portal.kernel import moving
from tests import making
from tests.conftest import BUSINESS_DAY


@pytest.fixture(autouse=True)
def pinned_clock(db: None, business_time: None) -> None:
    moving.pin(BUSINESS_DAY)


@pytest.fixture
def see(client: Client) -> Callable[..., str]:
    """Open an address as somebody; the page's text, which must be whole."""

    def opened(user: Any, address: str, status: int = 200) -> str:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        text = answer.content.decode()
        assert "‼undefined" not in text
        return text

    return opened


@pytest.fixture
def send(client: Client) -> Callable[..., Any]:
    """Post to an address as somebody; the answer, whose page must be whole."""

    def posted(user: Any, address: str, data: Any = None, **more: Any) -> Any:
        client.force_login(user)
        answer = client.post(address, data or {}, **more)
        if not answer.streaming:
            assert "‼undefined" not in answer.content.decode()
        return answer

    return posted


@pytest.fixture
def draft() -> Claim:
    return making.draft()
