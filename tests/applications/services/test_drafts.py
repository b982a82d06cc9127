"""A claim from its start to the moment before filing: rounds, sections, versions, nominations."""

from datetime import date, datetime, timedelta

import pytest

from applications import selectors
from applications import services as filing
from applications.models import Claim
from applications.states import ClaimStates
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.models import Event
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def started(admin=None, code="2a", window=None):
    admin = admin or making.organisation()
    return filing.start_claim(
        actor=admin,
        project=making.project(admin),
        item=making.item(code),
        window=window or making.window(code),
    )


def test_starting_twice_opens_the_draft_that_is_there():
    admin, window = making.organisation(), making.window("2a")
    project = making.project(admin)
    given = {"actor": admin, "project": project, "item": making.item("2a"), "window": window}
    first, second = filing.start_claim(**given), filing.start_claim(**given)
    assert first.pk == second.pk
    assert Claim.objects.count() == 1
    assert Event.objects.filter(verb="claim.started").count() == 1


def test_after_discarding_a_new_draft_with_a_new_number_is_begun():
    admin, window = making.organisation(), making.window("2a")
    given = {"actor": admin, "project": making.project(admin), "item": making.item("2a"), "window": window}
    first = filing.start_claim(**given)
    filing.discard(actor=admin, claim=first)
    second = filing.start_claim(**given)
    assert (first.number, second.number) == ("2023-2A-0001", "2023-2A-0002")


def test_only_ones_own_project_can_be_filed_for():
    owner = making.project(making.organisation())
    for actor in (making.organisation(), making.staff(Roles.HANDLER)):
        with refused("forbidden"):
            filing.start_claim(actor=actor, project=owner, item=making.item("2a"), window=making.window("2a"))
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    "code", ["3b", "5a", "5b", "5c", "7", "8a", "8b", "8c", "8d", "9a", "9c", "10a", "10b"]
)
def test_items_that_are_no_money_are_not_filed_here(code):
    with refused("not_money"):
        started(code=code, window=making.window("2a"))


def test_the_round_must_take_the_item():
    with refused("not_in_round") as parts:
        started(code="2b", window=making.window("2a"))
    assert "不受理这一事项" in parts[0].message


def test_before_the_round_opens_its_opening_is_named():
    window = making.window("2a", opens=clock.at(date(2023, 11, 1)).replace(hour=9))
    with refused("round_not_open") as parts:
        started(window=window)
    assert "2023年11月1日 09:00开放" in parts[0].message


def test_after_the_round_both_its_close_and_the_moment_of_arrival_are_named():
    window = making.window("2a", closes=clock.at(date(2023, 9, 30)).replace(hour=17))
    with refused("round_closed") as parts:
        started(window=window)
    assert "2023年9月30日 17:00截止" in parts[0].message
    assert "系统收到的时间是2023年10月16日 09:00" in parts[0].message


def test_a_round_is_closed_from_the_very_second(monkeypatch):
    closes = datetime(2023, 10, 20, 17, 0, tzinfo=clock.SHANGHAI)
    window = making.window("2a", closes=closes)
    monkeypatch.setattr(clock, "legal_now", lambda: closes - timedelta(microseconds=1))
    started(window=window)
    monkeypatch.setattr(clock, "legal_now", lambda: closes)
    with refused("round_closed"):
        started(window=window)


def test_saving_raises_the_version_and_records_the_fields():
    claim = started()
    admin = making.admin_of(claim)
    saved = filing.save_section(
        actor=admin, claim=claim, section="overview", values={"platform_name": " 检测平台 "}, version=1
    )
    assert (saved.version, saved.facts["platform_name"], saved.saved_by) == (2, "检测平台", admin)
    event = Event.objects.get(verb="claim.saved")
    assert event.data == {"section": "overview", "fields": ["facts"], "version": 2}


def test_saving_the_same_again_is_no_new_version():
    claim = started()
    admin = making.admin_of(claim)
    for _ in range(2):
        claim = filing.save_section(
            actor=admin,
            claim=claim,
            section="overview",
            values={"platform_name": "平台"},
            version=claim.version,
        )
    assert claim.version == 2


