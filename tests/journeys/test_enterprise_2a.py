"""An enterprise files for the platform item and is paid: every desk, in browsers, with a real worker."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from applications.models import Claim
from payouts.models import Batch
from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Document, Event
from tests import making
from tests.journeys import desks

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAME = "哈尔滨松江智造科技有限公司"
PROJECT = "寒地装备智能检测共性技术平台"
SENTENCE = (
    "支持人工智能共性技术研发平台建设,经评审通过的平台项目，按平台建设主体新购置研发设备总价的20%，"
    "一次性给予最高不超过1000万元补助。"
)
CLAUSES = (
    "支持人工智能关键技术攻关",
    "支持人工智能创新平台建设运营",
    "支持人工智能产业培育载体发展",
    "推动人工智能应用场景建设",
    "全力招引人工智能重大投资项目和头部企业",
    "支持开展人工智能国际合作",
    "支持培育引进人工智能高端人才",
    "加强人工智能产业发展金融支撑",
    "支持人工智能生态体系建设",
    "推动数据资源开放应用",
)
COSTS = (
    ("训练服务器", "24000000.00", "省外算力设备有限公司"),
    ("环境试验舱", "20000000.00", "沈阳精密仪器有限公司"),
    ("振动检测台", "16000000.00", "长春试验设备有限公司"),
)
NAMES = ("孙明", "李昂", "周海", "吴越", "郑新", "王岩", "冯立", "陈华", "褚宁", "卫东", "蒋平")
AWARDED, WORDS = "9,600,000.00", "玖佰陆拾万元整"


@pytest.fixture
def offices() -> dict[str, User]:
    """Everybody at the offices, the open round and the year's money."""
    making.policy()
    making.window("2a")
    making.budget()
    people = {
        "intake": making.staff(Roles.INTAKE),
        "handler": making.staff(Roles.HANDLER),
        "expert": making.expert("外地大学"),
        "second": making.expert("外地研究院"),
        "supplier": making.expert("沈阳精密仪器有限公司"),
        "reform": making.staff(Roles.UNIT_OFFICER, unit="reform"),
        "industry": making.staff(Roles.UNIT_OFFICER, unit="industry"),
        "leader": making.staff(Roles.LEADER),
        "clerk": making.staff(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER, unit="finance"),
        "checker": making.staff(Roles.FINANCE_APPROVER, unit="finance"),
        "auditor": making.staff(Roles.AUDITOR),
    }
    for person, name in zip(people.values(), NAMES, strict=True):
        person.display_name = name
        person.save(update_fields=["display_name"])
    return people


def test_from_the_policy_to_the_payment(
    arrive: Any, worker: None, offices: dict[str, User], tmp_path: Path
) -> None:
    visitor = arrive()
    read_policy(visitor)
    calculate(visitor)
    admin = arrive()
    register(admin)
    at = {name: arrive(user.username) for name, user in offices.items() if name not in ("second", "supplier")}
    at["intake"].go("/home/")
    at["intake"].look("home-intake")
    desks.certify(at["intake"], NAME)
    add_filler(admin)

    filler = arrive("wang.jingban")
    enter_costs(filler)
    number = start_claim(filler)
    fill_overview(filler, number)
    lose_session(filler, number)
    choose_costs(filler, number)
    hand_in_papers(filler, number, tmp_path)
    come_back(arrive("wang.jingban"), number)
    submit_twice(admin, number)

    send_back(at["intake"], number)
    answer(filler, admin, number, tmp_path)
    desks.accept(at["intake"], number, NAME)

    desks.open_case(at["handler"], number)
    at["handler"].look("case")
    desks.advance(at["handler"], number, "专家评审")
    appoint_experts(at["handler"], number, offices)
    experts = [at["expert"], arrive(offices["second"].username)]
    for person, points in zip(experts, ([18, 22, 17, 17, 12], [16, 20, 16, 16, 11]), strict=True):
        desks.take_on(person, number)
        if person is experts[0]:
            person.look("scoring")
        desks.score(person, points)
    desks.advance(at["handler"], number, "逐笔核定")
    verify_costs(at["handler"], number)
    desks.advance(at["handler"], number, "责任单位会商")
    for unit in ("reform", "industry"):
        desks.agree(at[unit], number)
    desks.propose(at["handler"], number, AWARDED)
    at["leader"].go(f"/desk/approvals/{number}/")
    at["leader"].sees(AWARDED)
    at["leader"].look("approval")
    desks.endorse(at["leader"], number)
    desks.post_notice(at["handler"], number)
    read_notice(visitor)
    approve_early(at["leader"], number)
    desks.wait_out_notice(visitor, number)
    desks.approve(at["leader"], number, "哈科发〔2023〕30号")

    tell_account(admin, number)
    batch = make_batch(at["clerk"])
    release_batch(at["clerk"], at["checker"], batch)
    read_papers(at["clerk"], batch)
    export_tables(at["clerk"], batch)
    desks.settle(at["clerk"], batch, "2023110900001")
    at["clerk"].look("batch-settled")
    read_end(admin, number)
    check_paper(visitor, number)
    audit(at["auditor"], number)


