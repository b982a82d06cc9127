"""Experts: who may be asked, what they see, how their marks make the score."""

from decimal import Decimal

import pytest
from django.urls import reverse
from guardian.shortcuts import remove_perm

from applications import selectors as filings
from applications import services as filing
from portal.accounts.states import Roles
from portal.kernel.refusals import Stale
from review import selectors, services
from review.models import Assignment
from tests import making
from tests.refusing import refused
from tests.review import stages

pytestmark = pytest.mark.django_db

POOL_QUERIES = 14


def marks(assignment, points=None, reason="符合要求。"):
    """A whole score sheet; `points` for every criterion, or its full weight."""
    _, rules = selectors.rules_of(assignment.case)
    return {
        "points": {one.code: one.weight if points is None else points for one in rules.criteria},
        "reasons": {one.code: reason for one in rules.criteria},
    }


def typed(assignment, act, points="", reason="", comment=""):
    _, rules = selectors.rules_of(assignment.case)
    data = {"act": act, "comment": comment, "cost_advice": ""}
    for one in rules.criteria:
        data |= {f"points-{one.code}": points, f"reasons-{one.code}": reason}
    return data


@pytest.mark.parametrize(
    ("totals", "score"),
    [
        ([92, 88, 85, 85, 80, 78, 60], "83.20"),
        ([90, 86, 84, 70], "82.50"),
        ([80, 81], "80.50"),
        ([100, 0, 0, 0, 1], "0.33"),
        ([70, 70, 71], "70.33"),
        ([1, 1, 1, 1, 1, 0, 0, 0], "0.67"),
        ([60, 61, 60, 61], "60.50"),
    ],
)
def test_trimming_and_mean(totals, score):
    assert selectors.final_score([Decimal(one) for one in totals]) == Decimal(score)


def test_half_is_rounded_up():
    assert selectors.final_score([Decimal("80.00"), Decimal("80.01")]) == Decimal("80.01")


def scored_by(case, *totals):
    """Signed scores with these totals, through invitations."""
    for total in totals:
        assignment, expert = stages.appointed(case)
        services.take_on(actor=expert, assignment=assignment)
        Assignment.objects.filter(pk=assignment.pk).update(
            state="scored", total=total, scored_at=making.clock.now()
        )


def test_the_score_that_leads_to_verification():
    case = stages.checked(code="2a")
    scored_by(case, 92, 88, 85, 85, 80, 78, 60)
    assert services.advance(actor=case.handler, case=case).score == Decimal("83.20")


def test_recused_marks_do_not_count():
    case = stages.checked(code="2a")
    scored_by(case, 90, 86, 84, 70)
    assignment, expert = stages.appointed(case)
    services.take_on(actor=expert, assignment=assignment)
    services.recuse(actor=expert, assignment=assignment, reason="曾在申报单位任职")
    assert services.advance(actor=case.handler, case=case).score == Decimal("82.50")


def test_scoring_ends_only_when_all_is_there():
    case = stages.checked(code="2a")
    with refused("quorum"):
        services.advance(actor=case.handler, case=case)
    scored_by(case, 90)
    stages.appointed(case)
    with refused("scores_missing") as parts:
        services.advance(actor=case.handler, case=case)
    assert {part.code for part in parts} == {"quorum", "scores_missing"}


def test_below_the_pass_line():
    case = stages.checked(code="2a")
    scored_by(case, 59, 60)
    with refused("below_pass_line"):
        services.advance(actor=case.handler, case=case)


@pytest.mark.parametrize("tie", ["employer", "supplier", "member", "no_profile", "not_expert", "twice"])
def test_who_may_not_be_asked(tie):
    case = stages.checked(code="2a")
    expert = making.expert("省外设备有限公司" if tie == "supplier" else "外地大学")
    if tie == "employer":
        making.accounts.describe_expert(
            user=expert, employer_name="别名", employer_code=case.claim.organisation.code, fields="人工智能"
        )
    if tie == "member":
        expert = stages.joined(expert, case)
    if tie == "no_profile":
        expert = making.staff(Roles.EXPERT)
    if tie == "not_expert":
        expert = making.staff(Roles.HANDLER)
    if tie == "twice":
        services.appoint(actor=case.handler, case=case, expert=expert)
    expert = type(expert).objects.get(pk=expert.pk)
    code = {"not_expert": "not_expert", "twice": "already_done"}.get(tie, "conflict")
    with refused(code, "expert"):
        services.appoint(actor=case.handler, case=case, expert=expert)
    assert case.assignments.count() == (tie == "twice")


