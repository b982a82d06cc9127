"""The desk of settings: the list, a point with its form, a change with its effect on open claims."""

import json
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal
from itertools import cycle
from types import SimpleNamespace

import pytest
from django.urls import reverse

from applications import services as filing
from clauses import services
from clauses.models import SettingChange
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.pages import impact
from portal.pages.impact import impact_of
from review import services as reviewing
from tests import making
from tests.clauses.pages.reading import main, page

pytestmark = pytest.mark.django_db
LIST = "/desk/settings/"
POINT = f"/desk/settings/{making.PACK}/Q35/"
GIVEN = {
    "value": "fen",
    "items": ["2a", "2b"],
    "effective_from": "2023-11-01",
    "document_number": "哈科规〔2023〕5号",
    "note": "",
}


def address(change):
    return reverse("setting_change", args=[change.pk])


def as_administrator(client):
    person = making.staff(Roles.ADMINISTRATOR)
    client.force_login(person)
    return person


# the list and the point


def test_the_list_says_what_is_default_and_what_was_set(client, django_assert_num_queries):
    making.policy()
    client.force_login(making.staff(Roles.LEADER))
    text = main(page(client, LIST))
    assert "全部40条口径，现在都按默认" in text and text.count("默认") > 40
    change = making.set_to(items=["2a"])
    making.setting_change("Q39", "100000")
    with clock.shifted_to(clock.at(date(2023, 11, 2))):
        client.get(LIST)
        with django_assert_num_queries(6):
            text = main(page(client, LIST))
    assert "1条已设定，其余按默认" in text and "哈科规〔2023〕5号" in text
    assert f"{change.proposed_by.display_name}提出，{change.decided_by.display_name}批准" in text
    assert "100,000.00元" in text and "1项调整等人批准" in text


def test_a_change_yet_to_come_is_told(client):
    making.set_to()
    client.force_login(making.staff(Roles.AUDITOR))
    assert "1项调整还没到生效日期" in main(page(client, LIST))
    assert "已批准，未到生效日期" in main(page(client, POINT))


@pytest.mark.parametrize("asked", ["Q99", "q35"])
def test_an_unknown_point_is_not_there(client, asked):
    making.policy()
    as_administrator(client)
    assert client.get(f"/desk/settings/{making.PACK}/{asked}/").status_code == 404
    assert client.get("/desk/settings/none/Q35/").status_code == 404
    assert client.get(f"{LIST}?policy=none").status_code == 404


def test_only_an_administrator_has_the_form(client):
    making.policy()
    client.force_login(making.staff(Roles.LEADER))
    assert "提出调整" not in main(page(client, POINT))
    assert client.post(POINT, {**GIVEN, "act": "propose"}).status_code == 403
    as_administrator(client)
    markup = page(client, POINT)
    assert "提出调整" in main(markup) and markup.count('type="radio"') == 4
    assert "2023年10月17日" in main(markup)


@pytest.mark.parametrize("setting", ["Q37", "Q39", "Q11"])
def test_the_form_follows_the_type(client, setting):
    making.policy()
    as_administrator(client)
    markup = page(client, f"/desk/settings/{making.PACK}/{setting}/")
    assert ('type="radio"' in markup) is (setting != "Q39")
    assert ("取值（元）" in markup) is (setting == "Q39")
    assert ("适用事项" in markup) is (setting != "Q11")


def test_a_change_is_proposed_approved_and_shown(client):
    making.policy()
    as_administrator(client)
    answer = client.post(POINT, {**GIVEN, "act": "propose"})
    change = SettingChange.objects.get()
    assert (answer.status_code, answer["location"]) == (302, address(change))
    assert change.items == ["2a", "2b"]
    text = main(page(client, address(change)))
    assert "已提出口径调整，等另一个人批准。" in text and "要由另一个人决定" in text
    again = client.post(POINT, {**GIVEN, "act": "propose"})
    assert again.status_code == 400 and "同样的调整已经提出" in main(again.content.decode())
    client.force_login(making.staff(Roles.LEADER))
    assert client.post(address(change), {"act": "approve"}).status_code == 302
    text = main(page(client, address(change)))
    assert "已批准口径调整。" in text and "撤销口径调整" in text
    second = client.post(address(change), {"act": "approve"})
    assert second.status_code == 400 and "不能批准口径调整" in main(second.content.decode())
    client.logout()
    public = f"/policies/{making.PACK}/items/2a/"
    assert "哈科规〔2023〕5号" not in main(page(client, public))
    with clock.shifted_to(clock.at(date(2023, 11, 1))):
        assert "哈科规〔2023〕5号，自2023年11月1日起" in main(page(client, public))
        assert "哈科规〔2023〕5号" not in main(page(client, f"/policies/{making.PACK}/items/3a/"))