def read_policy(visitor: Any) -> None:
    visitor.go("/")
    visitor.look("welcome")
    visitor.go(f"/policies/{making.PACK}/")
    links = visitor.page.locator(f"a[href*='/policies/{making.PACK}/clauses/']")
    assert len({links.nth(place).get_attribute("href") for place in range(links.count())}) == 10
    visitor.look("policy")
    visitor.go(f"/policies/{making.PACK}/text/")
    visitor.sees(SENTENCE, *CLAUSES)
    visitor.go(f"/policies/{making.PACK}/items/2a/")
    visitor.sees(SENTENCE)
    visitor.look("item-2a")


def calculate(visitor: Any) -> None:
    visitor.press("估算能得多少")
    visitor.fill("新购置研发设备总价", "60,000,000")
    visitor.press("计算金额")
    visitor.sees("12,000,000.00", "10,000,000.00", SENTENCE, "不是承诺")
    visitor.look("estimate")


def register(admin: Any) -> None:
    right = making.credit_code(7001)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    admin.go("/register/")
    admin.fill("统一社会信用代码", wrong)
    admin.press("核对代码")
    admin.sees("统一社会信用代码的校验位不对，请对照营业执照或法人证书逐位检查。")
    assert admin.value("统一社会信用代码") == wrong
    admin.fill("统一社会信用代码", right)
    admin.press("核对代码")
    admin.sees("填写单位信息")
    typed = {
        "单位名称": NAME,
        "法定代表人": "赵一",
        "联系电话": "0451-12345678",
        "姓名": "李管理",
        "登录名": "li.guanli",
    }
    for label, value in typed.items():
        admin.fill(label, value)
    admin.choose("企业")
    admin.pick("注册地所在区县", "松北区")
    admin.fill("统一社会信用代码", wrong)
    for label in ("密码", "确认密码"):
        admin.fill(label, making.PASSWORD)
    admin.press("注册单位")
    admin.sees("校验位不对")
    assert admin.page.locator("#id_code").get_attribute("aria-invalid") == "true"
    assert {label: admin.value(label) for label in typed} == typed
    admin.look("register-wrong")
    admin.fill("统一社会信用代码", right)
    for label in ("密码", "确认密码"):
        admin.fill(label, making.PASSWORD)
    admin.press("注册单位")
    admin.sees("注册完成，已为你登录。", "等待认证")
    admin.look("organisation")


def add_filler(admin: Any) -> None:
    admin.go("/organisation/")
    admin.sees("已认证")
    admin.press("开通经办人账号")
    admin.fill("姓名", "王经办")
    admin.fill("登录名", "wang.jingban")
    for label in ("密码", "确认密码"):
        admin.fill(label, making.PASSWORD)
    admin.press("开通账号")
    admin.sees("已为王经办开通账号")


def enter_costs(filler: Any) -> None:
    filler.go("/projects/")
    filler.press("新建项目")
    filler.fill("项目名称", PROJECT)
    filler.fill("建设地点", "松北区科技创新城")
    filler.fill("负责人", "钱二")
    filler.fill("建设内容", "建设面向寒地装备的智能检测共性技术研发平台。")
    filler.press("建立项目")
    filler.sees("还没有费用")
    filler.press("添加费用或收入")
    for place, (name, amount, counterparty) in enumerate(COSTS):
        filler.fill("名称", name)
        filler.fill("数量", "1套")
        filler.pick("类别", "设备")
        filler.fill("发票号码", f"2323200000001000000{place}")
        filler.fill("对方单位", counterparty)
        filler.fill("付款日期", "2023-03-09")
        if not place:
            filler.fill("金额", "24000000.125")
            filler.fill("开票日期", "2023-11-30")
            filler.press("存好这一笔")
            filler.sees("日期不能晚于今天（2023-10-16）。", "两位小数")
            assert filler.value("名称") == name
            filler.look("cost-wrong")
        filler.fill("金额", amount)
        filler.fill("开票日期", "2023-03-01")
        filler.press("存好，再添一笔" if name != COSTS[-1][0] else "存好这一笔")
        filler.sees(f"已存好“{name}”")
    filler.sees("60,000,000.00")
    filler.look("project")


