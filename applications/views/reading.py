"""What the applicant's pages show: a claim's sections, its estimate, and its content in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse

from applications import selectors
from applications.cost_terms import categories
from applications.facts import in_words
from applications.models import Attachment, Claim, CostItem
from applications.selectors import Missing
from applications.states import APPLICANT, EvidenceKinds, Sections, Sides, Wording
from clauses import catalogue, engine
from clauses import selectors as programmes
from portal.kernel import clock
from portal.kernel.money import format_wan
from portal.kernel.paging import Page, page_of
from portal.kernel.refusals import Refusal
from portal.kernel.templatetags.formats import cn_deadline

SECTION_PAGES = {
    Sections.OVERVIEW: "claim_overview",
    Sections.COSTS: "claim_costs",
    Sections.PUBLIC_MONEY: "claim_public_money",
    Sections.PAPERS: "claim_papers",
}
DONE = ("已完成", "done")
BEGUN = ("填写中", "now")
NOT_BEGUN = ("未开始", "calm")
COSTS_SHOWN = 200


def own_claim(request: HttpRequest, number: str) -> Claim:
    """A claim of the person's organisation; 404 for anybody else's."""
    return get_object_or_404(selectors.claims(), number=number, organisation=request.user.organisation)


def rules_of(claim: Claim) -> engine.Item:
    return programmes.rules_of(claim.item)[1]


def offer_of(claim: Claim) -> catalogue.Offer:
    policy, rules = programmes.rules_of(claim.item)
    return catalogue.offer(policy, rules, claim.filed_at or clock.now())


def place_of(claim: Claim) -> str:
    """第二条第一项, where the clause has several items."""
    return offer_of(claim).place


def address(name: str, *given: Any) -> str:
    """A page's address; empty while the portal has no such page."""
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""


def file_address(claim: Claim) -> str:
    return address("file", claim.number) or reverse("claim_content", args=[claim.number])


def missing_links(claim: Claim, missing: list[Missing]) -> list[tuple[str, str]]:
    """The guard's list with the place where each point is mended."""
    return [(item.text, _mending_place(claim, item)) for item in missing]


def _mending_place(claim: Claim, item: Missing) -> str:
    if item.section not in SECTION_PAGES:
        return address("organisation")
    page = reverse(SECTION_PAGES[Sections(item.section)], args=[claim.number])
    if item.section == Sections.OVERVIEW and item.anchor:
        return f"{page}#id_{item.anchor}"
    return f"{page}#{item.anchor}" if item.anchor else page


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the side panel says: sums in yuan; `amount` is None while a figure is missing."""

    amount: Decimal | None
    base: Decimal | None
    base_label: str
    terms: str
    why_not: str
    steps: tuple[engine.Step, ...]
    count: int
    chosen: Decimal
    takes_costs: bool


def estimate_of(claim: Claim) -> Estimate:
    rules = rules_of(claim)
    verdict = selectors.estimate(claim)
    count, chosen = selectors.totals(claim) if rules.takes_costs else (0, Decimal("0.00"))
    return Estimate(
        amount=None if verdict.amount is None else selectors.yuan(verdict.amount),
        base=None if verdict.base is None else selectors.yuan(verdict.base),
        base_label=rules.base_label,
        terms=terms_of(verdict),
        why_not=_why_nothing(rules, verdict),
        steps=verdict.steps,
        count=count,
        chosen=chosen,
        takes_costs=rules.takes_costs,
    )


def terms_of(verdict: engine.Verdict) -> str:
    """20%，最高1,000万元"""
    cap = "" if verdict.cap is None else f"最高{format_wan(selectors.yuan(verdict.cap))}万元"
    return "，".join(part for part in (verdict.rate.percent if verdict.rate else "", cap) if part)


def _why_nothing(rules: engine.Item, verdict: engine.Verdict) -> str:
    if verdict.amount:
        return ""
    if verdict.amount is None:
        return "填好申请金额后显示。" if not rules.takes_costs else "填好需要的内容后显示。"
    said = [
        reason.text
        for reason in verdict.reasons
        if reason.code not in ("rate_applied", "rounded", "missing_fact")
    ]
    if verdict.excluded_costs:
        return "所选的费用都不计入，原因见费用页。"
    return said[0] if said else ""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A cost of the project as the costs page lists it."""

    item: CostItem
    chosen: bool
    status: tuple[str, str]
    why: str
    tint: str
    own: Claim | None
    dates: list[tuple[str, date | None]]