def test_typed_text_is_dropped_once_the_server_has_it(client):
    making.policy()
    as_administrator(client)
    kept = f"setting-{making.PACK}-Q35"
    assert f'data-keep="{kept}"' in page(client, POINT)
    client.post(POINT, {**GIVEN, "act": "propose"})
    first = SettingChange.objects.get()
    assert f'data-kept-done="{kept}"' in page(client, address(first))
    second = making.set_to(starts=date(2023, 11, 2))
    client.force_login(making.staff(Roles.LEADER))
    for change, act, key in ((first, "refuse", "setting-change"), (second, "revoke", "setting-revoke")):
        assert f'data-keep="{key}-{change.pk}"' in page(client, address(change))
        client.post(address(change), {"act": act, "reason": "文号有误"})
        assert f'data-kept-done="{key}-{change.pk}"' in page(client, address(change))


def test_the_effect_is_brought_into_view_by_its_button_alone(client):
    making.policy()
    as_administrator(client)
    assert page(client, POINT).count('formaction="#impact"') == 1
    markup = client.post(POINT, {**GIVEN, "act": "preview"}).content.decode()
    assert f'action="{POINT}"' in markup and markup.count('id="impact"') == 1


def test_the_approver_sees_what_holds_now_beside_what_is_proposed(client):
    change = making.setting_change(items=["2a", "2b"], starts=date(2023, 11, 5))
    client.force_login(making.staff(Roles.LEADER))
    default = change.policy.content.settings["Q35"].default_reading
    assert f"现在{default}默认改为" in "".join(main(page(client, address(change))).split())
    making.set_to("Q35", "wan_yuan", items=["2a"], starts=date(2023, 11, 1))
    with clock.shifted_to(clock.at(date(2023, 11, 2))):
        client.force_login(making.staff(Roles.LEADER))
        text = "".join(main(page(client, address(change))).split())
        assert "现在，第二条第一项" in text and f"现在，第二条第二项{default}默认" in text
        assert "哈科规〔2023〕5号，自2023年11月1日起" in text
        services.refuse_setting(actor=making.staff(Roles.LEADER), change=change, reason="文件未印发")
        assert "现在，第二条" not in main(page(client, address(change)))


def test_refusing_withdrawing_and_calling_off(client):
    refused, withdrawn, revoked = (making.setting_change(starts=date(2023, 11, day)) for day in (1, 2, 3))
    client.force_login(making.staff(Roles.LEADER))
    bare = client.post(address(refused), {"act": "refuse", "reason": ""})
    assert bare.status_code == 400 and "请填写理由" in main(bare.content.decode())
    assert client.post(address(refused), {"act": "refuse", "reason": "文件未印发"}).status_code == 302
    assert "文件未印发" in main(page(client, address(refused)))
    assert client.post(address(withdrawn), {"act": "withdraw"}).status_code == 403
    services.approve_setting(actor=making.staff(Roles.LEADER), change=revoked)
    assert client.post(address(revoked), {"act": "revoke", "reason": "文号有误"}).status_code == 302
    client.force_login(withdrawn.proposed_by)
    assert client.post(address(withdrawn), {"act": "withdraw"}).status_code == 302
    assert client.post(address(withdrawn), {"act": "nothing"}).status_code == 400
    states = SettingChange.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["refused", "withdrawn", "withdrawn"]
    assert client.get("/desk/settings/changes/999999/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": ""}, "请"),
        ({"value": "jiao"}, "jiao"),
        ({"items": []}, "请至少选择一个适用事项。"),
        ({"items": ["5a"]}, "5a"),
        ({"effective_from": "2023-10-16"}, "生效日期最早是2023年10月17日"),
        ({"effective_from": "明天"}, "日期要写成年、月、日，例如2023-11-01。"),
        ({"document_number": ""}, "请填写文号"),
        ({"document_number": "文" * 61}, "最多60个字"),
    ],
)
@pytest.mark.parametrize("act", ["propose", "preview"])
def test_a_bad_proposal_is_refused_beside_its_field(client, changes, said, act):
    making.policy()
    as_administrator(client)
    answer = client.post(POINT, {**GIVEN, **changes, "act": act})
    assert answer.status_code == 400 and said in main(answer.content.decode())
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize("value", ["-1", "许多", "1.001"])
def test_a_bad_amount_is_refused(client, value):
    making.policy()
    as_administrator(client)
    point = f"/desk/settings/{making.PACK}/Q39/"
    answer = client.post(point, {**GIVEN, "value": value, "act": "propose"})
    assert answer.status_code == 400 and "金额" in main(answer.content.decode())


