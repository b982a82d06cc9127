"""A real browser, a real server, a real worker: what a journey needs."""

import io
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    APIResponse,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)
from pypdf import PdfReader

from portal.kernel import clock, moving
from tests.making import PASSWORD

START = datetime(2023, 10, 16, 9, 0, tzinfo=clock.SHANGHAI)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@pytest.fixture(autouse=True)
def pinned(transactional_db: None) -> None:
    """The server's threads read the moved clock from the database, as in the demonstration."""
    moving.pin(START)


class Person:
    """Somebody at a browser of his own."""

    def __init__(self, browser: Browser, address: str, username: str, shots: Path) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport=WIDE, locale="zh-CN", accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.address = address
        self.username = username
        self.shots = shots
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)
        if username:
            self.sign_in()

    def _note(self, message: ConsoleMessage) -> None:
        """Keep script and policy errors; a refusal's 4xx is an answer, not an error."""
        if message.type == "error" and not ANSWERED.match(message.text):
            self.errors.append(message.text)

    def sign_in(self) -> None:
        self.go("/account/login/")
        self.page.get_by_label("登录名").fill(self.username)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/home/")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, name: str, about: str = "") -> None:
        """Press the button, or follow the link, of that name; `about` is what it adds for screen readers."""
        full = re.compile(rf"^{re.escape(name)}[\s：]*{re.escape(about)}$")
        button = self.page.get_by_role("button", name=full)
        target = button if button.count() else self.page.get_by_role("link", name=full)
        target.first.click()

    def fill(self, label: str, value: str) -> None:
        """Fill the field whose label begins with `label`; a field that may stay empty says so after it."""
        self.page.get_by_label(re.compile(rf"^{re.escape(label)}(\s*（.*）)?$")).fill(value)

    def choose(self, label: str) -> None:
        """Tick the box or the radio button of that name."""
        radio = self.page.get_by_role("radio", name=label, exact=True)
        (radio if radio.count() else self.page.get_by_role("checkbox", name=label)).check()

    def pick(self, label: str, option: str) -> None:
        """Choose in a select by the option's words."""
        self.page.get_by_label(re.compile(rf"^{re.escape(label)}")).select_option(label=option)

    def sees(self, *words: str) -> None:
        """Wait until the page says all of `words`."""
        for word in words:
            expect(self.page.locator("#page")).to_contain_text(word, timeout=PATIENCE)

    def value(self, label: str) -> str:
        return self.page.get_by_label(label, exact=True).input_value()

    def post(self, path: str, **fields: str) -> APIResponse:
        """Send what the page has no button for, as somebody with this session might."""
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        headers = {"Referer": self.address + path}
        form = {"csrfmiddlewaretoken": token, **fields}
        return self.context.request.post(self.address + path, form=form, headers=headers)

    def paper(self, path: str) -> str:
        """The text of the PDF at `path`, without spaces and line ends."""
        answer = self.context.request.get(self.address + path)
        assert answer.headers["content-type"] == "application/pdf", answer.url
        (self.shots / f"{path.strip('/').replace('/', '-')}.pdf").write_bytes(answer.body())
        pages = PdfReader(io.BytesIO(answer.body())).pages
        return "".join("".join(page.extract_text() for page in pages).split())

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def look(self, name: str) -> None:
        """Picture the page at both widths and let axe look for barriers; none is allowed."""
        assert "‼undefined" not in self.page.content()
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.shots / f"{name}-1280.png", full_page=True)
        self.page.set_viewport_size(PHONE)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.screenshot(path=self.shots / f"{name}-390.png", full_page=True)
        self.page.set_viewport_size(WIDE)
        assert wide <= PHONE["width"], f"{name} scrolls sideways on a phone: {wide}"


@pytest.fixture
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: PORTAL_SHOTS when somebody wants to look at them."""
    chosen = os.environ.get("PORTAL_SHOTS")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def arrive(browser: Browser, live_server: Any, shots: Path, pinned: None) -> Iterator[Any]:
    """Makes people at browsers; at the end none may have seen a script error."""
    people: list[Person] = []

    def make(username: str = "") -> Person:
        people.append(Person(browser, live_server.url, username, shots))
        return people[-1]

    yield make
    errors = [error for person in people for error in person.errors]
    for person in people:
        person.context.close()
    assert errors == []
