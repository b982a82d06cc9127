"""Fixtures every test may use: business time, private files, no network."""

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.contrib.auth.models import Group
from django.db import connections
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright

from clauses import services as programmes
from clauses.models import Policy
from portal.accounts.models import Unit
from portal.celery import app
from portal.kernel import clock
from tests import standing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
    "--lang=zh-CN",
]

BUSINESS_DAY = datetime(2023, 10, 16, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def business_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test runs on 2023-10-16, as the demonstration does."""
    with clock.shifted_to(BUSINESS_DAY):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys take longest and go first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The shipped policies are entered once, as on every running portal, and stand in every test's database."""
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock(), clock.shifted_to(BUSINESS_DAY):
            programmes.load_policies()
            standing.keep()
        patch.setattr(TransactionTestCase, "_fixture_teardown", standing.restore)
        yield


@pytest.fixture
def bare(db: None) -> None:
    """For a test that counts from nothing: no policy and no unit is in the database."""
    standing.clear(Policy, Unit, Group)


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EVENT_HEADS_FILE = tmp_path / "event-heads.log"


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine's own servers can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise RuntimeError(f"tests may not reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def undrawn_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers stay pending unless a worker runs: only a worker draws, here as in production."""
    if "worker" not in request.fixturenames:
        monkeypatch.setattr("portal.kernel.tasks.draw", lambda pk: None)


@pytest.fixture
def worker(transactional_db: None, settings: Any) -> Iterator[None]:
    """A Celery worker on a queue of its own, so that papers are drawn as in production."""
    queue = f"test-{os.getpid()}"
    before = (app.conf.task_always_eager, app.conf.task_default_queue)
    app.conf.task_always_eager, app.conf.task_default_queue = False, queue
    settings.CELERY_TASK_ALWAYS_EAGER = False
    with start_worker(app, pool="solo", perform_ping_check=False, queues=[queue], loglevel="WARNING"):
        yield
    app.conf.task_always_eager, app.conf.task_default_queue = before


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run: Playwright allows a process only one at a time."""
    path = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()
        connections.close_all()  # those opened beside Playwright's loop, which nobody else sees