def start_claim(filler: Any) -> str:
    filler.go("/claims/start/")
    filler.press("共性技术研发平台建设补助")
    filler.sees(SENTENCE)
    filler.press("开始填写")
    filler.sees("申报已建立")
    filler.look("claim-tasks")
    return str(filler.page.url.rstrip("/").rsplit("/", 1)[-1])


def fill_overview(filler: Any, number: str) -> None:
    filler.go(f"/claims/{number}/overview/")
    filler.fill("平台名称", PROJECT)
    filler.fill("平台建设内容", "检测算法、试验环境和共享数据集。")
    filler.fill("平台地点", "松北区科技创新城")
    filler.fill("建设开始日期", "2023-01-10")
    filler.fill("建设完成日期", "2023-09-30")
    filler.page.get_by_role("group", name="进项税可以抵扣").get_by_label("是").check()
    filler.sees("已自动保存")
    filler.press("保存并返回任务清单")
    filler.sees("已保存。")


def lose_session(filler: Any, number: str) -> None:
    """The session ends while somebody types; what was typed is there again after sign-in."""
    filler.go(f"/claims/{number}/overview/")
    filler.context.clear_cookies(name="sessionid")
    goals = "三年内服务100家企业，检测效率提高一倍。"
    filler.fill("建设目标和成效", goals)
    filler.press("保存并返回任务清单")
    filler.page.wait_for_url("**/account/login/**")
    filler.page.get_by_label("登录名").fill("wang.jingban")
    filler.page.get_by_label("密码", exact=True).fill(making.PASSWORD)
    filler.press("登录")
    filler.page.wait_for_url("**/overview/")
    filler.sees("已恢复你上次没有保存的内容")
    assert filler.value("建设目标和成效") == goals
    filler.press("保存并返回任务清单")
    filler.sees("已保存。")
    assert Claim.objects.get(number=number).facts["goals"] == goals


def choose_costs(filler: Any, number: str) -> None:
    filler.go(f"/claims/{number}/costs/")
    for name, _, _ in COSTS:
        filler.page.get_by_role("checkbox", name=name).check()
    filler.sees("10,000,000.00")
    filler.look("claim-costs")
    filler.press("保存并返回任务清单")
    filler.sees("已保存所选的费用。")
    filler.go(f"/claims/{number}/public-money/")
    filler.choose("没有")
    filler.press("保存并返回任务清单")
    filler.sees("已保存。")


def hand_in_papers(filler: Any, number: str, folder: Path) -> None:
    (folder / "材料.pdf").write_bytes(making.PDF)
    (folder / "空.pdf").write_bytes(b"")
    filler.go(f"/claims/{number}/papers/")
    hand_in(filler, "platform_plan", folder / "空.pdf")
    filler.sees("“空.pdf”是空文件，请重新导出后再上传。")
    for paper in ("platform_plan", "contract", "invoice", "bank_slip"):
        hand_in(filler, paper, folder / "材料.pdf")
        filler.sees("已上传1个文件。")
    filler.look("papers")


def hand_in(filler: Any, paper: str, file: Path) -> None:
    section = filler.page.locator(f"#paper-{paper}")
    section.locator("input[type=file]").set_input_files(file)
    section.get_by_role("button", name="上传").click()
    section.get_by_text(file.name).first.wait_for()


def come_back(filler: Any, number: str) -> None:
    """Another day, another computer."""
    filler.go(f"/claims/{number}/")
    filler.sees("目前估算", "10,000,000.00", "已经填齐")
    filler.press("核对全部内容")
    filler.sees("可以提交的人：李管理（单位管理员）。")