def cost_page(request: HttpRequest, claim: Claim) -> Page[CostItem]:
    """The costs of the project on the item's side that one page of the choice shows."""
    found = selectors.cost_items_of(claim.project).filter(side=rules_of(claim).cost_side)
    return page_of(request, found, size=COSTS_SHOWN)


def cost_rows(claim: Claim, shown: list[CostItem], chosen: set[int]) -> list[CostRow]:
    """Costs of the project as the choice lists them: whether each counts, or why not."""
    rules = rules_of(claim)
    items = selectors.as_counted(claim, shown)
    taken = selectors.conflicts(claim, items)
    lines = tuple(selectors.cost_line(item, held_elsewhere=item.pk in taken) for item in items)
    policy, asked = selectors.question(claim, costs=lines)
    excluded = {int(cost.id): cost.reason for cost in engine.assess(policy, asked).excluded_costs}
    rows = []
    for item in items:
        conflict, reason = taken.get(item.pk), excluded.get(item.pk)
        if conflict is not None:
            status, why, tint = ("已被占用" if conflict.own else "核对中", "wait"), conflict.text, "wait"
        elif reason is not None and reason.code == "missing_fact":
            status, why, tint = ("缺日期", "wait"), reason.text, ""
        elif reason is not None:
            status, why, tint = ("不计入", "bad"), reason.text, ""
        else:
            status, why, tint = (
                ("计入" if item.pk in chosen else "可以计入", "done" if item.pk in chosen else "calm"),
                "",
                "",
            )
        rows.append(
            CostRow(
                item=item,
                chosen=item.pk in chosen,
                status=status,
                why=why,
                tint=tint if item.pk in chosen else "",
                own=conflict.own if conflict else None,
                dates=[(date_label(item, name), getattr(item, name)) for name in rules.cost_dates],
            )
        )
    return rows


def date_label(item: CostItem, name: str) -> str:
    if item.side == Sides.SALE and name == "paid_date":
        return "收款日期"
    if item.evidence_kind != EvidenceKinds.INVOICE and name == "invoice_date":
        return "凭证日期"
    return str(CostItem._meta.get_field(name).verbose_name)


def fact_words(fact: engine.FactSpec, value: Any) -> str:
    """A stored fact as a person reads it; lines of a text stay lines."""
    if value in (None, ""):
        return "未填"
    told = in_words(fact, value)
    return linebreaksbr(told) if fact.type == "text" else told


@dataclass(frozen=True, slots=True)
class Answers:
    """A claim's content in words, from the data that is frozen at filing."""

    organisation: list[tuple[str, str]]
    project: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    public_money: list[tuple[str, str]]
    costs: list[dict[str, Any]]
    total: Decimal
    papers: list[dict[str, Any]]


def answers(claim: Claim, content: Mapping[str, Any]) -> Answers:
    rules = rules_of(claim)
    body, project = content["organisation"], content["project"]
    names = {str(item["id"]): item["name"] for item in content["costs"]}
    labels = {paper.code: paper.label for paper in rules.papers}
    files = {
        (paper, cost, digest): pk
        for paper, cost, digest, pk in Attachment.objects.filter(claim=claim).values_list(
            "paper", "cost_item", "sha256", "pk"
        )
    }
    kinds = dict(categories([rules]))
    return Answers(
        organisation=[("单位名称", body["name"]), ("统一社会信用代码", body["code"])],
        project=[
            ("项目名称", project["name"]),
            ("建设地点", project["location"] or "未填"),
            ("负责人", project["leader"] or "未填"),
            ("建设内容", linebreaksbr(project["summary"]) or "未填"),
        ],
        facts=[
            (fact.label, fact_words(fact, content["facts"].get(fact.key)))
            for fact in selectors.asked_facts(rules)
        ],
        public_money=_public_money_words(content),
        costs=[
            {
                **item,
                "amount": Decimal(item["amount"]),
                "category_label": kinds.get(item["category"], "其他") if item["category"] else "",
                "dates": [
                    (CostItem._meta.get_field(name).verbose_name, item[name]) for name in rules.cost_dates
                ],
            }
            for item in content["costs"]
        ],
        total=sum((Decimal(item["amount"]) for item in content["costs"]), Decimal("0.00")),
        papers=[
            {
                "label": labels.get(file["paper"], file["paper"]),
                "name": file["name"],
                "cost": names.get(str(file["cost_item"]), ""),
                "pk": files.get((file["paper"], file["cost_item"], file["sha256"])),
            }
            for file in content["papers"]
        ],
    )


