"""Offices that papers name come from the pack: who handles an item, and who takes objections to it."""

import pytest

from clauses import selectors
from clauses.engine.policy import MONEY, Office
from clauses.loader import get_policy, shipped_packs
from portal.kernel.refusals import Refusal
from tests.clauses.pack import POLICY


def test_papers_name_the_offices_of_the_pack() -> None:
    for item in (one for one in POLICY.items.values() if one.kind == MONEY):
        handling = selectors.handling_office(POLICY, item)
        objections = selectors.objections_office(POLICY, item)
        assert handling.name == POLICY.units[item.lead_unit].name != objections.name
        assert "（演示）" in handling.phone and "（演示）" in objections.phone
    assert selectors.objections_office(POLICY, POLICY.item("2a")) == Office(
        "市科技局政策法规处", "0451-0000 0010（演示）"
    )


def test_a_unit_without_such_an_office_is_refused() -> None:
    with pytest.raises(Refusal, match="没有写明受理异议的处室"):
        selectors.objections_office(POLICY, POLICY.item("8a"))


@pytest.mark.parametrize("pack", shipped_packs())
def test_every_shipped_pack_names_whom_to_ask(pack: str) -> None:
    policy = get_policy(pack)
    assert all(policy.units[item.lead_unit].phone for item in policy.items.values())
