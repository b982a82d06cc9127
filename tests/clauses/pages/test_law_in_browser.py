"""The pages of the law in a browser: the automatic accessibility check, links that arrive, marks that can be copied."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from unicodedata import normalize
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader

from tests.clauses.pages.reading import PACK

STATIC = Path(__file__).resolve().parents[3] / "static"
SITE = "http://portal.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ADDRESSES = [
    PACK,
    f"{PACK}clauses/3/",
    f"{PACK}items/2a/",
    f"{PACK}text/",
    f"{PACK}compare/harbin-ai-2022-draft/",
    "/policies/",
]
pytestmark = pytest.mark.usefixtures("policy")


class Reader:
    """A page at a phone's width; what it may ask for has been fetched before, by this process."""

    def __init__(self, page: Page, client: Client) -> None:
        self.page = page
        self.client = client
        self.bodies: dict[str, bytes] = {}
        page.route("**/*", self.answer)

    def fetch(self, *addresses: str) -> None:
        for address in addresses:
            answer = self.client.get(address)
            assert answer.status_code == 200, address
            self.bodies[address] = answer.content

    def go(self, address: str) -> None:
        self.fetch(address)
        self.page.goto(SITE + address)

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = STATIC / path.removeprefix("/static/")
        if path in self.bodies:
            route.fulfill(body=self.bodies[path], content_type="text/html")
        elif path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "text/plain"))
        else:
            route.fulfill(status=204, body="")


@pytest.fixture
def reader(browser: Browser, client: Client) -> Iterator[Reader]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(5_000)
    yield Reader(context.new_page(), client)
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_passes_and_fits_a_phone(reader: Reader, address: str):
    reader.go(address)
    assert Axe().run(reader.page).response["violations"] == []
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "哈尔滨市政策兑现" in reader.page.title()


def test_from_a_number_to_its_rule_and_back(reader: Reader):
    page = reader.page
    reader.fetch(f"{PACK}items/2a/")
    reader.go(f"{PACK}text/")
    page.locator("#c2-s2 .pt-number", has_text="20%").click()
    page.wait_for_url("**/items/2a/#r2")
    expect(page.locator("#r2")).to_be_in_viewport()
    page.locator("#r2 > p .pt-number").click()
    page.wait_for_url("**/items/2a/#c2-s2")
    page.locator("#c2-s2 + .pt-hash").focus()
    expect(page.locator("#c2-s2 + .pt-hash")).to_have_css("opacity", "1")


def test_a_printed_estimate_begins_with_the_figures_it_is_made_of(reader: Reader) -> None:
    """All of it comes out, in order: the day, the figures, the amount, the grounds on the pages after."""
    asked = reader.client.get("/calculator/", {"item": "2a", "base": "60000000"})
    reader.bodies["/calculator/"] = asked.content
    reader.page.goto(f"{SITE}/calculator/")
    pages = PdfReader(BytesIO(reader.page.pdf())).pages
    printed = ["".join(normalize("NFKC", page.extract_text()).split()) for page in pages]
    whole = "".join(printed)
    parts = ("2023年10月16日估算。", "你填写的", "最多可得", "这个金额怎么算", "依据的原文", "用到的细则口径")
    assert sorted(parts, key=whole.index) == list(parts)
    assert "你填写的" in printed[0] and "最多可得" in printed[0]
