"""The desk of settings in a browser: the automatic accessibility check and a phone's width, by whoever has most on the page."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.accounts.states import Roles
from tests import making
from tests.pages.test_services_in_browser import KINDS, SITE, STATIC


@pytest.mark.django_db
def test_the_desk_passes_and_fits_a_phone(browser, client):
    making.draft(amounts=["1000001.99"])
    change = making.setting_change(items=["2a"])
    making.set_to(starts=date(2023, 11, 2))
    shown = {}
    for role, address in (
        (Roles.LEADER, "/desk/settings/"),
        (Roles.LEADER, f"/desk/settings/changes/{change.pk}/"),
        (Roles.ADMINISTRATOR, f"/desk/settings/{making.PACK}/Q35/"),
    ):
        client.force_login(making.staff(role))
        shown[address] = client.get(address).content

    def answer(route):
        path = urlsplit(route.request.url).path
        file = STATIC / path.removeprefix("/static/")
        if path in shown:
            route.fulfill(body=shown[path], content_type="text/html; charset=utf-8")
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "text/plain"))
        else:
            route.fulfill(body="", content_type="text/javascript")

    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.route("**/*", answer)
    for address in shown:
        page.goto(SITE + address)
        assert Axe().run(page).response["violations"] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    context.close()
