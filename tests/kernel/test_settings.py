"""Production starts only with its keys, and never with a pinned clock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "PORTAL_SECRET_KEY": "s" * 60,
    "PORTAL_EVENT_KEY": "e" * 40,
    "PORTAL_FIELD_KEY": "f" * 40,
    "DATABASE_URL": os.environ.get("DATABASE_URL", "postgres://portal@localhost/portal"),
    "REDIS_URL": os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    "PORTAL_HOSTS": "portal.example",
}


def check(**changes):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment |= {**KEYS, "DJANGO_SETTINGS_MODULE": "portal.settings.prod"}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_with_every_key_production_starts():
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", ["PORTAL_SECRET_KEY", "PORTAL_EVENT_KEY", "PORTAL_FIELD_KEY", "DATABASE_URL", "REDIS_URL"]
)
def test_a_missing_key_is_named_with_what_to_type(name):
    done = check(**{name: None})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr
    assert f"export {name}=" in done.stderr


def test_an_empty_key_is_a_missing_key():
    assert "PORTAL_EVENT_KEY is not set" in check(PORTAL_EVENT_KEY="").stderr


def test_a_pinned_business_date_is_refused():
    done = check(PORTAL_BUSINESS_DATE="2023-10-16")
    assert done.returncode != 0
    assert "PORTAL_BUSINESS_DATE" in done.stderr
    assert "refused in production" in done.stderr


def test_production_moves_no_clock_and_sends_no_cookie_in_the_clear():
    code = (
        "from portal.settings import prod as s;"
        "print(s.CLOCK_MOVABLE, s.DEMONSTRATION, s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **KEYS},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["False", "False", "False", "True", "True"]
