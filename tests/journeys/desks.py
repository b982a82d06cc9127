"""What the offices do to a file, each act by a person at a browser; shared by the journeys."""

import re
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.ledger.models import Posting
from review.models import ReviewCase


def until(true: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for what the worker does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the worker did not do it in time"
        time.sleep(0.2)


def state_of(number: str) -> str:
    return str(ReviewCase.objects.get(claim__number=number).state)


def certify(clerk: Any, name: str) -> None:
    clerk.go("/desk/certifications/")
    clerk.press(name)
    clerk.press("认证这个单位")
    clerk.sees("已认证")


def accept(clerk: Any, number: str, organisation: str) -> None:
    clerk.go("/desk/intake/")
    clerk.press(organisation)
    clerk.sees("按材料清单核对")
    clerk.press("受理申报")
    clerk.page.locator("dialog[open]").get_by_role("button", name="受理申报").click()
    clerk.sees(f"已受理{number}")


def open_case(handler: Any, number: str) -> None:
    handler.go("/desk/cases/")
    handler.press("转入审核", number)
    handler.sees("由你经办")
    handler.fill("查重结论", "查了市科技局、市发改委、市工信局往年支持名单，没有发现重复。")
    handler.press("保存查重结论")
    handler.sees("已登记")


def advance(handler: Any, number: str, label: str) -> None:
    handler.go(f"/desk/cases/{number}/")
    handler.page.locator("button[name=act][value=advance]").click()
    handler.sees(f"已转入“{label}”")


def appoint(handler: Any, number: str, *names: str) -> None:
    for name in names:
        handler.go(f"/desk/cases/{number}/experts/")
        handler.press("请这位专家", name)
        handler.sees(f"已请{name}评审")


def take_on(expert: Any, number: str) -> None:
    expert.go("/desk/assignments/")
    expert.press(number)
    expert.choose("我已阅读并作出以上承诺")
    expert.press("接受评审")
    expert.sees("已接受评审")


def score(expert: Any, points: list[int]) -> None:
    fields = expert.page.locator("input[name^=points-]")
    assert fields.count() == len(points)
    for place, value in enumerate(points):
        fields.nth(place).fill(str(value))
        expert.page.locator("textarea[name^=reasons-]").nth(place).fill("材料能够说明，符合要求。")
    expert.fill("总体评审意见", "建议支持。")
    expert.press("提交评分")
    expert.sees("提交这份评分？", str(sum(points)))
    expert.press("提交评分")
    expert.sees("你的评分", str(sum(points)))


def verify(handler: Any, name: str, amount: str, reason: str = "", note: str = "") -> None:
    """Settle one cost on the costs page."""
    handler.press(name)
    handler.sees(f"笔　{name}")
    handler.fill("核定金额", amount)
    if reason:
        handler.pick("核减原因", reason)
        handler.fill("说明和依据", note)
    handler.press("保存这一笔")


def agree(officer: Any, number: str) -> None:
    officer.go("/desk/opinions/")
    officer.press(number)
    officer.choose("同意")
    officer.press("出具意见")
    officer.sees("最近出具的意见")


def propose(handler: Any, number: str, amount: str) -> None:
    handler.go(f"/desk/cases/{number}/")
    handler.press("提出拟支持意见")
    handler.sees("金额由系统按条款和核定结果计算，不能手工填写", amount)
    handler.press("提出拟支持意见")
    handler.sees(f"{number}已提出拟支持意见")


def endorse(leader: Any, number: str) -> None:
    leader.go("/desk/approvals/")
    leader.press(number)
    leader.press("审定同意")
    leader.sees(f"{number}已审定同意")


def post_notice(handler: Any, number: str) -> None:
    handler.go("/desk/notices/")
    handler.choose(number)
    handler.press("发布公示")
    handler.sees("公示中")


def wait_out_notice(person: Any, number: str) -> None:
    """Move the date by the banner until the scheduled task has closed the notice."""
    person.go("/notices/")
    for _ in range(2):
        person.page.get_by_text("调整业务日期").click()
        person.press("前进5个工作日")
        person.sees("业务日期已调到")
    until(lambda: state_of(number) == "notice_over")


def approve(leader: Any, number: str, document: str) -> None:
    leader.go("/desk/approvals/")
    leader.press(number)
    leader.fill("批复文号", document)
    leader.press("批复这份申报")
    leader.sees(f"{number}已批复")


def give_account(admin: Any, number: str, name: str) -> None:
    admin.go(f"/payouts/{number}/account/")
    admin.fill("户名", name)
    admin.fill("开户银行（写到支行）", "中国银行哈尔滨松北支行")
    admin.fill("联行号", "104261000017")
    admin.fill("账号", "1672 0000 0000 1234")
    admin.press("核对账户")


def build_batch(clerk: Any, organisation: str) -> str:
    """A batch with the organisation's payment, handed to the checker; returns its number."""
    clerk.go("/desk/batches/")
    clerk.press("新建批次")
    clerk.press("建立批次")
    clerk.sees("已建立批次")
    clerk.page.get_by_label(re.compile(organisation)).check()
    clerk.press("加入本批")
    clerk.sees("已加入1笔")
    clerk.press("提交复核")
    clerk.sees("已提交复核")
    return str(clerk.page.url.rstrip("/").rsplit("/", 1)[-1])


def release(checker: Any, batch: str, total: str) -> None:
    checker.go(f"/desk/batches/{batch}/")
    checker.press("放行本批")
    checker.fill("本批合计金额", total)
    checker.press("放行本批")


def settle(clerk: Any, batch: str, reference: str) -> None:
    clerk.go(f"/desk/batches/{batch}/")
    clerk.page.get_by_role("link", name=re.compile("登记结果")).click()
    clerk.choose("支付成功")
    clerk.fill("银行流水号", reference)
    clerk.press("登记结果")
    clerk.sees("已登记")
    clerk.press("办结批次")
    clerk.sees("已办结")


def paid(number: str) -> Decimal:
    """What the books say was paid for a file, in yuan."""
    legs = Posting.objects.filter(reference=number, account="paid")
    return sum((one.amount for one in legs), Decimal("0.00"))