def test_a_stale_tab_overwrites_nothing():
    claim = started()
    admin = making.admin_of(claim)
    filing.save_section(
        actor=admin, claim=claim, section="overview", values={"platform_name": "新"}, version=1
    )
    with refused("stale") as parts:
        filing.save_section(
            actor=admin, claim=claim, section="overview", values={"platform_name": "旧"}, version=1
        )
    assert "没有覆盖" in parts[0].message
    with refused("stale"):
        filing.nominate(actor=admin, claim=claim, cost_items=[], version=1)
    with refused("stale"):
        filing.sign_commitment(actor=admin, claim=claim, version=1)
    claim.refresh_from_db()
    assert (claim.facts["platform_name"], claim.version) == ("新", 2)


def test_strangers_and_staff_save_nothing():
    claim = started()
    for actor in (making.organisation(), making.staff(Roles.INTAKE)):
        with refused("forbidden"):
            filing.save_section(actor=actor, claim=claim, section="overview", values={}, version=1)
        with refused("forbidden"):
            filing.nominate(actor=actor, claim=claim, cost_items=[], version=1)
        with refused("forbidden"):
            filing.discard(actor=actor, claim=claim)


@pytest.mark.parametrize(
    ("code", "key", "value", "refusal"),
    [
        ("2a", "build_from", "2023年3月", "bad_date"),
        ("2a", "vat_deductible", "maybe", "bad_choice"),
        ("2a", "vat_deductible", 1, "bad_choice"),
        ("2a", "platform_content", "长" * 2001, "too_long"),
        ("2a", "platform_name", "\x00", "bad_character"),
        ("2c", "service_year", "23", "bad_year"),
        ("2c", "service_year", "²⁰²³", "bad_year"),
        ("2c", "service_year", "1999", "bad_year"),
        ("6b", "experts", "2.5", "bad_count"),
        ("6b", "experts", -1, "bad_count"),
        ("6b", "experts", 2.0, "bad_count"),
        ("6b", "experts", "1000001", "bad_count"),
        ("1", "requested_amount", "-3", "negative_amount"),
        ("1", "requested_amount", "3.001", "too_precise"),
        ("1", "requested_amount", "三百万", "bad_amount"),
        ("1", "approach", "luck", "bad_choice"),
        ("1", "approach", ["own"], "bad_choice"),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused_at_its_field(code, key, value, refusal):
    claim = started(code=code)
    with refused(refusal, key):
        filing.save_section(
            actor=making.admin_of(claim), claim=claim, section="overview", values={key: value}, version=1
        )
    claim.refresh_from_db()
    assert (claim.facts, claim.version) == ({}, 1)


@pytest.mark.parametrize(
    ("code", "key", "value", "stored"),
    [
        ("2a", "build_from", "2023-03-01", "2023-03-01"),
        ("2a", "vat_deductible", "true", True),
        ("2a", "vat_deductible", False, False),
        ("2a", "platform_name", "", None),
        ("2c", "service_year", "2023", 2023),
        ("6b", "experts", 3, 3),
        ("1", "requested_amount", "8,000,000", "8000000.00"),
        ("1", "approach", "own", "own"),
    ],
)
def test_a_fact_is_stored_in_its_type(code, key, value, stored):
    claim = started(code=code)
    saved = filing.save_section(
        actor=making.admin_of(claim), claim=claim, section="overview", values={key: value}, version=1
    )
    assert saved.facts[key] == stored


def test_facts_of_reviewers_are_not_taken_from_applicants():
    claim = started(code="9b")
    saved = filing.save_section(
        actor=making.admin_of(claim),
        claim=claim,
        section="overview",
        values={"event_listed": True},
        version=1,
    )
    assert "event_listed" not in saved.facts


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"public_money": "yes"}, "bad_choice", "public_money"),
        ({"public_money": True, "public_money_note": "长" * 2001}, "too_long", "public_money_note"),
    ],
)
def test_bad_words_on_public_money_are_refused(values, code, field):
    claim = started()
    with refused(code, field):
        filing.save_section(
            actor=making.admin_of(claim), claim=claim, section="public_money", values=values, version=1
        )


