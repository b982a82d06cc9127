"""A draft and a teaching pack are read and computed, and offer nothing to file for."""

import pytest

from clauses import catalogue, selectors
from clauses.loader import get_policy
from clauses.models import Item, Policy
from portal.accounts.models import Unit
from tests.clauses.pack import POLICY

OTHERS = ("harbin-ai-2022-draft", "teaching")


@pytest.mark.parametrize("name", OTHERS)
def test_it_has_pages_and_nothing_to_file_for(name: str, policy: Policy) -> None:
    row = Policy.objects.get(pack=name)
    assert not Item.objects.filter(policy=row).exists()
    assert row.pk not in [one.pk for one, _ in catalogue.published()]
    assert name not in [use.policy for use in selectors.budget_uses()]
    assert not selectors.rounds().filter(policy=row).exists()


def test_units_keep_the_names_of_the_final_text(policy: Policy) -> None:
    names = dict(Unit.objects.values_list("code", "name"))
    assert {code: names[code] for code in POLICY.units} == {
        code: unit.name for code, unit in POLICY.units.items()
    }
    assert get_policy("harbin-ai-2022-draft").units["culture"].name == "市文化旅游局"
