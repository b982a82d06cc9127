"""The pages in a browser: the automatic accessibility check and a phone's width."""

from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from portal.kernel import moving
from tests import making
from tests.applications.requests import asking
from tests.conftest import BUSINESS_DAY

STATIC = Path(__file__).resolve().parents[3] / "static"
SITE = "http://portal.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
pytestmark = pytest.mark.django_db


def test_pages_pass_and_fit_a_phone(browser, client):
    """One context: each page is read as whoever uses it, on the test's own day."""
    moving.pin(BUSINESS_DAY)
    here = copy_context()
    admin = making.organisation()
    making.submitted(making.draft(admin))
    referral = asking.referral(admin)
    answered = asking.answered(asking.filed(admin))
    officer = asking.officer("investment")
    pages = [
        (admin, reverse("request_new") + "?item=5c"),
        (admin, reverse("request", args=[answered.number])),
        (officer, reverse("request_desk")),
        (officer, reverse("request_hand_over", args=[referral.number])),
    ]
    context = browser.new_context(viewport={"width": 390, "height": 844})

    def answer(route):
        asked = urlsplit(route.request.url)
        file = STATIC / asked.path.removeprefix("/static/")
        if asked.path.startswith("/static/"):
            known = file.is_file()
            route.fulfill(
                body=file.read_bytes() if known else "",
                content_type=KINDS.get(file.suffix, "text/plain") if known else "text/javascript",
            )
        else:
            found = here.run(client.get, f"{asked.path}?{asked.query}")
            route.fulfill(status=found.status_code, body=found.content, content_type=found["content-type"])

    page = context.new_page()
    page.route("**/*", answer)
    faults = []
    for user, address in pages:
        here.run(client.force_login, user)
        assert page.goto(SITE + address).status == 200
        faults += [(address, one["id"]) for one in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append((address, "wider than the phone"))
    context.close()
    assert faults == []
