"""Changes of settings: typed, dated, decided by a second person, one a day; and the editions of packs."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clauses import engine, models, selectors, services
from clauses.loader import get_policy
from clauses.machine import setting_changes as machine
from clauses.models import PackEdition, Policy, SettingChange, SettingScope
from clauses.services import programmes
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.models import Event
from tests import making
from tests.racing import race
from tests.refusing import refused

PACK = "harbin-ai-2022"
START = date(2023, 11, 1)


def administrator():
    return making.staff(Roles.ADMINISTRATOR)


def leader():
    return making.staff(Roles.LEADER)


def held(item="2a", on=START, pack=PACK):
    return selectors.settings_in_force(pack, clock.at(on), item=item)


@pytest.mark.django_db
def test_nothing_holds_until_a_second_person_approves_and_the_day_comes():
    change = making.setting_change()
    assert (change.state, held()) == ("proposed", {})
    approved = services.approve_setting(actor=leader(), change=change)
    assert approved.state == "in_force" and approved.decided_by is not None
    assert (held(on=date(2023, 10, 31)), held()) == ({}, {"Q35": "fen"})
    assert SettingScope.objects.filter(change=change).count() == 9
    verbs = list(
        Event.objects.filter(thread=f"{PACK}/Q35").order_by("sequence").values_list("verb", flat=True)
    )
    assert verbs == ["clauses.settingchange.propose", "clauses.settingchange.approve"]


@pytest.mark.django_db
def test_money_is_kept_in_yuan_and_used_in_fen():
    assert making.set_to("Q39", "100000").value == "100000.00"
    assert held() == {"Q39": 10_000_000}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("按月计算", None),
        ("字" * 200, None),
        ("字" * 201, "too_long"),
        ("按月\x00计算", "bad_value"),
        ("按月\n计算", "bad_value"),
        ("按月\ud800计算", "bad_value"),
    ],
)
def test_a_text_is_short_and_can_be_written_down(value, code, monkeypatch):
    policy = making.policy()
    content = get_policy(PACK)
    worded = replace(content.settings["Q35"], type="text", readings=(), default="")
    content = replace(content, settings={**content.settings, "Q35": worded})
    monkeypatch.setattr(selectors, "pack", lambda policy: content)
    asked = {"policy": policy, "setting": "Q35", "value": value, "items": (), "effective_from": START}
    if code is None:
        assert services.checked_change(**asked).value == value
    else:
        with refused(code):
            services.checked_change(**asked)


@pytest.mark.django_db
def test_items_are_kept_in_the_policys_order_and_all_of_them_as_none():
    making.set_to(items=["2b", "2a", "2a"])
    change = SettingChange.objects.get()
    assert change.items == ["2a", "2b"] and (held("2b"), held("3a")) == ({"Q35": "fen"}, {})
    every = get_policy(PACK).settings["Q35"].items
    assert making.setting_change(items=every, starts=date(2023, 11, 2)).items == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"setting": "Q99"}, "not_found", "setting"),
        ({"value": "jiao"}, "bad_value", "value"),
        ({"value": 1}, "bad_value", "value"),
        ({"value": None}, "bad_value", "value"),
        ({"value": ["fen"]}, "bad_value", "value"),
        ({"setting": "Q39", "value": "-1"}, "bad_value", "value"),
        ({"setting": "Q39", "value": "1.001"}, "bad_value", "value"),
        ({"setting": "Q39", "value": 100}, "bad_value", "value"),
        ({"setting": "Q11", "value": "assets_only", "items": ["2b"]}, "bad_choice", "items"),
        ({"starts": date(2023, 10, 16)}, "too_early", "effective_from"),
        ({"starts": date(2022, 1, 1)}, "too_early", "effective_from"),
        (
            {"setting": "Q37", "value": "not_checked", "starts": date(2023, 10, 15)},
            "too_early",
            "effective_from",
        ),
        ({"document_number": " "}, "required", "document_number"),
        ({"document_number": "文" * 61}, "too_long", "document_number"),
        ({"document_number": "5号"}, "bad_value", "document_number"),
        ({"document_number": "科技局文件"}, "bad_value", "document_number"),
        ({"starts": date(2024, 1, 1)}, "too_late", "effective_from"),
    ],
)
def test_a_bad_proposal_is_refused_with_its_field(given, code, field):
    with refused(code, field):
        making.setting_change(**given)
    assert not SettingChange.objects.exists()


@pytest.mark.django_db
def test_a_point_that_acts_on_pending_claims_may_start_today():
    making.set_to("Q37", "not_checked", starts=clock.today())
    assert held(on=date(2023, 3, 1)) == {"Q37": "not_checked"}


@pytest.mark.django_db
def test_the_second_click_is_refused():
    first = making.setting_change()
    with refused("already_done"):
        services.propose_setting(
            actor=first.proposed_by,
            policy=first.policy,
            setting="Q35",
            value="fen",
            effective_from=START,
            document_number="哈科规〔2023〕5号",
        )
    services.approve_setting(actor=leader(), change=first)
    with refused("wrong_state"):
        services.approve_setting(actor=leader(), change=first)


@pytest.mark.django_db
def test_while_one_waits_another_for_the_same_day_and_items_is_refused():
    first = making.setting_change(items=["2a", "2b"])
    with refused("already_done", "effective_from") as parts:
        making.setting_change(value="wan_yuan", items=["2b", "2a"], document_number="哈科规〔2023〕6号")
    said = parts[0].message
    assert said.startswith(
        f"{first.proposed_by.display_name}已经提出同一天生效的调整：第二条第一项、第二条第二项改为“"
    )
    assert "（哈科规〔2023〕5号）" in said
    making.setting_change(value="wan_yuan", items=["3a"])
    services.withdraw_setting(actor=first.proposed_by, change=first)
    assert making.setting_change(value="wan_yuan", items=["2a", "2b"]).state == "proposed"


@pytest.mark.django_db
def test_a_point_that_acts_on_pending_claims_may_start_when_nothing_is_filed_any_more():
    assert making.setting_change("Q37", "not_checked", starts=date(2024, 1, 1)).state == "proposed"
    assert making.setting_change(starts=date(2023, 12, 31)).state == "proposed"


@pytest.mark.django_db
def test_an_item_a_point_does_not_have_is_named_by_its_place():
    with refused("bad_choice", "items") as parts:
        making.setting_change("Q11", "assets_only", items=["2b"])
    assert parts[0].message == "Q11不涉及第二条第二项。"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Roles if role != Roles.ADMINISTRATOR])
def test_only_an_administrator_proposes(role):
    with refused("forbidden"):
        services.propose_setting(
            actor=making.staff(role),
            policy=making.policy(),
            setting="Q35",
            value="fen",
            effective_from=START,
            document_number="一号",
        )


@pytest.mark.django_db
def test_the_proposer_does_not_decide_and_another_does():
    change = making.setting_change()
    with refused("forbidden"):
        services.approve_setting(actor=change.proposed_by, change=change)
    with refused("forbidden"):
        services.refuse_setting(actor=change.proposed_by, change=change, reason="不合适")
    for role in (Roles.HANDLER, Roles.AUDITOR, Roles.INTAKE, Roles.FINANCE_APPROVER):
        with refused("forbidden"):
            services.approve_setting(actor=making.staff(role), change=change)
    assert services.approve_setting(actor=administrator(), change=change).state == "in_force"


@pytest.mark.django_db
def test_the_database_knows_two_people_too():
    change = making.setting_change()
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingChange.objects.filter(pk=change.pk).update(
            state="in_force", decided_at=clock.now(), decided_by=change.proposed_by
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingChange.objects.filter(pk=change.pk).update(state="in_force")


@pytest.mark.django_db
def test_a_refusal_has_its_reason_and_withdrawal_its_person():
    change = making.setting_change()
    with refused("reason_required", "reason"):
        services.refuse_setting(actor=leader(), change=change, reason=" ")
    assert (
        services.refuse_setting(actor=leader(), change=change, reason="文件未印发。").reason == "文件未印发。"
    )
    other = making.setting_change()
    with refused("forbidden"):
        services.withdraw_setting(actor=administrator(), change=other)
    assert services.withdraw_setting(actor=other.proposed_by, change=other).state == "withdrawn"
    assert held() == {}


@pytest.mark.django_db
def test_an_approved_change_is_called_off_before_its_day_only():
    change = making.set_to()
    with refused("forbidden"):
        services.revoke_setting(actor=change.proposed_by, change=change, reason="有误")
    with refused("reason_required"):
        services.revoke_setting(actor=leader(), change=change, reason="")
    with clock.shifted_to(clock.at(START)), refused("wrong_state"):
        services.revoke_setting(actor=leader(), change=change, reason="有误")
    assert services.revoke_setting(actor=leader(), change=change, reason="有误").state == "withdrawn"
    assert held() == {} and not SettingScope.objects.exists()
    making.set_to(value="wan_yuan")
    assert held() == {"Q35": "wan_yuan"}


@pytest.mark.django_db
def test_approval_after_the_day_is_refused():
    change = making.setting_change()
    with clock.shifted_to(clock.at(START)), refused("too_early"):
        services.approve_setting(actor=leader(), change=change)
    assert SettingChange.objects.get().state == "proposed"


@pytest.mark.django_db
def test_two_for_the_same_item_and_day_the_second_is_refused():
    wide, narrow = making.setting_change(), making.setting_change(value="wan_yuan", items=["2a"])
    apart = making.setting_change(value="hundred_yuan", items=["2a"], starts=date(2023, 11, 2))
    services.approve_setting(actor=leader(), change=wide)
    with refused("already_done", "effective_from") as parts:
        services.approve_setting(actor=leader(), change=narrow)
    assert parts[0].message.startswith("哈科规〔2023〕5号已经规定了同一天生效的Q35（第二条第一项）")
    with refused("already_done"):
        making.setting_change(value="wan_yuan", items=["2b"])
    services.approve_setting(actor=leader(), change=apart)
    assert (held(on=START), held(on=date(2023, 11, 2))) == ({"Q35": "fen"}, {"Q35": "hundred_yuan"})


@pytest.mark.django_db
def test_the_same_day_may_serve_different_items():
    making.set_to(items=["2a"])
    making.set_to(value="wan_yuan", items=["2b"])
    assert (held("2a"), held("2b")) == ({"Q35": "fen"}, {"Q35": "wan_yuan"})


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_one_wins():
    one, two = making.setting_change(), making.setting_change(value="wan_yuan", items=["2a"])
    people = leader(), administrator()
    same = race(
        [lambda person=person: services.approve_setting(actor=person, change=one) for person in people]
    )
    assert [getattr(result, "code", "done") for result in same].count("done") == 1
    assert {getattr(result, "code", "done") for result in same} == {"done", "wrong_state"}
    services.revoke_setting(actor=leader(), change=one, reason="重来")
    three = making.setting_change()
    both = race(
        [
            lambda: services.approve_setting(actor=people[0], change=two),
            lambda: services.approve_setting(actor=people[1], change=three),
        ]
    )
    assert sorted(getattr(result, "code", "done") for result in both) == ["already_done", "done"]
    assert SettingChange.objects.filter(state="in_force").count() == 1


@pytest.mark.django_db
def test_the_book_is_one_question_however_many_changes(django_assert_num_queries):
    for day in range(1, 4):
        making.set_to("Q35", "fen", starts=date(2023, 11, day))
    with django_assert_num_queries(1):
        book = selectors.settings_book(PACK)
        for item in ("2a", "2b", "3a"):
            book.values(item, clock.at(START))


def test_the_machine_has_no_way_back():
    assert {row.target for row in machine.rows.values()} == {"in_force", "refused", "withdrawn"}


# editions


@pytest.mark.django_db
def test_loading_keeps_the_texts_once_and_they_make_the_same_policy():
    making.policy()
    services.load_policies()
    content = get_policy(PACK)
    kept = PackEdition.objects.get(hash=content.hash)
    assert (kept.policy.pack, kept.engine_version) == (PACK, programmes.VERSION)
    assert programmes.texts_of(PACK) == (kept.data, kept.source)


@pytest.mark.django_db
def test_an_edition_that_is_no_longer_shipped_is_read_from_its_texts(monkeypatch):
    making.policy()
    content = get_policy(PACK)
    monkeypatch.setattr("clauses.loader.shipped", lambda pack_id: None)
    again = selectors.edition(PACK, content.hash)
    asked = engine.ClaimFacts(id="c1", item="2a", filed_at=clock.now(), base=6_000_000_000)
    assert again is not content and again.hash == content.hash
    assert engine.assess(again, asked).to_json() == engine.assess(content, asked).to_json()
    with pytest.raises(KeyError):
        selectors.edition(PACK, "0" * 64)


@pytest.mark.django_db
def test_a_changed_folder_changes_nothing_that_is_loaded(monkeypatch, django_assert_num_queries):
    content = get_policy(PACK)
    changed = replace(content, hash="0" * 64, items={})
    monkeypatch.setattr("clauses.loader.shipped", lambda pack_id: changed)
    monkeypatch.setattr("clauses.loader.get_policy", lambda pack_id: changed)
    models.kept_edition.cache_clear()
    item = making.item("2a")
    with django_assert_num_queries(1):
        policy, rules = selectors.rules_of(item)
        assert (policy.hash, rules.place, item.place) == (content.hash, "第二条第一项", "第二条第一项")
        assert selectors.rules_of(item)[0] is policy
    assert PACK in selectors.changed_packs()


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["update", "delete"])
def test_an_edition_is_never_changed_or_deleted(act):
    making.policy()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        if act == "update":
            PackEdition.objects.update(data="")
        else:
            PackEdition.objects.all()._raw_delete("default")


@pytest.mark.django_db
def test_a_pack_with_settings_is_published():
    policy = making.policy()
    Policy.objects.filter(pk=policy.pk).update(pack_hash="0" * 64)
    services.load_policies()
    making.setting_change()
    Policy.objects.filter(pk=policy.pk).update(pack_hash="0" * 64)
    with refused("pack_published"):
        services.load_policies()


@pytest.mark.django_db
def test_a_pack_with_a_round_is_published():
    policy = making.window("2a").policy
    Policy.objects.filter(pk=policy.pk).update(pack_hash="0" * 64)
    with refused("pack_published"):
        services.load_policies()


@pytest.mark.django_db
def test_a_change_waits_on_the_desks_of_those_who_decide(client):
    change = making.setting_change()
    for person, told in ((leader(), True), (administrator(), True), (change.proposed_by, False)):
        client.force_login(person)
        assert ("细则口径调整，待批准" in client.get("/home/").content.decode()) is told


def test_days_are_business_days():
    settings = get_policy(PACK).settings
    assert selectors.first_day(settings["Q35"]) == date(2023, 10, 17)
    assert selectors.first_day(settings["Q37"]) == date(2023, 10, 16)
    with clock.shifted_to(datetime(2023, 12, 30, 23, 59, tzinfo=clock.SHANGHAI)):
        assert selectors.first_day(settings["Q35"]) == date(2023, 12, 31)
