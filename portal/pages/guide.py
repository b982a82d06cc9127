"""办事指南: everything one needs to know to ask for an item, gathered from the pack, the settings and the clocks of the apps.

Plain words and figures only, so that the page and the PDF print the same thing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from applications.requests.states import (
    FOLLOW_UP_WORKDAYS,
    KIND_OF_ITEM,
    RESULT_WORKDAYS,
    WORKDAYS,
    RequestKinds,
)
from applications.services.decisions import CORRECTION_WORKDAYS, EXAMINE_WORKDAYS, RECONSIDER_WORKDAYS
from clauses import catalogue, selectors
from clauses.engine.policy import APPLICANT_KINDS, COST_DATES, Condition, Item, Paper, Policy
from clauses.engine.term import chinese_day, local
from clauses.models import Policy as LoadedPolicy
from clauses.wording import instalments, lines, rule_in_words
from portal.pages.timeline import HAND_OVER_WORKDAYS, STEP_WORDS
from review.services.calculation import ANSWER_WORKDAYS
from review.services.decisions import NOTICE_WORKDAYS
from review.states import LIMITS, OWNERS, CaseStates

SHORT_RULE = 4
SCOPES = {"claim": "一份", "cost": "每笔费用一份"}
WHAT_HAPPENS = {
    "checking": "核对有没有重复申报、重复支持，向有关部门核查。",
    "expert_review": "专家按评分表独立评审，有关联的专家回避。",
    "acceptance": "核对验收结论。",
    "listing": "核对活动是否在年度清单上。",
    "verification": "对照凭证逐笔核定费用，核减的写明原因。",
    "unit_opinions": "责任单位出具意见。",
    "proposed": "提出拟支持金额，集体研究审定。",
    "noticed": "公开单位、项目和拟支持金额，任何人可以提出异议。",
}


def guide_of(row: LoadedPolicy, policy: Policy, item: Item, at: datetime) -> dict[str, Any]:
    """The handbook of an item as it stands at a moment."""
    offer = catalogue.offer(policy, item, at)
    values = policy.defaults() | selectors.settings_in_force(policy.id, at, item=item.id)
    return {
        "title": item.title,
        "place": offer.place,
        "kind": offer.kind_label,
        "pays": offer.pays,
        "asks": offer.asks,
        "warning": "".join(catalogue.not_in_force(policy) or ()),
        "policy": {"title": policy.title, "number": policy.document_number, "hash": policy.hash},
        "on": chinese_day(local(at).date()),
        "summary": item.summary,
        "answer": item.answer,
        "who": item.who,
        "kinds": kinds_of(item, values),
        "conditions": [words_of(one) for one in item.conditions if asked(one, values)],
        "money": money_of(offer) if offer.pays else None,
        "quote": {"text": item.sentence, "marks": list(offer.marks), "anchor": offer.anchor},
        "costs": costs_of(policy, item, values),
        "papers": [
            paper_of(paper, here=offer.pays or bool(offer.asks))
            for paper in (item.papers if offer.pays or offer.asks else offer.uploads)
        ],
        "steps": steps_of(policy, item, offer) if offer.pays else elsewhere(policy, item, offer),
        "office_days": office_days(policy, item) if offer.pays else 0,
        "term": term_of(row, policy, item, at) if offer.pays else "",
        "rounds": rounds_of(row, item, at),
        "instalments": [{"label": label, "text": text} for label, text, _ in instalments(item)],
        "payment": payment_of(policy, item) if offer.pays else [],
        "objections": objections_of(policy, item) if offer.pays else [],
        "overlap": overlap_of(policy) if offer.pays else None,
        "contact": item.contact,
        "lead_unit": offer.lead_unit,
        "units": offer.units,
        "settings": [
            {
                "id": one.id,
                "title": one.title,
                "reading": one.reading,
                "source": one.basis,
            }
            for one in offer.settings
        ],
    }


def kinds_of(item: Item, values: Mapping[str, object]) -> str:
    """The kinds of organisation that may ask, under the reading in force."""
    waived = item.applicants_setting and values[item.applicants_setting] in item.applicants_waived_by
    if "any" in item.applicants or waived:
        return "不限"
    return "、".join(APPLICANT_KINDS.get(kind, kind) for kind in item.applicants)


def asked(condition: Condition, values: Mapping[str, object]) -> bool:
    return condition.setting is None or values[condition.setting] not in condition.waived_by


def words_of(condition: Condition) -> str:
    return f"{condition.text}（细则口径{condition.setting}）" if condition.setting else condition.text


def money_of(offer: catalogue.Offer) -> dict[str, Any]:
    """How much: the rule in words, its figures, how often."""
    policy, item = offer.policy, offer.item
    rounding = next((one for one in offer.settings if one.id == policy.rounding_setting), None)
    told = lines(item)
    return {
        "phrase": f"{rule_in_words(item)}。",
        "lines": [{"depth": line.depth, "text": line.text} for line in told]
        if len(told) > SHORT_RULE
        else [],
        "recurrence": item.recurrence_label,
        "rounding": rounding.reading if rounding else "",
    }


def costs_of(policy: Policy, item: Item, values: Mapping[str, object]) -> dict[str, str] | None:
    """Which costs count and when they must lie; None for an item without costs."""
    if not item.takes_costs:
        return None

    def counts(category: Any) -> bool:
        flipped = category.setting is not None and values[category.setting] in category.flipped_by
        return bool(category.eligible) != flipped

    found = {
        "base": item.base_label,
        "in": "、".join(one.label for one in item.categories if counts(one)),
        "out": "、".join(one.label for one in item.categories if not counts(one)),
        "dates": "",
    }
    if item.matter is not None and item.matter.on == "cost":
        mode = item.matter.mode(values)
        first, last = mode.first or policy.matter.first, mode.last or policy.matter.last
        labels = [COST_DATES[name] for name in mode.dates]
        joined = "和".join(labels) if mode.need == "all" else "或者".join(labels)
        both = "都" if mode.need == "all" and len(labels) > 1 else ""
        found["dates"] = f"{joined}{both}在{chinese_day(first)}至{chinese_day(last)}（首尾两天都算）"
    return found


def paper_of(paper: Paper, *, here: bool) -> dict[str, str]:
    """A paper in words; `here` when it is handed in on the portal."""
    need = "系统生成" if paper.source == "system" else "必交" if paper.required else "如有须交"
    return {
        "label": paper.label,
        "scope": SCOPES[paper.scope],
        "need": need,
        "note": paper.note or ("上传PDF或图片。" if here else "交给办理单位。"),
    }


def _step(label: str, owner: str, days: int, text: str) -> dict[str, Any]:
    return {"label": label, "owner": owner, "days": days, "clock": clock_words(days), "text": text}


def clock_words(days: int) -> str:
    return f"{days}个工作日" if days else ""


def steps_of(policy: Policy, item: Item, offer: catalogue.Offer) -> list[dict[str, Any]]:
    """From the first line typed to the money: who acts, for how many working days at most."""
    uploads = "、".join(paper.label for paper in offer.uploads[:3])
    more = "等" if len(offer.uploads) > 3 else ""
    filing = (
        f"在线填写，上传{uploads}{more}，由单位管理员提交。" if uploads else "在线填写，由单位管理员提交。"
    )
    found = [
        _step("申报", "申报单位", 0, f"{filing}系统收到的时间就是申报时间。"),
        _step("形式审查", "受理岗", EXAMINE_WORKDAYS, "核对材料是否齐全，缺什么一次告知，齐全的受理。"),
    ]
    found.append(
        _step(
            "补正（材料不全时）",
            "申报单位",
            CORRECTION_WORKDAYS,
            "只改通知列出的部分，首次提交的时间保留；逾期没有补正的，本次申报终止。",
        )
    )
    found.append(_step("转入审核", "处室经办", HAND_OVER_WORKDAYS, "由另一名工作人员接手。"))
    for code in policy.review_paths[item.review_mode].steps:
        if code == "approved":
            continue
        state = CaseStates(code)
        text = WHAT_HAPPENS.get(code, "")
        if code == "expert_review" and item.criteria:
            parts = "、".join(f"{one.label}{one.weight}分" for one in item.criteria)
            text = f"{text}评分：{parts}；{item.pass_line}分及格。"
        if code == "noticed":
            ready = LIMITS[CaseStates.ENDORSED]
            found.append(_step("准备公示", OWNERS[CaseStates.ENDORSED], ready, "审定同意后发布公示。"))
            found.append(_step("公示", OWNERS[CaseStates.ENDORSED], NOTICE_WORKDAYS, text))
        else:
            found.append(_step(STEP_WORDS.get(code, state.label), OWNERS[state], LIMITS.get(state, 0), text))
    over = CaseStates.NOTICE_OVER
    found.append(
        _step("批复", OWNERS[over], LIMITS[over], "公示期满没有异议的，出具批复，写明金额和每一步计算。")
    )
    found.append(_step("提供收款账户", "申报单位", 0, "户名与单位名称一致。"))
    found.append(_step("拨付", "财务制单、财务复核", 0, "编入拨付批次，复核放行后由银行支付。"))
    return found


def office_days(policy: Policy, item: Item) -> int:
    """Working days of all office steps up to the approval, without corrections and objections."""
    found = EXAMINE_WORKDAYS + HAND_OVER_WORKDAYS + LIMITS[CaseStates.NOTICE_OVER]
    for code in policy.review_paths[item.review_mode].steps:
        if code == "noticed":
            found += LIMITS[CaseStates.ENDORSED] + NOTICE_WORKDAYS
        elif code != "approved":
            found += LIMITS.get(CaseStates(code), 0)
    return found


def elsewhere(policy: Policy, item: Item, offer: catalogue.Offer) -> list[dict[str, Any]]:
    """The steps of an item without money: filed here while the policy is open, else with whoever handles it."""
    if offer.asks:
        return asked_here(item, offer)
    found = [_step("联系办理单位", "申报单位", 0, f"{item.contact}。说明情况，问清要交的材料和时限。")]
    uploads = "、".join(paper.label for paper in offer.uploads)
    if uploads:
        found.append(_step("提交材料", "申报单位", 0, f"{uploads}。"))
    found.append(_step(offer.review, offer.lead_unit, 0, item.answer))
    return found


def asked_here(item: Item, offer: catalogue.Offer) -> list[dict[str, Any]]:
    """A request or a referral, with the limits of the unit that has it."""
    kind = KIND_OF_ITEM[item.kind]
    found = [_step(offer.asks, "申报单位", 0, "在门户填写短表，取得编号和登记表。单位要已经通过认证。")]
    if kind == RequestKinds.REFERRAL:
        handed = "核对重复情况，出具转办函，转交执行该政策的单位；不予转办的写明理由。"
        found.append(_step("转办", offer.lead_unit, WORKDAYS[kind], handed))
        found.append(_step("登记办理结果", offer.lead_unit, RESULT_WORKDAYS, "登记办理编号和结果。"))
    else:
        found.append(_step("答复", offer.lead_unit, WORKDAYS[kind], item.answer))
    said = f"可以追问一次，{FOLLOW_UP_WORKDAYS}个工作日内答复；请对答复作出评价。"
    return [*found, _step("追问和评价", "申报单位", 0, said)]


def term_of(row: LoadedPolicy, policy: Policy, item: Item, at: datetime) -> str:
    is_open = any(one.is_open for one in _rows(row, item, at))
    said = catalogue.term(policy, at, is_open=is_open)
    return f"{said.lead}{said.text}"


def _rows(row: LoadedPolicy, item: Item, at: datetime) -> list[catalogue.RoundRow]:
    return catalogue.round_rows(selectors.rounds().filter(policy=row), at, only=[item.id])


def rounds_of(row: LoadedPolicy, item: Item, at: datetime) -> list[dict[str, Any]]:
    """Open and coming rounds that take the item, in the order in which they close."""
    found = [one for one in _rows(row, item, at) if one.round.closes_at > at]
    return [
        {
            "name": one.round.name,
            "number": one.round.number,
            "document": one.round.document_number,
            "from": minute_words(one.round.opens_at),
            "until": minute_words(one.round.closes_at, is_end=True),
            "open": one.is_open,
        }
        for one in sorted(found, key=lambda one: one.round.closes_at)
    ]


def minute_words(moment: datetime, *, is_end: bool = False) -> str:
    """A minute in Shanghai; midnight as an end is 24:00 of the day before."""
    here = local(moment)
    if is_end and (here.hour, here.minute) == (0, 0):
        return f"{chinese_day((here - timedelta(days=1)).date())} 24:00"
    if not is_end and (here.hour, here.minute) == (0, 0):
        return chinese_day(here.date())
    return f"{chinese_day(here.date())} {here:%H:%M}"


def payment_of(policy: Policy, item: Item) -> list[str]:
    """How the money comes, in the order in which it does."""
    return [
        "公示期满并批复以后，由单位管理员在线提供收款账户：对公账户，户名与单位名称一致。",
        "财务编制拨付批次，另一人复核后放行，由银行支付到账户；退票的，改正账户后另付。",
        "批复的金额不因政策到期而失效。公示和批复都不等于到账，以拨付结果为准。",
    ]


def objections_of(policy: Policy, item: Item) -> list[str]:
    office = policy.units[item.lead_unit].objections
    found = [
        f"不予受理、不予支持或者核减，决定书写明原因和依据。有异议的，收到之日起{RECONSIDER_WORKDAYS}个工作日内"
        "可以书面申请复核，由另一名工作人员办理。",
    ]
    if office is not None:
        found.append(
            f"公示期间，单位或个人可以向{office.name}（不是承办处室）书面提出异议，电话{office.phone}，收到之日起"
            f"{ANSWER_WORKDAYS}个工作日内书面答复。只暂停有异议的一项，其他项目照常办理。"
        )
    return found


def overlap_of(policy: Policy) -> dict[str, Any]:
    found = catalogue.general(policy, "overlap")
    return {
        "clause": found.clause,
        "text": found.text,
        "marks": list(found.marks),
        "meaning": found.meaning,
        "anchor": found.anchor,
    }
