"""The page of facts names every fact, date, kind of cost and mark of the pack, under its item."""

import re
from pathlib import Path

import pytest

from tests.clauses.pack import POLICY

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "facts.md").read_text()
COMMON = PAGE[PAGE.index("## Every item") : PAGE.index("## 1 ")]


@pytest.mark.parametrize("item", POLICY.items.values(), ids=POLICY.items)
def test_every_key_is_on_the_page(item) -> None:
    (section,) = re.findall(rf"^## {item.id} {item.title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`(\w+)`", COMMON + section))
    wanted = {fact.key for fact in item.facts} | set(item.cost_dates)
    wanted |= {one.code for one in item.categories} | {one.flag for one in item.cost_tests}
    assert wanted <= named
    own = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert own <= {fact.key for fact in item.facts}