def _public_money_words(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    said = {True: "有", False: "没有", None: "未填"}[content["public_money"]]
    rows = [("其他财政资金", said)]
    if content["public_money"]:
        rows.append(("情况说明", linebreaksbr(content["public_money_note"]) or "未填"))
    return rows


def deadline_of(claim: Claim) -> datetime:
    """When a draft can last be filed: its round's close or the end of the policy's filing term, the earlier."""
    policy, _ = programmes.rules_of(claim.item)
    return min(
        claim.round.closes_at.astimezone(clock.SHANGHAI), clock.at(policy.filing.last + timedelta(days=1))
    )


def deadline_words(claim: Claim) -> str:
    """截止时间是2023年12月31日 24:00，还有41天。"""
    until = deadline_of(claim)
    left = days_left(until)
    return f"截止时间是{cn_deadline(until)}，{f'还有{left}天' if left else '就在今天'}。"


def days_left(until: datetime) -> int:
    """Whole days from today to the last day on which one may file."""
    return ((until - timedelta(seconds=1)).date() - clock.today()).days


def task_groups(claim: Claim, missing: list[Missing]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The task list: a row for each part, with its state from the guard's list."""
    rules, open_parts = rules_of(claim), selectors.unlocked(claim)
    lacking: dict[str, list[Missing]] = {}
    for item in missing:
        lacking.setdefault(item.section, []).append(item)

    def part(section: str, name: str, hint: str, status: tuple[str, str], anchor: str = "") -> dict[str, Any]:
        if section not in open_parts:
            return {
                "name": name,
                "hint": "补正通知没有要求改动，保持提交时的内容",
                "status": ("不能改动", "calm"),
                "href": "",
            }
        href = reverse(SECTION_PAGES[Sections(section)], args=[claim.number]) + (
            f"#{anchor}" if anchor else ""
        )
        return {"name": name, "hint": hint, "status": status, "href": href}

    facts = selectors.asked_facts(rules)
    filled = sum(claim.facts.get(fact.key) not in (None, "") for fact in facts)
    organisation = {
        "name": "单位信息",
        "hint": f"{claim.organisation.name}，由单位管理员确认",
        "status": ("需要改正", "bad") if lacking.get("organisation") else _certified(claim),
        "href": address("organisation"),
    }
    project = part(
        Sections.OVERVIEW,
        "项目信息",
        "建设地点、负责人、建设内容",
        DONE if claim.project.location and claim.project.summary else BEGUN,
    )
    if project["href"]:
        project["href"] = reverse("project_edit", args=[claim.project_id])
    return [
        (
            "一、单位和项目",
            [
                organisation,
                project,
                part(
                    Sections.OVERVIEW,
                    "申报事项的情况",
                    "、".join(fact.label for fact in facts[:3]) + ("等" if len(facts) > 3 else ""),
                    _progress(bool(lacking.get(Sections.OVERVIEW)), bool(filled)),
                ),
            ],
        ),
        ("二、费用" if rules.takes_costs else "二、其他财政资金", _money_rows(claim, rules, lacking, part)),
        ("三、材料和承诺", [*_paper_rows(claim, rules, lacking, part), _pledge_row(claim)]),
        ("四、核对和提交", _last_rows(claim, missing)),
    ]


def _certified(claim: Claim) -> tuple[str, str]:
    return (
        DONE if claim.organisation.state == "certified" else (claim.organisation.get_state_display(), "wait")
    )


def _progress(lacking: bool, begun: bool) -> tuple[str, str]:
    return (BEGUN if begun else NOT_BEGUN) if lacking else DONE


def _money_rows(
    claim: Claim, rules: engine.Item, lacking: Mapping[str, list[Missing]], part: Any
) -> list[Any]:
    rows = []
    if rules.takes_costs:
        items = selectors.nominated(claim)
        taken = selectors.conflicts(claim, items)
        hint = (
            f"已选{len(items)}笔" + (f"，{len(taken)}笔被占用或在核对" if taken else "")
            if items
            else "还没有选择"
        )
        dates = [item for item in lacking.get(Sections.COSTS, []) if item.anchor]
        status = ("需要补填", "wait") if dates else _progress(bool(lacking.get(Sections.COSTS)), bool(items))
        rows.append(part(Sections.COSTS, rules.base_label, hint, status))
    rows.append(
        part(
            Sections.PUBLIC_MONEY,
            "其他财政资金情况",
            "已得到或正在申请的都要说明",
            _progress(bool(lacking.get(Sections.PUBLIC_MONEY)), claim.public_money is not None),
        )
    )
    return rows


def _paper_rows(
    claim: Claim, rules: engine.Item, lacking: Mapping[str, list[Missing]], part: Any
) -> list[Any]:
    counts: dict[str, int] = {}
    for code in selectors.attachments(claim).values_list("paper", flat=True):
        counts[code] = counts.get(code, 0) + 1
    short = {item.anchor: item.text for item in lacking.get(Sections.PAPERS, [])}
    rows = []
    for paper in rules.papers:
        if paper.source != "upload":
            continue
        anchor, count = f"paper-{paper.code}", counts.get(paper.code, 0)
        hint = f"已上传{count}个文件" if count else _paper_hint(paper)
        if anchor in short:
            status = ("还缺", "wait") if count else NOT_BEGUN
            hint = short[anchor].split("，", 1)[-1] if count else hint
        else:
            status = DONE if count else ("选好费用后上传" if paper.required else "可不交", "calm")
        rows.append(part(Sections.PAPERS, paper.label, hint, status, anchor))
    return rows


def _paper_hint(paper: engine.Paper) -> str:
    if not paper.required:
        return paper.note or "有的可以上传"
    return paper.note or ("还没有上传" if paper.scope == "claim" else "每笔费用都要有")


def _pledge_row(claim: Claim) -> dict[str, Any]:
    return {
        "name": "信用承诺",
        "hint": "核对全部内容时由单位管理员签署",
        "status": ("提交时签署", "calm"),
        "href": "",
    }


def _last_rows(claim: Claim, missing: list[Missing]) -> list[dict[str, Any]]:
    act = "提交补正" if claim.filed_at else "提交"
    if missing:
        locked = ("暂不能开始", "calm")
        return [
            {
                "name": "核对全部内容",
                "hint": f"补齐上面{len(missing)}项后可以开始",
                "status": locked,
                "href": "",
            },
            {"name": act, "hint": "由单位管理员提交，提交后内容锁定", "status": locked, "href": ""},
        ]
    page = reverse("claim_check", args=[claim.number])
    ready = ("可以开始", "now")
    return [
        {"name": "核对全部内容", "hint": "提交前逐项看一遍", "status": ready, "href": page},
        {"name": act, "hint": "由单位管理员提交，提交后内容锁定", "status": ready, "href": f"{page}#submit"},
    ]


def next_step(claim: Claim) -> tuple[str, str]:
    """What the applicant does now: words and where; no address when there is nothing but to wait."""
    page = reverse("claim", args=[claim.number])
    match claim.state:
        case "draft":
            if clock.now() >= deadline_of(claim):
                return "申报已截止，可以作废", page
            return "继续填写", page
        case "submitted":
            return "等待形式审查", file_address(claim)
        case "correction_due":
            due = claim.correction_due_on
            return (f"在{due.month}月{due.day}日前补正" if due else "补正"), page
        case "accepted" | "under_review":
            return "看办理进度", file_address(claim)
        case "approved":
            return "填写收款账户", address("dues") or file_address(claim)
    return "看结果", file_address(claim)


def wording(claim: Claim) -> Wording:
    return APPLICANT[claim.state]


def stop_unless_unlocked(claim: Claim, section: str) -> None:
    """Refusal with the reason when a correction notice does not list the section."""
    if section not in selectors.unlocked(claim):
        raise Refusal("补正通知没有要求改动这一部分，它保持提交时的内容。", code="locked")