# the effect on open claims


def test_a_preview_writes_nothing_and_keeps_what_was_typed(client):
    making.draft(amounts=["1000001.99"])
    as_administrator(client)
    answer = client.post(POINT, {**GIVEN, "act": "preview"})
    markup = answer.content.decode()
    assert answer.status_code == 200 and not SettingChange.objects.exists()
    assert 'value="哈科规〔2023〕5号"' in markup
    text = main(markup)
    assert "1份" in text and "200,000.00元变为200,000.39元，相差0.39元" in text


def figures(found):
    """open, computed, unknown, settled, changed, before, after."""
    return astuple(found)[:7]


def test_drafts_change_and_filed_claims_do_not():
    making.draft(amounts=["1000001.99"])
    making.submitted(amounts=["1000001.99"])
    found = impact_of(making.setting_change())
    assert figures(found) == (1, 1, 0, 0, 1, Decimal("200000.00"), Decimal("200000.39"))
    assert (found.difference, found.left_out) == (Decimal("0.39"), 0)
    assert figures(impact_of(making.setting_change(value="wan_yuan", items=["2b"])))[0] == 0


def test_a_point_that_acts_on_pending_claims_reaches_what_is_filed_but_not_proposed(client):
    making.draft()
    making.submitted(making.draft())
    listed = making.verified()
    reviewing.record_findings(actor=listed.handler, case=listed, values={"dishonesty_listed": True})
    making.proposed()
    change = making.setting_change("Q37", "not_checked")
    found = impact_of(change)
    assert figures(found)[:5] == (3, 3, 0, 1, 1)
    assert [(line.before, line.after) for line in found.lines] == [(Decimal("0.00"), Decimal("10000000.00"))]
    client.force_login(making.staff(Roles.LEADER))
    text = main(page(client, address(change)))
    assert listed.claim.number in text and listed.claim.organisation.name in text
    assert "1份，按提出时的口径，金额不变" in text


def test_what_lacks_facts_is_counted(monkeypatch):
    admin = making.organisation("university")
    filing.start_claim(
        actor=admin, project=making.project(admin), item=making.item("1"), window=making.window("1")
    )
    found = impact_of(making.setting_change())
    assert figures(found)[:5] == (1, 0, 1, 0, 0)


@pytest.fixture
def answers(monkeypatch):
    """What the engine says of every claim without and with the change: outcome and fen."""

    def say(before, after):
        real, turn = impact.engine.assess, cycle((before, after))

        def assess(*given):
            outcome, amount = next(turn)
            return replace(real(*given), outcome=outcome, amount=amount)

        monkeypatch.setattr(impact, "engine", SimpleNamespace(assess=assess))

    return say


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (("payable", 12345600), ("nothing_payable", None), "123,456.00暂不能算不能比较"),
        (("nothing_payable", None), ("payable", 12345600), "暂不能算123,456.00不能比较"),
    ],
)
def test_a_claim_that_only_one_side_can_compute_is_shown(client, answers, before, after, shown):
    making.draft(amounts=["1000001.99"])
    change = making.setting_change()
    answers(before, after)
    found = impact_of(change)
    assert figures(found) == (1, 1, 0, 0, 1, 0, 0) and (found.one_sided, found.left_out) == (1, 0)
    client.force_login(making.staff(Roles.LEADER))
    text = "".join(main(page(client, address(change))).split())
    assert shown in text and "只有一边能算的1份没有计入" in text and "还不能计算的" not in text


def test_another_outcome_at_the_same_amount_is_shown(client, answers):
    making.draft(amounts=["1000001.99"])
    change = making.setting_change()
    answers(("nothing_payable", 0), ("out_of_term", 0))
    found = impact_of(change)
    assert figures(found) == (1, 1, 0, 0, 1, 0, 0) and found.one_sided == 0
    client.force_login(making.staff(Roles.LEADER))
    assert "0.00得不到0.00不在期间内0.00" in "".join(main(page(client, address(change))).split())


