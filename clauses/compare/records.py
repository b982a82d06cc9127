"""What a comparison holds: differences, pairs of items and clauses, and lines of the summary."""

from dataclasses import dataclass

from clauses import wordwise
from clauses.engine.policy import MONEY, Clause, Item, Policy
from clauses.wordwise import Span

ASPECTS = {
    "kind": "支持方式",
    "rate": "比例",
    "cap": "上限金额",
    "scope": "上限范围",
    "wording": "封顶的说法",
    "base": "按什么算",
    "rule": "算法",
    "gate": "审核关口",
    "condition": "条件",
    "applicant": "支持谁",
    "recurrence": "次数",
    "review": "审核方式",
    "lead": "牵头单位",
    "unit": "责任单位",
    "name": "单位名称",
    "form": "资金名称",
    "level": "重复支持的范围",
    "principle": "重复支持的原则",
    "choice": "由谁选择",
    "rules": "实施细则",
    "explains": "解释单位",
    "term": "有效期",
    "item": "事项",
    "clause": "条款",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its aspect, what kind it is, both sides in words, what it means for an applicant."""

    aspect: str
    code: str
    before: str
    after: str
    meaning: str

    @property
    def label(self) -> str:
        return ASPECTS[self.aspect]


@dataclass(frozen=True, slots=True)
class ItemPair:
    """An item in both editions, or in one of them."""

    before: Item | None
    after: Item | None
    changes: tuple[Change, ...] = ()

    @property
    def item(self) -> Item:
        return self.after or self.before  # type: ignore[return-value]

    @property
    def survives(self) -> bool:
        """Whether it pays money by a rule in both editions."""
        return bool(self.before and self.after) and self.before.kind == self.after.kind == MONEY  # type: ignore[union-attr]

    def having(self, *codes: str) -> tuple[Change, ...]:
        return tuple(one for one in self.changes if one.code in codes)


@dataclass(frozen=True, slots=True)
class ClausePair:
    """A clause in both editions with its items, its units and its words."""

    before: Clause | None
    after: Clause | None
    items: tuple[ItemPair, ...]
    changes: tuple[Change, ...]
    words: tuple[Span, ...]

    @property
    def clause(self) -> Clause:
        return self.after or self.before  # type: ignore[return-value]

    @property
    def number(self) -> str:
        return self.clause.number

    @property
    def gone(self) -> str:
        return "".join(span.text for span in self.words if span.kind == wordwise.GONE)

    @property
    def new(self) -> str:
        return "".join(span.text for span in self.words if span.kind == wordwise.NEW)

    @property
    def has_changes(self) -> bool:
        return bool(self.changes) or any(pair.changes for pair in self.items)


@dataclass(frozen=True, slots=True)
class GeneralPair:
    """A sentence outside the clauses, by its role."""

    role: str
    label: str
    changes: tuple[Change, ...]
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the summary: what it is, in one sentence, and the places it concerns."""

    code: str
    title: str
    text: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Policy
    after: Policy
    clauses: tuple[ClausePair, ...]
    general: tuple[GeneralPair, ...]
    findings: tuple[Finding, ...]

    @property
    def pairs(self) -> list[ItemPair]:
        return [pair for clause in self.clauses for pair in clause.items]

    def pair(self, code: str) -> ItemPair:
        """KeyError when neither edition has such an item."""
        for pair in self.pairs:
            if code in (pair.after and pair.after.id, pair.before and pair.before.id):
                return pair
        raise KeyError(code)

    def clause(self, number: str) -> ClausePair:
        """KeyError when neither edition has such a clause."""
        for pair in self.clauses:
            if pair.number == number:
                return pair
        raise KeyError(number)