def test_the_pool_shows_conflicts_and_appoints(client, django_assert_num_queries):
    case = stages.checked(code="2a")
    address = reverse("case_experts", args=[case.claim.number])
    client.force_login(case.handler)
    assert "没有可选的专家" in stages.page(client.get(address))
    tied, free = making.expert("省外设备有限公司"), making.expert()
    text = stages.page(client.get(address))
    assert "工作单位是本申报费用里的供应商或客户" in text
    assert f'value="{free.pk}"' in text and f'value="{tied.pk}"' not in text
    text = stages.page(client.post(address, {"expert": tied.pk}))
    assert "应当回避" in text and not case.assignments.exists()
    assert "请在专家库里选择专家" in stages.page(client.post(address, {"expert": "0"}))
    text = stages.page(client.post(address, {"expert": free.pk}, follow=True))
    assert "等待答复" in text and case.assignments.count() == 1
    with django_assert_num_queries(POOL_QUERIES):
        client.get(address)
    making.expert()
    making.expert()
    with django_assert_num_queries(POOL_QUERIES):
        client.get(address)


def test_marks_are_shown_only_when_all_are_in(client):
    case = stages.checked(code="2a")
    making.scored(case)
    assignment, _ = stages.appointed(case)
    address = reverse("case_experts", args=[case.claim.number])
    client.force_login(case.handler)
    assert "平均分" not in stages.page(client.get(address))
    services.recuse(actor=assignment.expert, assignment=assignment, reason="无法参加")
    text = stages.page(client.get(address))
    assert "平均分" in text and "84.00" in text and "不足5位专家" in text and "无法参加" in text


def test_the_invitation(client):
    assignment, expert = stages.appointed()
    client.force_login(expert)
    assert assignment.case.claim.number in stages.page(client.get(reverse("assignments")))
    address = reverse("assignment", args=[assignment.pk])
    text = stages.page(client.get(address))
    assert "评审承诺" in text and "建设内容" not in text
    text = stages.page(client.post(address, {"act": "take_on"}))
    assert "请先勾选承诺" in text
    text = stages.page(client.post(address, {"act": "take_on", "committed": "on"}, follow=True))
    assert "评分表" in text and "申报内容" in text and "必要性" in text


def test_the_papers_open_when_the_expert_accepts_and_shut_when_he_recuses(client):
    assignment, expert = stages.appointed()
    paper = filings.attachments(assignment.case.claim)[0]
    address = reverse("attachment", args=[paper.pk])
    client.force_login(expert)
    assert client.get(address).status_code == 404
    services.take_on(actor=expert, assignment=assignment)
    assert client.get(address).status_code == 200
    services.recuse(actor=expert, assignment=assignment, reason="近三年有合作")
    assert client.get(address).status_code == 404


def test_marks_need_the_right_to_the_case_and_its_step():
    assignment, expert = stages.appointed()
    assignment = services.take_on(actor=expert, assignment=assignment)
    marks = {"points": {}, "reasons": {}, "comment": "建议支持。"}
    filing.withdraw(actor=making.admin_of(assignment.case.claim), claim=assignment.case.claim)
    with refused("wrong_state"):
        services.save_scores(actor=expert, assignment=assignment, **marks)
    remove_perm("review.score_reviewcase", expert, assignment.case)
    with refused("forbidden"):
        services.save_scores(actor=type(expert).objects.get(pk=expert.pk), assignment=assignment, **marks)
    assignment.refresh_from_db()
    assert assignment.comment == ""


def test_recusing(client):
    assignment, expert = stages.appointed()
    client.force_login(expert)
    address = reverse("assignment", args=[assignment.pk])
    assert "请写明理由" in stages.page(client.post(address, {"act": "recuse", "reason": ""}))
    text = stages.page(client.post(address, {"act": "recuse", "reason": "近三年有合作"}, follow=True))
    assert "已回避" in text
    text = stages.page(client.get(address))
    assert "近三年有合作" in text and "申报内容" not in text
    assert not expert.has_perm("review.score_reviewcase", assignment.case)


def test_an_expert_sees_nobody_elses(client):
    assignment, expert = stages.appointed()
    other = making.expert()
    making.scored(assignment.case)
    client.force_login(other)
    for name in ("assignment", "assignment_marks", "assignment_sign"):
        assert client.post(reverse(name, args=[assignment.pk])).status_code == 404
    assert client.get(reverse("case", args=[assignment.case.claim.number])).status_code == 403
    assert "没有请你评审的申报" in stages.page(client.get(reverse("assignments")))
    services.take_on(actor=expert, assignment=assignment)
    client.force_login(expert)
    text = stages.page(client.get(reverse("assignment", args=[assignment.pk])))
    assert "建议支持。" not in text


def accepted(client):
    assignment, expert = stages.appointed()
    assignment = services.take_on(actor=expert, assignment=assignment)
    client.force_login(expert)
    return assignment, expert


