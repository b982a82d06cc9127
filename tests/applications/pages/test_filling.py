"""Starting a claim and filling it: sections, autosave, two windows, a correction."""

from datetime import date

import pytest
from django.urls import reverse

from applications import selectors
from applications import services as filing
from applications.models import Claim
from clauses import services as programmes
from portal.accounts.states import Roles
from portal.kernel import clock
from tests import making


def page(name, claim):
    return reverse(name, args=[claim.number])


def empty_draft(code="2a", admin=None):
    admin = admin or making.organisation()
    return filing.start_claim(
        actor=admin, project=making.project(admin), item=making.item(code), window=making.window(code)
    )


def test_starting_twice_opens_one_draft(send, see):
    admin = making.organisation()
    project, window = making.project(admin), making.window("2a")
    text = see(admin, "/claims/start/?item=2a")
    assert (
        "按平台建设主体" in text and "新购置研发设备总价的20%" in text and "2023年12月31日 24:00截止" in text
    )
    given = {"project": project.pk, "round": window.pk}
    first = send(admin, "/claims/start/?item=2a", given)
    second = send(admin, "/claims/start/?item=2a", given)
    claim = Claim.objects.get()
    assert first["location"] == second["location"] == page("claim", claim)


def test_starting_needs_project_and_round(send):
    admin, stranger = making.organisation(), making.organisation()
    making.project(admin)
    making.window("2a")
    foreign = making.project(stranger)
    answer = send(admin, "/claims/start/?item=2a", {"project": foreign.pk, "round": "999"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "请选择为哪个项目申报" in text and "请选择一个开放的申报批次" in text
    assert not Claim.objects.exists()


def test_items_that_cannot_be_started_say_why_and_whom_to_ask(see):
    admin = making.organisation()
    making.project(admin)
    making.policy()
    assert "不在本门户直接申报" in see(admin, "/claims/start/?item=8a")
    assert "0451-0000 0003" in see(admin, "/claims/start/?item=8a")
    assert "还没有发布申报通知" in see(admin, "/claims/start/?item=2a")
    making.window("2a", opens=clock.at(date(2023, 1, 1)), closes=clock.at(date(2023, 5, 1)))
    text = see(admin, "/claims/start/?item=2a")
    assert "2023年4月30日 24:00" in text and "截止" in text and "0451-0000 0001" in text
    assert see(admin, "/claims/start/?item=nothing", status=404)


def test_the_task_list_shows_the_guard(see):
    claim = empty_draft()
    admin = making.admin_of(claim)
    text = see(admin, page("claim", claim))
    missing = selectors.missing_actions(claim)
    assert f"提交前还缺{len(missing)}项" in text and all(item.text in text for item in missing)
    assert f'href="{page("claim_overview", claim)}#id_goals"' in text
    assert "暂不能开始" in text and "还有76天" in text and "按已填费用计算，不是承诺" in text


def test_a_required_paper_is_never_called_optional(see):
    """Before any cost is chosen its papers wait for the cost; only what may be left out says so."""
    claim = empty_draft()
    text = see(making.admin_of(claim), page("claim", claim))
    assert text.count("选好费用后上传") == 3
    assert text.count("可不交") == 2


def test_a_whole_draft_may_be_checked(see, draft):
    text = see(making.admin_of(draft), page("claim", draft))
    assert (
        "已经填齐" in text and "可以开始" in text and "10,000,000.00" in text and "20%，最高1,000万元" in text
    )


def test_the_overview_is_saved_in_its_types(send, see):
    claim = empty_draft("4")
    admin = making.filler(making.admin_of(claim))
    given = {
        "version": 1,
        "scene_name": "智慧供热",
        "scene_field": "heating",
        "filed_total": "8,000,000",
        "vat_deductible": "true",
    }
    assert send(admin, page("claim_overview", claim), given)["location"] == page("claim", claim)
    claim.refresh_from_db()
    assert claim.facts["filed_total"] == "8000000.00" and claim.facts["vat_deductible"] is True
    text = see(admin, page("claim_overview", claim))
    assert 'value="8,000,000.00"' in text and "智慧供热" in text


def test_wrong_answers_stay_in_their_fields(send):
    claim = empty_draft("4")
    given = {"version": 1, "scene_name": "智慧供热", "filed_total": "八百万", "scene_field": "nonsense"}
    answer = send(making.admin_of(claim), page("claim_overview", claim), given)
    text = answer.content.decode()
    assert (
        answer.status_code == 422
        and text.count("金额要写成数字") == 2
        and "八百万" in text
        and "智慧供热" in text
    )
    claim.refresh_from_db()
    assert claim.facts == {} and claim.version == 1


def test_the_event_comes_from_the_year_list(see):
    admin = making.organisation()
    claim = empty_draft("9b", admin)
    assert "年度活动清单上没有你单位主办的活动" in see(admin, page("claim_overview", claim))
    for code, name in ((claim.organisation.code, "冰雪智能论坛"), (making.credit_code(9000), "别人的活动")):
        programmes.list_event(
            actor=making.staff(Roles.HANDLER),
            policy=claim.item.policy,
            year=2023,
            name=name,
            organiser_code=code,
            organiser_name="主办",
            held_on=date(2023, 6, 1),
            document_number="哈科发〔2023〕3号",
        )
    text = see(admin, page("claim_overview", claim))
    assert '<option value="冰雪智能论坛">' in text and "别人的活动" not in text


def test_public_money_asks_for_its_particulars(send, see):
    claim = empty_draft()
    admin = making.admin_of(claim)
    send(
        admin,
        page("claim_public_money", claim),
        {"version": 1, "public_money": "true", "public_money_note": ""},
    )
    assert "写明其他财政资金的级别" in see(admin, page("claim", claim))
    answer = send(
        admin,
        page("claim_public_money", claim),
        {"version": 2, "public_money": "true", "public_money_note": "长" * 2001},
    )
    assert answer.status_code == 422 and "最多2,000字" in answer.content.decode()
    assert (
        send(admin, page("claim_public_money", claim), {"version": 2, "public_money": "maybe"}).status_code
        == 422
    )


def test_costs_are_chosen_with_the_reason_why_one_does_not_count(send, see):
    claim = empty_draft()
    admin = making.admin_of(claim)
    good = making.cost(admin, claim.project, "1000000.00")
    old = making.cost(admin, claim.project, "500.00", invoice_date="2022-08-01")
    send(admin, page("claim_costs", claim), {"version": 1, "cost_items": [good.pk, old.pk]})
    text = see(admin, page("claim_costs", claim))
    assert "不在可计入的期间内" in text and "200,000.00" in text and "已选2笔" in text
    answer = send(admin, page("claim_costs", claim), {"version": 2, "cost_items": [good.pk, 10**9]})
    assert answer.status_code == 422 and "有的已被删除" in answer.content.decode()
    foreign = making.cost(admin, making.project(admin), "1.00")
    answer = send(admin, page("claim_costs", claim), {"version": 2, "cost_items": [foreign.pk]})
    assert "只能选择本项目下的费用" in answer.content.decode()
    assert [item.pk for item in selectors.nominated(claim)] == [good.pk, old.pk]


def test_a_cost_held_by_another_own_claim_is_told_and_can_be_moved(send, see):
    admin = making.organisation()
    window = making.window("2a", "2b")
    first = making.submitted(making.draft(admin, "2a", round_=window))
    item = selectors.nominated(first)[0]
    second = filing.start_claim(actor=admin, project=first.project, item=making.item("2b"), window=window)
    second = filing.nominate(actor=admin, claim=second, cost_items=[item], version=1)
    text = see(admin, page("claim_costs", second))
    assert "已被占用" in text and first.number in text and "改由本申报使用" in text
    use = reverse("claim_choose_holder", args=[second.number, item.pk])
    assert send(admin, use).status_code == 409
    fill(admin, second)
    second = making.submitted(Claim.objects.get(pk=second.pk))
    assert use in see(admin, page("claim_content", second))
    assert send(making.filler(admin), use).status_code == 403
    assert send(admin, use)["location"] == page("claim_content", second)
    assert [hold.claim_id for hold in item.holds.filter(released_at=None)] == [second.pk]


def fill(admin, claim):
    claim.refresh_from_db()
    claim = filing.save_section(
        actor=admin, claim=claim, section="overview", values=making.facts(claim), version=claim.version
    )
    filing.save_section(
        actor=admin,
        claim=claim,
        section="public_money",
        values={"public_money": False},
        version=claim.version,
    )
    for missing in selectors.missing_actions(Claim.objects.get(pk=claim.pk)):
        making.upload(admin, claim, missing.anchor.removeprefix("paper-"))


def test_the_older_window_is_told_and_nothing_is_overwritten(send):
    claim = empty_draft()
    admin = making.admin_of(claim)
    send(admin, page("claim_overview", claim), {"version": 1, "goals": "先保存的目标"})
    answer = send(admin, page("claim_overview", claim), {"version": 1, "goals": "后来的目标"})
    text = answer.content.decode()
    assert (
        answer.status_code == 409 and "没有覆盖它" in text and "先保存的目标" in text and "后来的目标" in text
    )
    assert 'name="version" value="2"' in text
    claim.refresh_from_db()
    assert claim.facts["goals"] == "先保存的目标"
    assert send(admin, page("claim_overview", claim), {"goals": "没有版本"}).status_code == 409
    cost = making.cost(admin, claim.project)
    stale = send(admin, page("claim_costs", claim), {"version": 1, "cost_items": [cost.pk]})
    assert stale.status_code == 409 and "checked" in stale.content.decode()


def autosave(send, claim, section, **given):
    fields = ",".join(name for name in given if name != "version")
    return send(
        making.admin_of(claim),
        reverse("claim_autosave", args=[claim.number, section]),
        {**given, "fields": fields},
    )


def test_autosave_stores_what_changed_and_says_what_is_still_missing(send):
    claim = empty_draft()
    answer = autosave(send, claim, "overview", goals="目标", version=1).json()
    assert answer["version"] == 2 and answer["saved_at"] == "09:00"
    assert "提交前还缺" in answer["missing_html"] and "建设目标和成效" not in answer["missing_html"]
    assert "比例和上限" in answer["estimate_html"]
    emptied = autosave(send, claim, "overview", goals="", version=2).json()
    assert "建设目标和成效" in emptied["missing_html"]
    autosave(send, claim, "public_money", public_money_note="市级", version=3)
    autosave(send, claim, "public_money", public_money="true", version=4)
    claim.refresh_from_db()
    assert (claim.public_money, claim.public_money_note) == (True, "市级")
    cost = making.cost(making.admin_of(claim), claim.project, "1000000.00")
    chosen = autosave(send, claim, "costs", cost_items=[cost.pk], version=5).json()
    assert "200,000.00" in chosen["estimate_html"]
    assert autosave(send, claim, "papers", version=6).status_code == 404


def test_autosave_says_no_in_words(send):
    claim = empty_draft("4")
    stale = autosave(send, claim, "overview", scene_name="x", version=9)
    assert stale.status_code == 409 and "没有覆盖它" in stale.json()["message"]
    wrong = autosave(send, claim, "overview", filed_total="八百万", version=1)
    assert wrong.status_code == 422 and wrong.json()["fields"] == {"filed_total": [wrong.json()["message"]]}
    filed = making.submitted()
    locked = autosave(send, filed, "overview", goals="改", version=filed.version)
    assert locked.status_code == 422 and "不能再改" in locked.json()["message"]


def test_signed_out_autosave_is_sent_to_sign_in(client):
    claim = empty_draft()
    assert (
        client.post(reverse("claim_autosave", args=[claim.number, "overview"]), {"version": 1}).status_code
        == 302
    )


@pytest.fixture
def correcting():
    claim = making.submitted()
    filing.ask_correction(
        actor=making.staff(Roles.INTAKE),
        claim=claim,
        faults=[{"section": "papers", "text": "合同缺少签章页"}],
    )
    return Claim.objects.get(pk=claim.pk)


def test_a_correction_opens_only_what_it_lists(see, send, correcting):
    admin = making.admin_of(correcting)
    text = see(admin, page("claim", correcting))
    assert "合同缺少签章页" in text and "2023年10月30日 24:00" in text and "不能改动" in text
    see(admin, page("claim_papers", correcting))
    refused = see(admin, page("claim_overview", correcting), status=409)
    assert "补正通知没有要求改动这一部分" in refused
    answer = send(admin, page("claim_overview", correcting), {"version": correcting.version, "goals": "改"})
    assert answer.status_code == 409
    assert "提交补正" in see(admin, page("claim_check", correcting))


def test_a_correction_of_papers_does_not_let_the_project_change(see, send, correcting):
    admin, before = making.admin_of(correcting), correcting.content["project"]
    given = {"location": "别处", "leader": "别人", "summary": "别的内容"}
    send(admin, reverse("project_edit", args=[correcting.project_id]), given)
    assert "别的内容" not in see(admin, page("claim_check", correcting))
    send(admin, page("claim_check", correcting), {"version": correcting.version, "committed": "on"})
    correcting.refresh_from_db()
    assert correcting.state == "submitted" and correcting.content["project"] == before


def test_later_states_open_the_timeline(client):
    claim = making.submitted()
    client.force_login(making.admin_of(claim))
    for name in ("claim", "claim_overview", "claim_costs", "claim_papers", "claim_check"):
        assert client.get(page(name, claim))["location"] == reverse("file", args=[claim.number])


def test_the_list_words_states_amounts_and_what_to_do(see, send):
    admin = making.organisation()
    window = making.window("2a")
    making.draft(admin, round_=window)
    making.submitted(making.draft(admin, round_=window))
    gone = making.submitted(making.draft(admin, round_=window))
    filing.withdraw(actor=admin, claim=gone)
    text = see(admin, "/claims/")
    for words in ("草稿", "已提交，等待形式审查", "你已撤回", "继续填写", "估算", "10,000,000.00"):
        assert words in text
    award = making.awarded()
    assert "批复" in see(making.admin_of(award.case.claim), "/claims/")
