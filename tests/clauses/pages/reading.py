"""Read a page as a visitor does."""

import re
from html import unescape

from django.test import Client

PACK = "/policies/harbin-ai-2022/"
_TAGS = re.compile(r"<[^>]+>")


def page(client: Client, address: str, status: int = 200) -> str:
    """The markup of a page, without undefined variables; redirects are followed."""
    answer = client.get(address, follow=True)
    assert answer.status_code == status, (address, answer.status_code)
    markup = answer.content.decode()
    assert "‼" not in markup
    return markup


def words(markup: str) -> str:
    """The text between the tags, byte for byte."""
    return unescape(_TAGS.sub("", markup))


def main(markup: str) -> str:
    """The text of a page without its frame."""
    return words(markup.split('id="main"', 1)[1].split("</main>")[0])