def test_scoring_on_the_page(client):
    assignment, _ = accepted(client)
    address = reverse("assignment", args=[assignment.pk])
    text = stages.page(client.post(address, typed(assignment, "sign", "99", "写好的理由", "总体意见")))
    assert "得分是0到20的整数" in text and "写好的理由" in text and "总体意见" in text
    assert not assignment.scores.exists()
    text = stages.page(client.post(address, typed(assignment, "sign", "15", "")))
    assert "请写“必要性”的打分理由。" in text and "请写总体评审意见。" in text
    assert Assignment.objects.get(pk=assignment.pk).state == "accepted"
    text = stages.page(client.post(address, typed(assignment, "save", "10", "理由"), follow=True))
    assert "还没有提交" in text
    text = stages.page(client.post(address, typed(assignment, "sign", "15", "理由", "建议支持"), follow=True))
    assert "提交这份评分" in text and "75" in text
    assert Assignment.objects.get(pk=assignment.pk).state == "accepted"
    sign = reverse("assignment_sign", args=[assignment.pk])
    text = stages.page(client.post(sign, follow=True))
    assert "评分已提交" in text
    assert client.get(sign).status_code == 302 and client.post(sign).status_code == 409
    assert "你的评分" in text and "75" in text and "评分表" not in text
    text = stages.page(client.post(address, typed(assignment, "sign", "1", "理由", "再改")))
    assert Assignment.objects.get(pk=assignment.pk).total == 75


def test_autosave(client):
    assignment, expert = accepted(client)
    address = reverse("assignment_marks", args=[assignment.pk])
    version = selectors.marks_stamp(assignment)
    answer = client.post(
        address, {"reasons-need": "先写的理由", "fields": "reasons-need", "version": version}
    )
    assert answer.status_code == 200 and set(answer.json()) == {"version", "saved_at"}
    score = assignment.scores.get()
    assert (score.criterion, score.points, score.reason) == ("need", None, "先写的理由")
    latest = answer.json()["version"]
    stale = client.post(address, {"comment": "旧窗口", "fields": "comment", "version": version})
    assert stale.status_code == 409 and "新版本" in stale.json()["message"]
    bad = client.post(address, {"points-need": "21", "fields": "points-need", "version": latest})
    assert bad.status_code == 422 and "0到20" in bad.json()["message"]
    good = client.post(
        address,
        {"points-need": "20", "comment": "总体意见", "fields": "points-need,comment", "version": latest},
    )
    assert good.status_code == 200
    score.refresh_from_db()
    assert (score.points, score.reason) == (20, "先写的理由")
    emptied = client.post(address, {"fields": "points-need", "version": good.json()["version"]})
    score.refresh_from_db()
    assert emptied.status_code == 200 and score.points is None
    assert Assignment.objects.get(pk=assignment.pk).comment == "总体意见"
    services.save_scores(actor=expert, assignment=assignment, comment="总体意见", **marks(assignment, 10))
    services.sign_score(actor=expert, assignment=assignment)
    late = client.post(address, {"comment": "改", "fields": "comment"})
    assert late.status_code == 409


def test_marks_from_an_older_window():
    assignment, expert = stages.appointed()
    services.take_on(actor=expert, assignment=assignment)
    seen = selectors.marks_stamp(assignment)
    services.save_scores(actor=expert, assignment=assignment, seen=seen, **marks(assignment, 10))
    with pytest.raises(Stale):
        services.save_scores(actor=expert, assignment=assignment, seen=seen, **marks(assignment, 1))
    assert set(assignment.scores.values_list("points", flat=True)) == {10}


def test_signing_names_every_gap():
    assignment, expert = stages.appointed()
    assignment = services.take_on(actor=expert, assignment=assignment)
    with refused("required") as parts:
        services.sign_score(actor=expert, assignment=assignment)
    assert {part.field for part in parts} == {
        "comment",
        *(
            f"{kind}-{code}"
            for kind in ("points", "reasons")
            for code in ("need", "level", "foundation", "effect", "cost")
        ),
    }
    services.save_scores(actor=expert, assignment=assignment, comment="建议支持。", **marks(assignment))
    assert services.sign_score(actor=expert, assignment=assignment).total == 100
    with refused("wrong_state"):
        services.save_scores(actor=expert, assignment=assignment, **marks(assignment, 1))


def test_scoring_stops_with_the_claim(client):
    assignment, expert = accepted(client)
    claim = assignment.case.claim
    services.save_scores(actor=expert, assignment=assignment, comment="建议支持。", **marks(assignment))
    making.filing.withdraw(actor=making.admin_of(claim), claim=claim, reason="不再申报")
    with refused("wrong_state"):
        services.sign_score(actor=expert, assignment=Assignment.objects.get(pk=assignment.pk))
    text = stages.page(client.get(reverse("assignment", args=[assignment.pk])))
    assert "专家评审已经结束" in text and "提交评分" not in text