def submit_twice(admin: Any, number: str) -> None:
    """Two tabs of one check page: one filing and one receipt."""
    admin.go(f"/claims/{number}/check/")
    other = admin.context.new_page()
    other.goto(admin.page.url)
    admin.look("check")
    for tab in (admin.page, other):
        tab.get_by_label("我已阅读并代表本单位签署以上信用承诺").check()
    for tab in (admin.page, other):
        tab.get_by_role("button", name="提交申报").click()
        tab.wait_for_url(f"**/claims/{number}/submitted/")
    other.close()
    assert Event.objects.filter(thread=number, verb="applications.claim.submit").count() == 1
    receipt = Document.objects.get(kind="receipt")
    claim = Claim.objects.get(number=number)
    admin.page.get_by_role("link", name="打开申报回执").wait_for()
    admin.sees(number, claim.content_digest, receipt.number)
    admin.look("submitted")
    text = admin.paper(f"/documents/{receipt.number}/")
    for words in (number, "60,000,000.00", "10,000,000.00", claim.content_digest, receipt.number, NAME):
        assert words in text


def send_back(clerk: Any, number: str) -> None:
    clerk.go("/desk/intake/")
    clerk.press(NAME)
    clerk.look("intake-file")
    clerk.press("退回补正")
    clerk.page.locator("[name=faults-0-section]").select_option("papers")
    clerk.page.locator("[name=faults-0-text]").fill("平台建设方案缺少进度安排，请补传。")
    clerk.press("发出补正通知")
    clerk.sees("已退回补正")
    assert Claim.objects.get(number=number).state == "correction_due"


def answer(filler: Any, admin: Any, number: str, folder: Path) -> None:
    filed = Claim.objects.get(number=number).filed_at
    notice = Document.objects.get(kind="correction")
    desks.until(lambda: Document.objects.get(pk=notice.pk).state == "ready")
    text = filler.paper(f"/documents/{notice.number}/")
    assert "经形式审查，申报材料需要补正。" in text
    assert "1.［材料］平台建设方案缺少进度安排，请补传。" in text
    (folder / "进度安排.pdf").write_bytes(making.sample_pdf() + b"\n")
    filler.go(f"/claims/{number}/")
    filler.sees("补正1项", "平台建设方案缺少进度安排，请补传。")
    filler.look("correction")
    filler.go(f"/claims/{number}/papers/")
    hand_in(filler, "platform_plan", folder / "进度安排.pdf")
    filler.sees("进度安排.pdf")
    admin.go(f"/claims/{number}/check/")
    admin.choose("我已阅读并代表本单位签署以上信用承诺")
    admin.press("提交补正")
    admin.sees("补正提交时间")
    claim = Claim.objects.get(number=number)
    assert (claim.state, claim.filed_at) == ("submitted", filed)


def appoint_experts(handler: Any, number: str, offices: dict[str, User]) -> None:
    supplier = offices["supplier"].display_name
    handler.go(f"/desk/cases/{number}/experts/")
    row = handler.page.get_by_role("row").filter(has_text=supplier)
    assert "工作单位是本申报费用里的供应商或客户" in row.inner_text()
    assert row.get_by_role("button").count() == 0
    handler.look("experts")
    desks.appoint(handler, number, offices["expert"].display_name, offices["second"].display_name)


def verify_costs(handler: Any, number: str) -> None:
    """Two costs in full, one cut to four million: the cut brings the amount below the cap."""
    handler.go(f"/desk/cases/{number}/costs/")
    desks.verify(handler, "训练服务器", "24000000")
    handler.sees("已保存“训练服务器”的核定结果。")
    desks.verify(handler, "振动检测台", "4000000")
    handler.sees("核减")
    assert handler.value("核定金额") == "4000000"
    handler.look("verify-refused")
    desks.verify(handler, "振动检测台", "4000000", "没有到货或没有交付", "现场核查表第3项，3套没有到货。")
    handler.sees("已保存“振动检测台”的核定结果。")
    handler.press("环境试验舱")
    handler.sees("笔　环境试验舱")
    handler.look("verify")
    desks.verify(handler, "环境试验舱", "20000000")
    handler.sees("各笔都已核定", AWARDED)


def read_notice(visitor: Any) -> None:
    visitor.go("/notices/")
    visitor.page.locator("td a").first.click()
    visitor.sees(NAME, PROJECT, "960", "怎样提出异议")
    visitor.look("notice")