def test_what_neither_side_can_compute_is_unknown(answers):
    making.draft(amounts=["1000001.99"])
    change = making.setting_change()
    answers(("nothing_payable", None), ("nothing_payable", None))
    assert figures(impact_of(change))[:5] == (1, 0, 1, 0, 0)


# the same for programs

PREVIEW = "/api/v1/setting-changes/preview/"
ASKED = {"policy": making.PACK, "setting": "Q35", "value": "fen", "effective_from": "2023-11-01"}


def preview(client, **changes):
    return client.post(PREVIEW, json.dumps({**ASKED, **changes}), content_type="application/json")


def test_the_interface_previews_as_the_page_does(client):
    draft = making.draft(amounts=["1000001.99"])
    as_administrator(client)
    answer = preview(client, items=["2a", "2b"])
    assert answer.status_code == 200 and not SettingChange.objects.exists()
    found = answer.json()
    (line,) = found.pop("lines")
    assert found == {
        "open": 1, "computed": 1, "one_sided": 0, "unknown": 0, "left_out": 0, "settled": 0, "changed": 1,
        "before": "200000.00", "after": "200000.39", "difference": "0.39",
        "acts_on_pending": False, "by_engine": True,
    }  # fmt: skip
    assert line == {
        "claim": draft.number, "organisation": None, "item": "2a", "state": "draft",
        "before": "200000.00", "after": "200000.39", "difference": "0.39",
        "outcome_before": "payable", "outcome_after": "payable",
    }  # fmt: skip


def test_a_side_without_an_amount_is_null(client, answers):
    claim = making.draft(amounts=["1000001.99"])
    as_administrator(client)
    answers(("payable", 100), ("nothing_payable", None))
    (line,) = preview(client).json()["lines"]
    assert (line["claim"], line["before"], line["after"], line["difference"]) == (
        claim.number, "1.00", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"value": "jiao"}, "bad_value", "value"),
        ({"policy": "none"}, "not_found", "policy"),
        ({"effective_from": "2023-10-01"}, "too_early", "effective_from"),
        ({"items": ["5a"]}, "bad_choice", "items"),
        ({"backdated": True}, "invalid", "backdated"),
    ],
)
def test_a_bad_preview_names_its_field(client, changes, code, field):
    making.policy()
    as_administrator(client)
    answer = preview(client, **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert field in answer.json()["fields"]


def test_only_an_administrator_previews(client):
    making.policy()
    client.force_login(making.staff(Roles.LEADER))
    assert preview(client).status_code == 403
    as_administrator(client)
    assert client.get(PREVIEW).status_code == 405


def test_a_draft_does_not_name_its_organisation(client):
    draft = making.draft(amounts=["1000001.99"])
    change = making.setting_change()
    client.force_login(making.staff(Roles.LEADER))
    text = main(page(client, address(change)))
    assert draft.number in text and draft.organisation.name not in text


def test_beyond_the_limit_claims_are_counted(monkeypatch, client):
    monkeypatch.setattr(impact, "MOST_CLAIMS", 1)
    monkeypatch.setattr(impact, "MOST_LINES", 0)
    for _ in range(2):
        making.draft(amounts=["1000001.99"])
    change = making.setting_change()
    found = impact_of(change)
    assert (found.open, found.computed, found.left_out, found.changed, found.lines) == (2, 1, 1, 1, ())
    client.force_login(making.staff(Roles.LEADER))
    assert "只计算了前1份，其余1份没有计算" in main(page(client, address(change)))


@pytest.mark.parametrize("count", [1, 3])
def test_the_effect_takes_the_same_questions(django_assert_num_queries, count):
    admin = making.organisation()
    for _ in range(count):
        making.submitted(making.draft(admin, amounts=["1000001.99", "5.00"]))
        making.draft(admin)
    change = making.setting_change("Q37", "not_checked")
    change = SettingChange.objects.select_related("policy").get(pk=change.pk)
    with django_assert_num_queries(8):
        assert impact_of(change).open == 2 * count


def test_what_staff_apply_changes_no_sum(client):
    making.draft()
    change = making.setting_change("Q09", "paid")
    client.force_login(making.staff(Roles.LEADER))
    text = main(page(client, address(change)))
    assert "不直接改变系统的计算" in text and "没有申报的金额或结果会因此改变" in text
