"""A policy as the engine sees it: frozen, complete, with its official text beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clauses.engine.figures import Share
from clauses.engine.money import grouped
from clauses.engine.rules import JudgedAmount, Node, walk

MONEY = "money"
CASE_BY_CASE = "case_by_case"
REFERRED = "referred"
NOT_MONEY = "not_money"

COST_DATES = {
    "contract_date": "合同日期",
    "invoice_date": "开票日期",
    "paid_date": "付款日期",
    "service_from": "服务开始日期",
    "service_to": "服务结束日期",
    "expense_date": "支出日期",
    "event_date": "活动日期",
}
APPLICANT_KINDS = {
    "enterprise": "企业",
    "university": "高校",
    "institute": "科研机构",
    "social": "社会组织",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Two days, both of them in; `basis` names the document when it reaches beyond the policy's own term."""

    first: date
    last: date
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """An office with its telephone."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that answers for items. The code outlives its names; `objections` is another office than the handling one."""

    code: str
    name: str
    other_names: tuple[str, ...] = ()
    phone: str = ""
    objections: Office | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause: its number, heading and whole paragraph as published."""

    number: str
    ordinal: int
    title: str
    short_title: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class GeneralSentence:
    """A sentence outside the clauses, found by the role it plays: term, overlap, choice or detailed_rules."""

    id: str
    role: str
    clause: str
    quote: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to hand in, once for the claim or once for each cost. `source` system means the portal makes it."""

    code: str
    label: str
    required: bool
    scope: str
    note: str = ""
    source: str = "upload"


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact of a claim. Money is in yuan outside and in fen inside the engine."""

    key: str
    label: str
    type: str
    unit: str
    help: str
    required: bool
    by: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an open point."""

    value: object
    text: str


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A point the text leaves open, its readings and the one taken by default.

    `applied_by` says who acts on it: the engine in its arithmetic, or staff when they establish facts and bases.
    """

    id: str
    title: str
    type: str
    readings: tuple[Reading, ...]
    default: object
    items: tuple[str, ...]
    note: str = ""
    acts_on_pending: bool = False
    applied_by: str = "staff"

    def reading(self, value: object) -> str:
        """The Chinese wording of a value; the value itself where the point takes free values."""
        for reading in self.readings:
            if reading.value == value and type(reading.value) is type(value):
                return reading.text
        if self.type == "money" and isinstance(value, int):
            return f"{grouped(value)}元"
        return str(value)

    @property
    def default_reading(self) -> str:
        return self.reading(self.default)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of an expert's score sheet; the weights of a sheet add up to 100."""

    code: str
    label: str
    weight: int
    help: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something an item asks. Taken as met until its fact says otherwise."""

    text: str
    fact: str | None = None
    wanted: bool = True
    code: str = "not_eligible"
    refusal: str = ""
    setting: str | None = None
    waived_by: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class CostCategory:
    """A kind of cost, in or out; `flipped_by` lists values of the setting under which it is the other way round."""

    code: str
    label: str
    eligible: bool
    setting: str | None = None
    flipped_by: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class CostTest:
    """A yes-or-no mark on a cost that keeps it out when it has the given value."""

    flag: str
    label: str
    out_when: bool
    code: str
    text: str
    setting: str | None = None
    waived_by: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class DateMode:
    """Which dates are looked at, and whether all of them or any of them must lie in the window.

    `first` and `last` move an end of the window where a reading says so.
    """

    need: str
    dates: tuple[str, ...]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class MatterTest:
    """How the date of the matter is found: on each cost or in a fact of the claim; a setting may choose the mode."""

    on: str
    modes: Mapping[str, DateMode]
    setting: str | None = None

    def mode(self, values: Mapping[str, object]) -> DateMode:
        return self.modes[str(values[self.setting])] if self.setting else self.modes["always"]


@dataclass(frozen=True, slots=True)
class CutReason:
    """Why a verified amount is lower than the claimed one."""

    code: str
    label: str
    setting: str | None = None
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class ReviewPath:
    """The steps an item of one review mode goes through, in order."""

    mode: str
    label: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstalmentPlan:
    """One part of an award. `share` None means what the others leave; `on` is the event it waits for."""

    label: str
    share: Share | None
    on: str
    years_later: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of support: the sentence it stands on, who may ask, what counts and how much is paid.

    `place` is how papers name it: 第二条第一项.
    """

    id: str
    ordinal: int
    clause: str
    title: str
    kind: str
    summary: str
    quote: str
    sentence: str
    marks: tuple[str, ...]
    who: str
    applicants: tuple[str, ...]
    applicants_setting: str | None
    applicants_waived_by: tuple[object, ...]
    base_label: str
    rule: Node | None
    recurrence: str
    recurrence_label: str
    limit_per: tuple[str, ...]
    review_mode: str
    units: tuple[str, ...]
    units_open: bool
    conditions: tuple[Condition, ...]
    papers: tuple[Paper, ...]
    facts: tuple[FactSpec, ...]
    cost_side: str | None
    cost_dates: tuple[str, ...]
    matter: MatterTest | None
    categories: tuple[CostCategory, ...]
    cost_tests: tuple[CostTest, ...]
    criteria: tuple[Criterion, ...]
    pass_line: int | None
    settings: tuple[str, ...]
    overlap_group: str | None
    answer: str
    contact: str
    more_quotes: tuple[str, ...] = ()
    instalments: tuple[InstalmentPlan, ...] = ()
    place: str = ""

    @property
    def lead_unit(self) -> str:
        return self.units[0]

    @property
    def takes_costs(self) -> bool:
        return self.cost_side is not None

    @property
    def is_judged(self) -> bool:
        """Whether reviewers establish the amount because the text gives only a ceiling."""
        return self.rule is not None and any(isinstance(node, JudgedAmount) for node in walk(self.rule))

    def fact(self, key: str) -> FactSpec | None:
        return next((fact for fact in self.facts if fact.key == key), None)

    def category(self, code: str) -> CostCategory | None:
        return next((category for category in self.categories if category.code == code), None)


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A whole policy; one object is one policy. `hash` is the SHA-256 of its data and its official text together."""

    id: str
    title: str
    short_title: str
    status: str
    document_number: str
    issuer: str
    issued_on: date
    in_force: Period
    matter: Period
    filing: Period
    units: Mapping[str, Unit]
    clauses: Mapping[str, Clause]
    items: Mapping[str, Item]
    general: tuple[GeneralSentence, ...]
    settings: Mapping[str, SettingSpec]
    review_paths: Mapping[str, ReviewPath]
    cut_reasons: tuple[CutReason, ...]
    rounding_setting: str
    smallest_setting: str | None
    overlap_group: str
    source_text: str = ""
    hash: str = ""
    draft_of: str = ""

    def item(self, item_id: str) -> Item:
        """KeyError when the policy has no such item."""
        return self.items[item_id]

    def items_of(self, clause: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items.values() if item.clause == clause)

    def sentence(self, role: str) -> GeneralSentence:
        """KeyError when the policy has no sentence in that role."""
        for sentence in self.general:
            if sentence.role == role:
                return sentence
        raise KeyError(role)

    def defaults(self) -> dict[str, object]:
        return {setting.id: setting.default for setting in self.settings.values()}
