"""What the items paid by costs ask of a cost, taken together: its categories and its marks."""

from collections.abc import Iterable
from typing import Any

from clauses import engine
from clauses import selectors as programmes


def money_items() -> list[engine.Item]:
    """Every item that is paid by costs, over the policies in force as loaded."""
    packs = [programmes.pack(policy) for policy in programmes.loaded_policies()]
    return [
        rules
        for pack in packs
        if pack.status == "final"
        for rules in pack.items.values()
        if rules.kind == "money" and rules.takes_costs
    ]


def categories(asking: Iterable[engine.Item]) -> list[tuple[str, str]]:
    """The union of the items' categories; a code that several items word differently has its shortest name."""
    found: dict[str, str] = {}
    for rules in asking:
        for category in rules.categories:
            known = found.get(category.code)
            if known is None or len(category.label) < len(known):
                found[category.code] = category.label
    last = [("other", found.pop("other"))] if "other" in found else []
    return [*found.items(), *last]


def flag_tests(asking: Iterable[engine.Item]) -> list[Any]:
    """The marks that tests on costs ask for, each once, in its shortest words."""
    found: dict[str, Any] = {}
    for rules in asking:
        for test in rules.cost_tests:
            known = found.get(test.flag)
            if known is None or len(test.label) < len(known.label):
                found[test.flag] = test
    return list(found.values())
