"""What a policy offers, as the pages and the interface say it. Rates, caps and points come from the engine's verdict."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from clauses import engine, markup, naming, selectors, sentences, wording
from clauses.engine.policy import MONEY, NOT_MONEY, REFERRED, Clause, Item, Paper, Policy
from clauses.engine.term import filing_refusal, local
from clauses.engine.verdict import Verdict
from clauses.models import Policy as LoadedPolicy
from clauses.models import Round
from clauses.settings_book import inside
from clauses.source_text import sentence_around
from clauses.states import RoundStates
from portal.kernel import clock

ASKS = {REFERRED: "登记转办", NOT_MONEY: "提交需求"}
SOURCE_LABELS = {"default": "默认", "in_force": "现行规定", "override": "本次指定"}
STATUS_LABELS = {"final": "正式文件", "draft": "征求意见稿", "teaching": "示例"}
NOT_IN_FORCE = {
    "draft": ("征求意见稿。", "这里只供阅读，不能据此申报。"),
    "teaching": ("示例，不是真实的政策文件。", "这里演示政策数据的写法，不能据此申报。"),
}
REPLACED = ("征求意见稿，已被正式文件取代。", "这里只供对照，不能据此申报。")
ROUND_TONES = {RoundStates.UPCOMING: "wait", RoundStates.OPEN: "now", RoundStates.CLOSED: "calm"}
SUNSET_DAYS = 30
_SAID = re.compile("“[^”]+”")


@dataclass(frozen=True, slots=True)
class Point:
    """A point as it holds for an item: default, or set by a document from a day on."""

    id: str
    title: str
    reading: str
    source: str
    document_number: str = ""
    effective_from: date | None = None

    @property
    def basis(self) -> str:
        """Where it comes from, in words."""
        return basis_words(self.source, self.document_number, self.effective_from)


def basis_words(source: str, document_number: str = "", effective_from: date | None = None) -> str:
    """默认, 本次指定, or the document with the day it took effect."""
    if effective_from is None:
        return SOURCE_LABELS[source]
    day = effective_from
    return f"{document_number}，自{day.year}年{day.month}月{day.day}日起"


def points_used(policy: Policy, told: Iterable[Mapping[str, Any]]) -> list[tuple[Point, str, str]]:
    """The settings of an answer, as the interfaces tell them, for clauses/_settings.html: point, reading, basis.

    A point the policy does not know is told as it stands.
    """
    found = []
    for used in told:
        spec = policy.settings.get(used["id"])
        day = used.get("effective_from")
        point = Point(
            used["id"],
            spec.title if spec else "",
            spec.reading(inside(spec, used["value"])) if spec else str(used["value"]),
            used["source"],
            used.get("document_number", ""),
            date.fromisoformat(day) if day else None,
        )
        found.append((point, point.reading, point.basis))
    return found


@dataclass(frozen=True)
class Offer:
    """One item as a page shows it at a moment. `rate` as 20%, `cap` in yuan; None where the text gives none."""

    policy: Policy
    item: Item
    at: datetime

    @cached_property
    def verdict(self) -> Verdict:
        """The engine on the bare item: its rate and its cap, which no setting changes."""
        return engine.assess(self.policy, engine.ClaimFacts(id="offer", item=self.item.id, filed_at=self.at))

    @cached_property
    def settings(self) -> tuple[Point, ...]:
        """The points of the item as they hold for what is filed at the moment; one query."""
        entries = selectors.settings_book(self.policy.id).at(self.item.id, self.at, clock.now())
        return tuple(
            Point(
                spec.id,
                spec.title,
                spec.reading(entry.value if entry else spec.default),
                "in_force" if entry else "default",
                entry.document_number if entry else "",
                entry.effective_from if entry else None,
            )
            for spec, entry in (
                (self.policy.settings[name], entries.get(name)) for name in self.item.settings
            )
        )

    @property
    def code(self) -> str:
        return self.item.id

    @property
    def pays(self) -> bool:
        return self.item.kind == MONEY

    @property
    def asks(self) -> str:
        """The button of an item that is filed here without money, while the filing window is open; else empty."""
        words = ASKS.get(self.item.kind, "")
        if not words or self.policy.status in NOT_IN_FORCE:
            return ""
        return "" if filing_refusal(self.policy, self.item, self.at) else words

    @property
    def kind_label(self) -> str:
        return naming.KIND_LABELS[self.item.kind]

    @property
    def rate(self) -> str | None:
        return self.verdict.rate.percent if self.verdict.rate else None

    @property
    def cap(self) -> Decimal | None:
        return None if self.verdict.cap is None else Decimal(self.verdict.cap).scaleb(-2)

    @property
    def clause(self) -> Clause:
        return self.policy.clauses[self.item.clause]

    @property
    def order(self) -> str:
        """第一项; empty when the clause has this item alone."""
        return naming.order(self.policy, self.item)

    @property
    def place(self) -> str:
        return naming.place(self.policy, self.item)

    @property
    def review(self) -> str:
        return self.policy.review_paths[self.item.review_mode].label

    @property
    def units(self) -> str:
        return unit_names(self.policy, self.item)

    @property
    def lead_unit(self) -> str:
        return self.policy.units[self.item.lead_unit].name

    @property
    def uploads(self) -> list[Paper]:
        """The papers an applicant hands in, as against those the portal makes."""
        return [paper for paper in self.item.papers if paper.source == "upload"]

    @property
    def marks(self) -> tuple[str, ...]:
        """The words that give the numbers; where there are none, the part of a longer sentence that is meant."""
        if self.item.marks:
            return self.item.marks
        return () if self.item.quote == self.item.sentence else (self.item.quote,)

    @property
    def anchor(self) -> str:
        return sentences.anchor_of(self.policy, self.item.quote)

    @property
    def law(self) -> SafeString:
        """Its sentence as published, with its words marked and its numbers leading to the rule."""
        return markup.law(self.policy, self.item.quote, self.marks, more=self.more_quotes)

    @property
    def anchored_law(self) -> SafeString:
        """The same with the ids of its sentences, for the one page that is theirs."""
        return markup.law(self.policy, self.item.quote, self.marks, anchored=True, more=self.more_quotes)

    @property
    def more_quotes(self) -> tuple[str, ...]:
        return tuple(getattr(self.item, "more_quotes", ()))

    @property
    def rule_words(self) -> SafeString:
        """The rule in one phrase: 按新购置研发设备总价的20%，最高1000万元."""
        return markup.phrase(wording.rule_in_words(self.item))

    @property
    def basis(self) -> str:
        """What the amount is reckoned from."""
        return wording.basis(self.item)

    @property
    def is_judged(self) -> bool:
        """Whether the text gives only a ceiling and people set the amount."""
        return self.basis == wording.JUDGED

    @property
    def is_plain(self) -> bool:
        """Whether a basis, a rate and a cap say it all."""
        return self.is_judged or self.rate is not None

    @property
    def instalments(self) -> list[tuple[str, str, tuple[wording.Number, ...]]]:
        """How an award is paid out, where the text says so."""
        return wording.instalments(self.item)

    @property
    def rule_tree(self) -> SafeString:
        return markup.rule_tree(self.policy, self.item)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as it stands at a moment, with the offers one may file in it."""

    round: Round
    state: RoundStates
    offers: tuple[Offer, ...]

    @property
    def badge(self) -> tuple[str, str]:
        return self.state.label, ROUND_TONES[self.state]

    @property
    def opens_at_midnight(self) -> bool:
        opens = local(self.round.opens_at)
        return (opens.hour, opens.minute) == (0, 0)

    @property
    def is_open(self) -> bool:
        return self.state == RoundStates.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == RoundStates.CLOSED


