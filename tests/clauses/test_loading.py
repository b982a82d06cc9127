"""Loading a pack again: what an edited pack no longer has goes, unless something rests on it."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from guardian.models import GroupObjectPermission
from guardian.shortcuts import get_objects_for_group

from clauses import services
from clauses.loader import get_policy
from clauses.models import Item
from clauses.services import programmes
from portal.accounts.models import Unit
from portal.accounts.services import unit_group_name
from tests import making
from tests.applications.requests import asking
from tests.refusing import refused

pytestmark = pytest.mark.django_db

CONTENT = get_policy(making.PACK)


def load(monkeypatch, **changes):
    """Load the policy with its pack edited; under its own id, as another edition."""
    edited = replace(CONTENT, hash="e" * 64, **changes)
    monkeypatch.setattr(programmes, "get_policy", lambda pack_id: edited)
    monkeypatch.setattr(programmes, "shipped_packs", lambda: {edited.id: None})
    return services.load_policies()


def without(code):
    return {name: item for name, item in CONTENT.items.items() if name != code}


def holders(code):
    """Codes of the units that may speak for an item."""
    item = Item.objects.get(policy__pack=making.PACK, code=code)
    return {
        unit.code
        for unit in Unit.objects.all()
        for group in Group.objects.filter(name=unit_group_name(unit))
        if item in get_objects_for_group(group, "clauses.opine_item")
    }


def test_an_item_without_references_goes_with_its_rights(monkeypatch):
    item = making.item("8a")
    assert GroupObjectPermission.objects.filter(object_pk=str(item.pk)).exists()
    load(monkeypatch, items=without("8a"))
    assert not Item.objects.filter(policy__pack=making.PACK, code="8a").exists()
    assert not GroupObjectPermission.objects.filter(object_pk=str(item.pk)).exists()
    assert Item.objects.filter(policy__pack=making.PACK).count() == len(CONTENT.items) - 1


def test_an_item_that_a_request_rests_on_stays_and_the_pack_is_refused(monkeypatch):
    asked = asking.filed(code="8a")
    before = GroupObjectPermission.objects.count()
    with refused("pack_published"):
        load(monkeypatch, items=without("8a"))
    asked.refresh_from_db()
    assert (asked.item.code, GroupObjectPermission.objects.count()) == ("8a", before)


def test_a_unit_that_is_no_longer_named_loses_its_right(monkeypatch):
    code, item = next((code, item) for code, item in CONTENT.items.items() if len(item.units) > 1)
    assert holders(code) == set(item.units)
    load(monkeypatch, items={**CONTENT.items, code: replace(item, units=item.units[:1])})
    assert holders(code) == {item.units[0]}


def test_a_text_that_is_no_longer_final_has_nothing_to_file_for(monkeypatch):
    load(monkeypatch, status="draft")
    assert not Item.objects.filter(policy__pack=making.PACK).exists()
