"""The public services in a browser: the automatic accessibility check, a phone's width, amounts that open when ticked."""

from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import making
from tests.clauses.pages.reading import PACK

STATIC = Path(__file__).resolve().parents[2] / "static"
SITE = "http://portal.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ANSWERED = (
    "/match/?plan-equipment=on&wan-equipment=6000&plan-carrier=on&applicant_kind=university&on=2023-03-01"
)
ADDRESSES = [
    f"{PACK}items/2a/guide/",
    f"{PACK}items/3b/guide/",
    "/match/",
    "/match/?find=1",
    ANSWERED,
    "/calculator/?item=2a&base=60000000",
    "/calculator/?pack=teaching&item=20&loan=x",
    "/calculator/?pack=teaching&item=22&base=10000000",
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(browser, client):
    """A page whose requests this process answers itself, on the test's own day."""
    making.policy()
    here = copy_context()
    context = browser.new_context(viewport={"width": 390, "height": 844})

    def answer(route):
        asked = urlsplit(route.request.url)
        file = STATIC / asked.path.removeprefix("/static/")
        if asked.path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "text/plain"))
        elif asked.path.startswith("/static/"):
            route.fulfill(status=200, body="", content_type="text/javascript")
        else:
            address = f"{asked.path}?{asked.query}"
            found = here.run(client.get, address, follow=True)
            route.fulfill(status=found.status_code, body=found.content, content_type=found["content-type"])

    page = context.new_page()
    page.route("**/*", answer)
    yield page
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_passes_and_fits_a_phone(reader: Page, address: str):
    reader.goto(SITE + address)
    assert Axe().run(reader).response["violations"] == []
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_a_plan_to_its_amount_to_the_calculation(reader: Page):
    reader.goto(f"{SITE}/match/")
    amount = reader.get_by_label("买研发设备：大约多少钱")
    expect(amount).to_be_hidden()
    reader.locator("#id_plan-equipment").check()
    amount.fill("6000")
    reader.get_by_role("button", name="找适合的事项").click()
    expect(reader.locator("h1")).to_have_text("1个事项适合你单位")
    reader.get_by_role("link", name="看计算步骤").click()
    expect(reader.locator("main")).to_contain_text("达到上限，超出5,000万元的投入不再增加补助。")