@dataclass(frozen=True, slots=True)
class Term:
    """What stands on every page about the filing period: lead words, a sentence, the note's tone."""

    lead: str
    text: str
    tone: str
    closed: bool


def published() -> list[tuple[LoadedPolicy, Policy]]:
    """Loaded policies that are in their final text, with their content."""
    found = [(row, selectors.pack(row)) for row in selectors.loaded_policies()]
    return [pair for pair in found if pair[1].status == "final"]


def not_in_force(policy: Policy) -> tuple[str, str] | None:
    """What stands on every page of a text one cannot file for; None for a final text."""
    if policy.draft_of and selectors.final_of(policy) is not None:
        return REPLACED
    return NOT_IN_FORCE.get(policy.status)


def offer(policy: Policy, item: Item, at: datetime) -> Offer:
    """An item with the rate, cap and points that apply to what is filed at `at`."""
    return Offer(policy, item, at)


def offers(policy: Policy, at: datetime, items: Iterable[Item] | None = None) -> list[Offer]:
    return [offer(policy, item, at) for item in (policy.items.values() if items is None else items)]


def clause_by_number(policy: Policy, number: str) -> Clause | None:
    """A clause by 2 or by 二."""
    found = policy.clauses.get(number)
    if found is None and number.isascii() and number.isdigit():
        found = next((one for one in policy.clauses.values() if str(one.ordinal) == number), None)
    return found


