"""A draft and a teaching pack are read and computed, and offer nothing to file for."""

from dataclasses import replace

import pytest

from clauses import catalogue, selectors
from clauses.loader import get_policy
from clauses.models import Item, Policy
from clauses.views import policies as views
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


def test_a_draft_is_replaced_only_by_a_final_text_that_is_there() -> None:
    draft = get_policy("harbin-ai-2022-draft")
    assert selectors.final_of(draft) is POLICY
    assert catalogue.not_in_force(draft) == ("征求意见稿，已被正式文件取代。", "这里只供对照，不能据此申报。")
    for other in ("", "another-city-2030", "teaching"):
        bare = replace(draft, draft_of=other)
        assert selectors.final_of(bare) is None
        assert catalogue.not_in_force(bare) == ("征求意见稿。", "这里只供阅读，不能据此申报。")
    assert catalogue.not_in_force(POLICY) is None


def test_editions_are_paired_by_what_the_draft_says(policy: Policy) -> None:
    draft = get_policy("harbin-ai-2022-draft")
    assert views.other_edition(draft).pack == POLICY.id
    assert views.other_edition(POLICY).pack == draft.id
    assert views.other_edition(get_policy("teaching")) is None
    assert views.other_edition(replace(draft, draft_of="")) is None


def test_units_keep_the_names_of_the_final_text(policy: Policy) -> None:
    names = dict(Unit.objects.values_list("code", "name"))
    assert {code: names[code] for code in POLICY.units} == {
        code: unit.name for code, unit in POLICY.units.items()
    }
    assert get_policy("harbin-ai-2022-draft").units["culture"].name == "市文化旅游局"
