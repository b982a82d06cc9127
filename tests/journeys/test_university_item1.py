"""A university files for a research project through the interface and is paid a sum that a review judged."""

from decimal import Decimal
from typing import Any

import pytest

from applications.models import Claim
from payouts.models import Payment
from portal.accounts.models import Membership, User
from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Document
from tests import making
from tests.journeys import desks

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PROJECT = "极寒环境多模态感知关键技术攻关"
FACTS = {
    "bottleneck": "极寒环境下的多模态感知算法，制约寒地自动驾驶的应用。",
    "approach": "own",
    "goals": "零下三十五度环境下识别准确率达到百分之九十五。",
    "total_budget": "12000000.00",
    "requested_amount": "8000000.00",
}
PAPERS = ("feasibility", "team", "targets", "budget")
AWARDED, WORDS = "6,000,000.00", "陆佰万元整"


def test_from_a_program_to_a_judged_payment(arrive: Any, worker: None) -> None:
    window = making.window("1")
    making.budget()
    university = making.organisation("university", name="哈尔滨松江理工大学")
    name = Membership.objects.get(user=university).organisation.name
    intake, handler, leader, clerk, checker = (
        arrive(making.staff(role).username)
        for role in (
            Roles.INTAKE,
            Roles.HANDLER,
            Roles.LEADER,
            Roles.FINANCE_CLERK,
            Roles.FINANCE_APPROVER,
        )
    )
    people = [making.expert("外地大学"), making.expert("外地研究院")]
    admin = arrive(university.username)
    number = file_by_program(admin, window.number)
    admin.go(f"/files/{number}/")
    admin.sees("已提交，等待形式审查", "申请金额", "8,000,000.00")

    desks.accept(intake, number, name)
    desks.open_case(handler, number)
    desks.advance(handler, number, "专家评审")
    review(arrive, handler, number, people)
    desks.advance(handler, number, "逐笔核定")
    judge(handler, number)
    desks.propose(handler, number, AWARDED)
    desks.endorse(leader, number)
    desks.post_notice(handler, number)
    desks.wait_out_notice(arrive(), number)
    desks.approve(leader, number, "哈科发〔2023〕31号")

    desks.give_account(admin, number, name)
    admin.press("提交收款账户")
    admin.sees("已提交收款账户")
    batch = desks.build_batch(clerk, name)
    desks.release(checker, batch, "6000000")
    checker.sees(f"已放行批次{batch}")
    read_letter(admin, number)
    desks.settle(clerk, batch, "2023110900002")
    admin.go(f"/files/{number}/")
    admin.sees("办结", AWARDED)
    assert Payment.objects.get().state == "paid"
    assert desks.paid(number) == Decimal("6000000.00")
    assert list(events.verify_chain()) == []


def file_by_program(admin: Any, window: str) -> str:
    """A key made on its page; then project, claim, papers and filing through the interface alone."""
    admin.go("/tokens/")
    admin.fill("用途", "科研管理系统")
    admin.press("创建令牌")
    secret = admin.page.locator("code").first.inner_text()
    admin.look("token-new")

    def call(method: str, path: str, expected: int, **given: Any) -> Any:
        answer = program.fetch(f"{admin.address}/api/v1/{path}", method=method, **given)
        assert answer.status == expected, answer.text()
        return answer.json()

    stranger = admin.context.browser.new_context().request
    assert stranger.get(f"{admin.address}/api/v1/projects/").status == 401
    program = admin.context.browser.new_context(
        extra_http_headers={"Authorization": f"Bearer {secret}"}
    ).request
    project = call(
        "POST",
        "projects/",
        201,
        data={"name": PROJECT, "location": "南岗区", "leader": "孙教授", "summary": "攻关。"},
    )
    body = {"item": "1", "round": window, "project": project["id"]}
    claim = call("POST", "claims/", 201, data=body)
    number = claim["number"]
    assert call("POST", "claims/", 200, data=body)["number"] == number
    early = call(
        "POST", f"claims/{number}/submit/", 400, data={"version": claim["version"], "committed": True}
    )
    assert early["code"] and early["message"]
    claim = call(
        "PATCH", f"claims/{number}/overview/", 200, data={"version": claim["version"], "facts": FACTS}
    )
    money = {"version": claim["version"], "public_money": False}
    claim = call("PATCH", f"claims/{number}/public-money/", 200, data=money)
    stale = call("PATCH", f"claims/{number}/public-money/", 409, data=money)
    assert stale["code"] == "stale"
    for paper in PAPERS:
        file = {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": making.PDF}
        call("POST", f"claims/{number}/papers/", 201, multipart={"paper": paper, "file": file})
    claim = call("GET", f"claims/{number}/", 200)
    assert (claim["missing"], claim["estimate"]["amount"]) == ([], "8000000.00")
    filed = call(
        "POST", f"claims/{number}/submit/", 200, data={"version": claim["version"], "committed": True}
    )
    again = call(
        "POST", f"claims/{number}/submit/", 200, data={"version": claim["version"], "committed": True}
    )
    assert filed == again
    assert Claim.objects.get(number=number).content_digest == filed["content_digest"]
    return str(number)


def review(arrive: Any, handler: Any, number: str, people: list[User]) -> None:
    desks.appoint(handler, number, *(one.display_name for one in people))
    for one in people:
        expert = arrive(one.username)
        desks.take_on(expert, number)
        desks.score(expert, [17, 26, 17, 12, 13])
        expert.context.close()


def judge(handler: Any, number: str) -> None:
    """More than was asked for is refused; the refused sum stays in its field."""
    handler.go(f"/desk/cases/{number}/costs/")
    handler.fill("评审核定金额", "9000000")
    handler.fill("核定理由", "专家组建议按六百万元支持。")
    handler.press("保存核定金额")
    handler.sees("8,000,000.00")
    assert handler.page.locator("#id_approved_sum").get_attribute("aria-invalid") == "true"
    assert handler.value("评审核定金额") == "9000000"
    handler.look("judged-refused")
    handler.fill("评审核定金额", "6000000")
    handler.press("保存核定金额")
    handler.sees("已保存评审核定金额。", AWARDED)


def read_letter(admin: Any, number: str) -> None:
    desks.until(lambda: not Document.objects.exclude(state="ready").exists(), seconds=40)
    letter = Document.objects.get(kind="letter")
    text = admin.paper(f"/documents/{letter.number}/")
    for words in (
        AWARDED,
        WORDS,
        letter.number,
        letter.decision_digest,
        "经评审确定支持金额",
        "松江理工大学",
    ):
        assert words in text