def unit_names(policy: Policy, item: Item) -> str:
    names = "、".join(policy.units[code].name for code in item.units)
    return f"{names}等" if item.units_open else names


def round_rows(rounds: Iterable[Round], at: datetime, *, only: Iterable[str] | None = None) -> list[RoundRow]:
    """Rounds with their state at `at`; `only` keeps those that take one of the items, and lists just these."""
    kept = None if only is None else frozenset(only)
    rows = []
    for window in rounds:
        policy = selectors.pack(window.policy)
        codes = [item.code for item in window.items.all() if kept is None or item.code in kept]
        if codes:
            items = [policy.item(code) for code in codes]
            rows.append(RoundRow(window, window.state_at(at), tuple(offers(policy, at, items))))
    return rows


def term(policy: Policy, at: datetime, *, is_open: bool) -> Term:
    """The filing period at a moment: said on every page, with the days left from 30 days before its end."""
    if notice := not_in_force(policy):
        return Term(*notice, "wait", True)
    today = local(at).date()
    last = policy.filing.last
    until = f"{last.year}年{last.month}月{last.day}日"
    left = (last - today).days
    if left < 0:
        return Term(
            "申报期已经结束。",
            f"本政策的申报期到{until}24:00为止，不再接受新的申报；已经提交的申报继续审核和拨付。",
            "wait",
            True,
        )
    first = policy.filing.first
    if today < first:
        return Term("尚未施行。", f"本政策自{first.year}年{first.month}月{first.day}日起施行。", "wait", True)
    ends = f"本政策有效期至{until}，当天24:00前提交的都按时受理"
    if not is_open:
        ends = f"目前没有开放的申报窗口。本政策有效期至{until}"
    days = "今天24:00截止" if not left else f"还有{left}天"
    if left <= SUNSET_DAYS:
        return Term(f"{days}。" if not left else f"{days}截止。", f"{ends}。", "wait", False)
    return Term("可以申报。" if is_open else "", f"{ends}，{days}。", "", False)


@dataclass(frozen=True, slots=True)
class GeneralQuote:
    """A sentence outside the clauses, whole, with the words in quotation marks marked."""

    clause: str
    text: str
    marks: tuple[str, ...]
    meaning: str
    anchor: str
    law: SafeString


def general(policy: Policy, role: str) -> GeneralQuote:
    """KeyError when the policy has no sentence in that role."""
    found = policy.sentence(role)
    whole = sentence_around(policy.source_text, found.quote)
    marks = tuple(_SAID.findall(whole))
    return GeneralQuote(
        found.clause,
        whole,
        marks,
        found.meaning,
        sentences.anchor_of(policy, found.quote),
        markup.law(policy, found.quote, marks, anchored=True),
    )
