"""What a policy offers, as the pages and the interface say it. Rates, caps and points come from the engine's verdict."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clauses import engine, selectors
from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Clause, Item, Paper, Policy
from clauses.engine.term import local
from clauses.engine.verdict import UsedSetting, Verdict
from clauses.models import Policy as LoadedPolicy
from clauses.models import Round
from clauses.source_text import CLAUSE, ENDS_OF_SENTENCE, sentence_around
from clauses.states import RoundStates

KIND_LABELS = {MONEY: "资金补助", CASE_BY_CASE: "一事一议", REFERRED: "转办", NOT_MONEY: "非资金"}
SOURCE_LABELS = {"default": "默认", "in_force": "现行规定", "override": "本次指定"}
STATUS_LABELS = {"final": "正式文件", "draft": "征求意见稿"}
ROUND_TONES = {RoundStates.UPCOMING: "wait", RoundStates.OPEN: "now", RoundStates.CLOSED: "calm"}
SUNSET_DAYS = 30
_ORDINALS = "一二三四五六七八九十"
_SENTENCE = re.compile(rf"[^{ENDS_OF_SENTENCE}]*[{ENDS_OF_SENTENCE}]?")
_SAID = re.compile("“[^”]+”")


@dataclass(frozen=True, slots=True)
class Offer:
    """One item as a page shows it. `rate` as 20%, `cap` in yuan; None where the text gives none."""

    policy: Policy
    item: Item
    verdict: Verdict

    @property
    def code(self) -> str:
        return self.item.id

    @property
    def pays(self) -> bool:
        return self.item.kind == MONEY

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.item.kind]

    @property
    def rate(self) -> str | None:
        return self.verdict.rate.percent if self.verdict.rate else None

    @property
    def cap(self) -> Decimal | None:
        return None if self.verdict.cap is None else Decimal(self.verdict.cap).scaleb(-2)

    @property
    def settings(self) -> tuple[UsedSetting, ...]:
        return self.verdict.settings

    @property
    def clause(self) -> Clause:
        return self.policy.clauses[self.item.clause]

    @property
    def order(self) -> str:
        """第一项; empty when the clause has this item alone."""
        siblings = self.policy.items_of(self.item.clause)
        return f"第{ordinal(siblings.index(self.item) + 1)}项" if len(siblings) > 1 else ""

    @property
    def place(self) -> str:
        return f"第{self.item.clause}条{self.order}"

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
        return anchor_of(self.policy, self.item.quote)


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


def ordinal(number: int) -> str:
    """1 to 99 as a Chinese numeral."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _ORDINALS[ones - 1]
    return ("" if tens == 1 else _ORDINALS[tens - 1]) + "十" + (_ORDINALS[ones - 1] if ones else "")


def published() -> list[tuple[LoadedPolicy, Policy]]:
    """Loaded policies that are in their final text, with their content."""
    found = [(row, selectors.pack(row.pack)) for row in selectors.loaded_policies()]
    return [pair for pair in found if pair[1].status == "final"]


def offer(policy: Policy, item: Item, at: datetime) -> Offer:
    """An item with the rate, cap and points the engine applies to what is filed at `at`."""
    asked = engine.ClaimFacts(
        id="offer", item=item.id, filed_at=at, in_force=selectors.settings_in_force(policy.id, at)
    )
    return Offer(policy, item, engine.assess(policy, asked))


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
        policy = selectors.pack(window.policy.pack)
        codes = [item.code for item in window.items.all() if kept is None or item.code in kept]
        if codes:
            items = [policy.item(code) for code in codes]
            rows.append(RoundRow(window, window.state_at(at), tuple(offers(policy, at, items))))
    return rows


def term(policy: Policy, at: datetime, *, is_open: bool) -> Term:
    """The filing period at a moment: said on every page, with the days left from 30 days before its end."""
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
class Sentence:
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the official text; `clause` is the arabic number when it opens one."""

    anchor: str
    sentences: tuple[Sentence, ...]


def paragraphs(policy: Policy) -> list[Paragraph]:
    """The official text, every character of it but the line ends, with an anchor for each sentence."""
    found = []
    number = 0
    for line in policy.source_text.splitlines():
        if not line.strip():
            continue
        parts = []
        for text in filter(None, _SENTENCE.findall(line)):
            number += 1
            parts.append(Sentence(f"s{number}", text))
        match = CLAUSE.match(line)
        clause = policy.clauses.get(match[1]) if match else None
        found.append(Paragraph(f"clause-{clause.ordinal}" if clause else "", tuple(parts)))
    return found


def anchor_of(policy: Policy, quote: str) -> str:
    """The anchor of the sentence a quote stands in; of the first one when it spans several."""
    for paragraph in paragraphs(policy):
        line = "".join(sentence.text for sentence in paragraph.sentences)
        at = line.find(quote)
        if at < 0:
            continue
        for sentence in paragraph.sentences:
            if at < len(sentence.text):
                return sentence.anchor
            at -= len(sentence.text)
    return ""


@dataclass(frozen=True, slots=True)
class GeneralQuote:
    """A sentence outside the clauses, whole, with the words in quotation marks marked."""

    clause: str
    text: str
    marks: tuple[str, ...]
    meaning: str
    anchor: str


def general(policy: Policy, role: str) -> GeneralQuote:
    """KeyError when the policy has no sentence in that role."""
    found = policy.sentence(role)
    whole = sentence_around(policy.source_text, found.quote)
    return GeneralQuote(
        found.clause, whole, tuple(_SAID.findall(whole)), found.meaning, anchor_of(policy, found.quote)
    )
