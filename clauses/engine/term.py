"""The term of a policy: when a claim may be filed, and which costs fall into it. Days are those of Asia/Shanghai."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from clauses.engine.facts import CostLine
from clauses.engine.policy import COST_DATES, DateMode, Item, Period, Policy
from clauses.engine.verdict import Reason

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept this offset, without summer time, since 1991."""


def local(moment: datetime) -> datetime:
    """A moment on Shanghai's clock; one without a zone is already on it."""
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month when it has no such day, of all days after 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def filing_refusal(policy: Policy, item: Item, filed_at: datetime) -> Reason | None:
    """Whether a first filing falls into the filing window, whose last day is in to its end (option S1).

    Only the first filing time counts: what was filed in time is decided and paid however late.
    """
    moment = local(filed_at)
    window = policy.filing
    if window.first <= moment.date() <= window.last:
        return None
    term = policy.sentence("term")
    said = f"提交时间为{chinese_day(moment.date())}{moment:%H:%M:%S}"
    if moment.date() > window.last:
        text = f"{said}，申报截止到{chinese_day(window.last)}24:00，已经超过期限。"
        return Reason("filed_late", term.clause, term.quote, text)
    text = f"{said}，早于政策施行日{chinese_day(window.first)}。"
    return Reason("filed_early", term.clause, term.quote, text)


def cost_refusal(policy: Policy, item: Item, cost: CostLine, settings: Mapping[str, object]) -> Reason | None:
    """Whether the dates of one cost put it inside the window; an absent date that decides gives missing_fact.

    `settings` maps ids to values; points it leaves out have their default.
    """
    if item.matter is None or item.matter.on != "cost":
        return None
    mode = item.matter.mode({**policy.defaults(), **settings})
    known = {name: cost.date(name) for name in mode.dates}
    return date_refusal(policy, mode, known, COST_DATES, item.matter.setting, "这笔费用")


def claim_refusal(
    policy: Policy,
    item: Item,
    facts: Mapping[str, object],
    settings: Mapping[str, object],
) -> Reason | None:
    """Whether the date of the matter, where the claim as a whole has one, is in the window. Unknown is taken as in."""
    if item.matter is None or item.matter.on != "claim":
        return None
    mode = item.matter.mode({**policy.defaults(), **settings})
    known = {name: value for name in mode.dates if isinstance(value := facts.get(name), date)}
    labels = {spec.key: spec.label for spec in item.facts}
    if not known:
        return None
    return date_refusal(
        policy,
        replace(mode, dates=tuple(known)),
        known,
        labels,
        item.matter.setting,
        "本项",
    )


def date_refusal(
    policy: Policy,
    mode: DateMode,
    known: Mapping[str, date | None],
    labels: Mapping[str, str],
    setting: str | None,
    subject: str,
) -> Reason | None:
    """Three-valued: out when the known dates decide so, in when they decide so, else the missing ones are named."""
    term = policy.sentence("term")
    window = Period(mode.first or policy.matter.first, mode.last or policy.matter.last)
    missing = [name for name in mode.dates if known.get(name) is None]
    inside = [name for name in mode.dates if (day := known.get(name)) is not None and within(window, day)]
    outside = [
        name for name in mode.dates if (day := known.get(name)) is not None and not within(window, day)
    ]
    if mode.need == "any":
        if inside:
            return None
        decided_out = not missing
    else:
        decided_out = bool(outside)
    if decided_out:
        said = "、".join(f"{labels[name]}{chinese_day(day)}" for name in outside if (day := known.get(name)))
        text = f"{subject}的{said}不在可计入的期间内（{chinese_day(window.first)}至{chinese_day(window.last)}），不能计入。"
        return Reason("outside_term", term.clause, term.quote, text, setting)
    if missing:
        said = "、".join(labels[name] for name in missing)
        text = f"{subject}缺少{said}，暂不能判断是否在政策期内，先不计入。"
        return Reason("missing_fact", term.clause, term.quote, text, setting)
    start, end = known.get("service_from"), known.get("service_to")
    if start is not None and end is not None and start > end:
        text = f"{subject}的服务开始日期晚于结束日期，请核对后再计入。"
        return Reason("dates_reversed", term.clause, term.quote, text, setting)
    return None


def within(window: Period, day: date) -> bool:
    return window.first <= day <= window.last