def test_only_costs_of_the_claims_own_project_are_nominated():
    admin = making.organisation()
    claim = started(admin)
    for item in (making.cost(admin, making.project(admin)), stranger_cost()):
        with refused("foreign_cost", "cost_items"):
            filing.nominate(actor=admin, claim=claim, cost_items=[item], version=1)
    assert selectors.nominated(claim) == []


def stranger_cost():
    stranger = making.organisation()
    return making.cost(stranger, making.project(stranger))


@pytest.mark.parametrize(("code", "side", "word"), [("2a", "sale", "支出"), ("2c", "purchase", "收入")])
def test_only_costs_of_the_items_side_are_nominated(code, side, word):
    admin = making.organisation()
    claim = started(admin, code=code)
    item = making.cost(admin, claim.project, side=side)
    with refused("wrong_side", "cost_items") as parts:
        filing.nominate(actor=admin, claim=claim, cost_items=[item], version=1)
    assert f"只能选择{word}" in parts[0].message


def test_nominating_replaces_the_set_and_tells_what_changed():
    admin = making.organisation()
    claim = started(admin)
    first, second = making.cost(admin, claim.project), making.cost(admin, claim.project)
    claim = filing.nominate(actor=admin, claim=claim, cost_items=[first], version=1)
    claim = filing.nominate(actor=admin, claim=claim, cost_items=[second], version=2)
    assert selectors.nominated(claim) == [second]
    assert Event.objects.filter(verb="claim.nominated").last().data == {
        "added": [second.pk],
        "dropped": [first.pk],
        "version": 3,
    }


def test_several_drafts_may_name_one_cost_without_holding_it():
    admin = making.organisation()
    one = started(admin)
    two = filing.start_claim(
        actor=admin, project=one.project, item=making.item("2b"), window=making.window("2b")
    )
    item = making.cost(admin, one.project)
    for claim in (one, two):
        filing.nominate(actor=admin, claim=claim, cost_items=[item], version=1)
    assert not item.holds.exists()


def test_what_is_filed_is_locked():
    claim = making.submitted()
    admin = making.admin_of(claim)
    with refused("locked"):
        filing.save_section(actor=admin, claim=claim, section="overview", values={}, version=claim.version)
    with refused("locked"):
        filing.nominate(actor=admin, claim=claim, cost_items=[], version=claim.version)
    with refused("wrong_state"):
        filing.discard(actor=admin, claim=claim)
    with refused("wrong_state"):
        filing.sign_commitment(actor=admin, claim=claim, version=claim.version)


def test_a_correction_unlocks_what_it_lists_and_nothing_else():
    claim = making.submitted()
    admin = making.admin_of(claim)
    claim, _ = filing.ask_correction(
        actor=making.staff(Roles.INTAKE),
        claim=claim,
        faults=[{"section": "overview", "text": "平台名称不全。"}],
    )
    assert selectors.unlocked(claim) == {"overview"}
    filing.save_section(
        actor=admin, claim=claim, section="overview", values={"platform_name": "全名"}, version=claim.version
    )
    claim = selectors.claim_by_number(claim.number)
    with refused("locked"):
        filing.save_section(
            actor=admin,
            claim=claim,
            section="public_money",
            values={"public_money": True},
            version=claim.version,
        )
    with refused("locked"):
        making.upload(admin, claim, "invoice")
    assert claim.state == ClaimStates.CORRECTION_DUE


def test_signing_is_for_the_administrator_of_a_certified_organisation():
    claim = making.draft()
    admin = making.admin_of(claim)
    with refused("forbidden") as parts:
        filing.sign_commitment(actor=making.filler(admin), claim=claim, version=claim.version)
    assert "单位管理员" in parts[0].message
    signed = filing.sign_commitment(actor=admin, claim=claim, version=claim.version)
    assert (signed.committed_by, signed.committed_at is not None) == (admin, True)