def approve_early(leader: Any, number: str) -> None:
    """While the notice runs there is no button; what is sent without one is refused."""
    leader.go(f"/desk/approvals/{number}/")
    assert leader.page.get_by_role("button", name="批复这份申报").count() == 0
    answer = leader.post(f"/desk/approvals/{number}/", act="approve", document_number="哈科发〔2023〕30号")
    assert "公示中" in answer.text() and "不能" in answer.text()
    assert desks.state_of(number) == "noticed"


def tell_account(admin: Any, number: str) -> None:
    admin.go("/payouts/")
    admin.sees("9,600,000.00", WORDS)
    admin.look("dues")
    desks.give_account(admin, number, "哈尔滨别的公司")
    admin.sees(f"户名要与单位名称一致：{NAME}。")
    assert admin.value("账号") == "1672 0000 0000 1234"
    desks.give_account(admin, number, NAME)
    admin.sees("款项付到这个账户吗")
    admin.look("account-confirm")
    admin.press("提交收款账户")
    admin.sees("已提交收款账户")


def make_batch(clerk: Any) -> str:
    number = desks.build_batch(clerk, NAME)
    clerk.sees("9,600,000.00", WORDS)
    clerk.look("batch-submitted")
    return number


def release_batch(clerk: Any, checker: Any, batch: str) -> None:
    """The maker holds the checker's role too, and still cannot release what he made."""
    assert clerk.page.get_by_role("link", name="放行本批").count() == 0
    refused = clerk.post(f"/desk/batches/{batch}/release/", total="9600000")
    assert refused.status == 403
    assert Batch.objects.get(number=batch).state == "submitted"
    desks.release(checker, batch, "9500000")
    checker.sees("没有放行" if "没有放行" in checker.text() else "合计")
    assert Batch.objects.get(number=batch).state == "submitted"
    checker.look("batch-release")
    desks.release(checker, batch, "9600000")
    checker.sees(f"已放行批次{batch}")


def read_papers(clerk: Any, batch: str) -> None:
    """The worker draws every paper; each carries its number, its digest and the amount twice."""
    desks.until(lambda: not Document.objects.exclude(state="ready").exists(), seconds=40)
    clerk.go(f"/desk/batches/{batch}/")
    clerk.look("batch-released")
    kinds = {}
    for paper in Document.objects.order_by("pk"):
        text = clerk.paper(f"/documents/{paper.number}/")
        kinds[paper.kind] = text
        assert paper.number in text
        assert paper.decision_digest in text
    for kind in ("letter", "summary", "payment"):
        assert AWARDED in kinds[kind], kind
        assert WORDS in kinds[kind], kind
    assert "没有到货或没有交付" in kinds["calculation"]


def export_tables(clerk: Any, batch: str) -> None:
    cells = {}
    for label in ("导出汇总表", "导出支付表"):
        with clerk.page.expect_download() as waiting:
            clerk.press(label)
        table = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active
        cells[label] = [cell.value for row in table for cell in row]
    code = Claim.objects.get().organisation.code
    assert {NAME, PROJECT, code, "20%", 48000000, 9600000} <= set(cells["导出汇总表"])
    assert {NAME, "1672000000001234", "104261000017", 9600000, f"人民币{WORDS}"} <= set(cells["导出支付表"])


def read_end(admin: Any, number: str) -> None:
    admin.go("/payouts/")
    admin.sees("已拨付")
    admin.go(f"/files/{number}/")
    admin.sees("办结", "批复金额", AWARDED, "没有到货或没有交付")
    timeline = admin.page.locator("section[aria-labelledby=timeline]").inner_text()
    for step in ("提交", "补正", "受理", "公示", "批复"):
        assert step in timeline
    admin.look("file-end")


def check_paper(visitor: Any, number: str) -> None:
    letter = Document.objects.get(kind="letter")
    visitor.go("/verify/")
    visitor.fill("文件编号", letter.number)
    visitor.fill("查验码", letter.check_code)
    visitor.press("查验文件")
    visitor.sees("本系统出具过这份文件", letter.decision_digest)
    visitor.look("verify-paper")


def audit(auditor: Any, number: str) -> None:
    auditor.go(f"/files/{number}/")
    auditor.press("重新计算并核对")
    auditor.sees("一致。", AWARDED)
    auditor.look("recompute")
    auditor.go("/events/")
    auditor.look("events")
    auditor.press("核对整条链")
    auditor.sees("完整。")
    assert list(events.verify_chain()) == []
    assert desks.paid(number) == Decimal("9600000.00")
