"""The form of a policy pack: every key it may have, strictly typed. What is not listed here is refused."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from clauses.engine import policy
from clauses.pack_nodes import Code, Name, Part, RateModel, RuleNode, Scope

STEP_CODES = (
    "checking",
    "expert_review",
    "acceptance",
    "listing",
    "verification",
    "unit_opinions",
    "proposed",
    "noticed",
    "approved",
)


def iso_day(value: object) -> object:
    """A date written as 2022-08-24; ValueError for any other spelling."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("日期要写成2022-08-24的形式")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"没有{value}这一天") from None


Day = Annotated[date, BeforeValidator(iso_day)]
ItemId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,19}$")]


class OtherNumberModel(Part):
    """A number of the quote on which the amount does not depend, with the reason."""

    literal: Name
    why: Name


class PeriodModel(Part):
    first: Day
    last: Day
    basis: str = ""
    first_literal: str | None = None
    last_literal: str | None = None

    def build(self) -> policy.Period:
        return policy.Period(self.first, self.last, self.basis)


class UnitModel(Part):
    code: Code
    name: Name
    other_names: list[Name] = []

    def build(self) -> policy.Unit:
        return policy.Unit(self.code, self.name, tuple(self.other_names))


class ClauseModel(Part):
    number: Name
    title: Name
    short_title: Name
    lead: str = ""


class GeneralModel(Part):
    id: Name
    role: Literal["term", "overlap", "choice", "detailed_rules", "other"]
    clause: Name
    quote: Name
    meaning: Name
    anchors: list[Name] = []


class PaperModel(Part):
    code: Code
    label: Name
    required: bool = True
    scope: Literal["claim", "cost"] = "claim"
    source: Literal["upload", "system"] = "upload"
    note: str = ""

    def build(self) -> policy.Paper:
        return policy.Paper(self.code, self.label, self.required, self.scope, self.note, self.source)


class FactModel(Part):
    key: Code
    label: Name
    type: Literal["money", "date", "text", "bool", "year", "count", "number", "rate", "choice"]
    unit: str = ""
    help: str = ""
    required: bool = False
    by: Literal["applicant", "reviewer"] = "applicant"
    choices: dict[str, Name] = {}

    @model_validator(mode="after")
    def choices_fit(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("选择类事实要列出选项，其他类型不列")
        return self

    def build(self) -> policy.FactSpec:
        return policy.FactSpec(
            self.key,
            self.label,
            self.type,
            self.unit,
            self.help,
            self.required,
            self.by,
            dict(self.choices),
        )


SettingValue = str | int | bool


class ReadingModel(Part):
    value: SettingValue
    text: Name


class SettingModel(Part):
    id: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}$")]
    title: Name
    type: Literal["choice", "bool", "text", "count", "money"] = "choice"
    readings: Annotated[list[ReadingModel], Field(min_length=1)]
    default: SettingValue
    items: Literal["all", "money", "none"] | list[ItemId]
    note: str = ""
    acts_on_pending: bool = False
    applied_by: Literal["engine", "staff"] = "staff"

    @model_validator(mode="after")
    def default_fits(self) -> Self:
        values = [reading.value for reading in self.readings]
        kinds = {"choice": str, "text": str, "bool": bool, "count": int, "money": int}
        if type(self.default) is not kinds[self.type]:
            raise ValueError(f"默认值{self.default!r}与类型{self.type}不符")
        if self.type in ("choice", "bool") and self.default not in values:
            raise ValueError(f"默认值{self.default!r}不在所列口径中")
        if len(values) != len(set(values)):
            raise ValueError("口径的取值重复")
        return self

    def build(self, every: list["ItemModel"]) -> policy.SettingSpec:
        times = 100 if self.type == "money" else 1

        def scaled(value: SettingValue) -> SettingValue:
            return value * times if type(value) is int else value

        items = {
            "all": [item.id for item in every],
            "money": [item.id for item in every if item.kind == policy.MONEY],
            "none": [],
        }
        named = items[self.items] if isinstance(self.items, str) else self.items
        return policy.SettingSpec(
            self.id,
            self.title,
            self.type,
            tuple(policy.Reading(scaled(reading.value), reading.text) for reading in self.readings),
            scaled(self.default),
            tuple(named),
            self.note,
            self.acts_on_pending,
            self.applied_by,
        )


class CriterionModel(Part):
    code: Code
    label: Name
    weight: Annotated[int, Field(ge=1, le=100)]
    help: str = ""

    def build(self) -> policy.Criterion:
        return policy.Criterion(self.code, self.label, self.weight, self.help)


class ConditionModel(Part):
    text: Name
    fact: Code | None = None
    wanted: bool = True
    code: Code = "not_eligible"
    refusal: str = ""
    setting: str | None = None
    waived_by: list[SettingValue] = []

    def build(self) -> policy.Condition:
        return policy.Condition(
            self.text,
            self.fact,
            self.wanted,
            self.code,
            self.refusal,
            self.setting,
            tuple(self.waived_by),
        )


class CategoryModel(Part):
    code: Code
    label: Name
    eligible: bool
    setting: str | None = None
    flipped_by: list[SettingValue] = []

    def build(self) -> policy.CostCategory:
        return policy.CostCategory(self.code, self.label, self.eligible, self.setting, tuple(self.flipped_by))


class CostTestModel(Part):
    flag: Code
    label: Name
    out_when: bool = True
    code: Code = "not_eligible"
    text: Name
    setting: str | None = None
    waived_by: list[SettingValue] = []

    def build(self) -> policy.CostTest:
        return policy.CostTest(
            self.flag,
            self.label,
            self.out_when,
            self.code,
            self.text,
            self.setting,
            tuple(self.waived_by),
        )


class DateModeModel(Part):
    need: Literal["all", "any"]
    dates: Annotated[list[Code], Field(min_length=1)]
    first: Day | None = None
    last: Day | None = None

    def build(self) -> policy.DateMode:
        return policy.DateMode(self.need, tuple(self.dates), self.first, self.last)


class MatterModel(Part):
    on: Literal["cost", "claim"]
    setting: str | None = None
    modes: Annotated[dict[str, DateModeModel], Field(min_length=1)]

    @model_validator(mode="after")
    def modes_fit(self) -> Self:
        if self.setting is None and set(self.modes) != {"always"}:
            raise ValueError("没有口径可选时，只写always一种")
        return self

    def build(self) -> policy.MatterTest:
        return policy.MatterTest(
            self.on,
            {name: mode.build() for name, mode in self.modes.items()},
            self.setting,
        )


class CutReasonModel(Part):
    code: Code
    label: Name
    setting: str | None = None
    needs_note: bool = False

    def build(self) -> policy.CutReason:
        return policy.CutReason(self.code, self.label, self.setting, self.needs_note)


class ReviewPathModel(Part):
    mode: Name
    label: Name
    steps: Annotated[list[Literal[STEP_CODES]], Field(min_length=1)]  # type: ignore[valid-type]

    def build(self) -> policy.ReviewPath:
        return policy.ReviewPath(self.mode, self.label, tuple(self.steps))


class QuestionModel(Part):
    """A fact of the organisation that the matching page asks, in its own words."""

    fact: Code
    label: Name
    help: str = ""


class TopicModel(Part):
    """A plan a visitor may have; `asks_money` when its rough amount says something about the award."""

    code: Code
    label: Name
    help: str = ""
    asks_money: bool = True


class MatchingModel(Part):
    """What the matching page asks: about the organisation, then about its plans."""

    questions: list[QuestionModel] = []
    topics: Annotated[list[TopicModel], Field(min_length=1)]


class InstalmentModel(Part):
    """One part of an award: its share, or the rest; the event it waits for; the years after the award."""

    label: Name
    share: RateModel | None = None
    rest: bool = False
    on: Literal["approval", "milestone", "assessment", "date"]
    years_later: Annotated[int, Field(ge=0, le=10)] = 0

    @model_validator(mode="after")
    def share_or_rest(self) -> Self:
        if (self.share is None) != self.rest:
            raise ValueError("一期写明比例share，或写rest: true表示余下部分")
        return self

    def build(self, scope: Scope) -> policy.InstalmentPlan:
        share = self.share and self.share.build(scope)
        return policy.InstalmentPlan(self.label, share, self.on, self.years_later)


class ItemModel(Part):
    id: ItemId
    clause: Name
    title: Name
    kind: Literal["money", "case_by_case", "referred", "not_money"]
    summary: Name
    quote: Name
    anchors: list[Name] = []
    other_numbers: list[OtherNumberModel] = []
    more_quotes: list[Name] = []
    who: Name
    applicants: Annotated[
        list[Literal["any", "enterprise", "university", "institute", "social"]],
        Field(min_length=1),
    ]
    applicants_setting: str | None = None
    applicants_waived_by: list[SettingValue] = []
    base_label: str = ""
    rule: RuleNode | None = None
    instalments: list[InstalmentModel] = []
    recurrence: Literal["once", "per_year", "per_project", "per_event"] | None = None
    recurrence_label: str = ""
    recurrence_words: str | None = None
    limit_per: list[Literal["project", "applicant", "year", "event"]] = []
    review_mode: Name
    units: Annotated[list[Code], Field(min_length=1)]
    units_open: bool = False
    conditions: list[ConditionModel] = []
    papers: list[PaperModel] = []
    facts: list[FactModel] = []
    cost_side: Literal["purchase", "sale"] | None = None
    cost_dates: list[Code] = []
    matter: MatterModel | None = None
    categories: list[CategoryModel] = []
    cost_tests: list[CostTestModel] = []
    criteria: list[CriterionModel] = []
    pass_line: Annotated[int, Field(ge=0, le=100)] | None = None
    overlap_group: Name | None = None
    answer: str = ""
    contact: Name
    topics: list[Code] = []
    topic_money: list[Code] = []

    @field_validator("criteria")
    @classmethod
    def weights_add_up(cls, criteria: list[CriterionModel]) -> list[CriterionModel]:
        if criteria and sum(criterion.weight for criterion in criteria) != 100:
            raise ValueError("评分权重合计应为100")
        return criteria

    @model_validator(mode="after")
    def kind_fits(self) -> Self:
        if self.kind == policy.MONEY:
            if self.rule is None:
                raise ValueError("补助类事项缺少计算规则")
            if self.recurrence is None or not self.recurrence_label:
                raise ValueError("补助类事项缺少支持次数")
        else:
            if self.rule is not None:
                raise ValueError("不按公式付款的事项不能有计算规则")
            if not self.answer:
                raise ValueError("不按公式付款的事项要写明答复")
        if bool(self.criteria) != (self.pass_line is not None):
            raise ValueError("评分表和合格线要同时有或同时没有")
        return self

    def common_facts(self, pack: "PackModel") -> list[FactModel]:
        """The facts of the pack that this item shares."""
        return [
            *pack.common_facts,
            *(pack.money_facts if self.kind == policy.MONEY else []),
        ]

    def every_fact(self, pack: "PackModel") -> list[FactModel]:
        return [*self.common_facts(pack), *self.facts]

    def every_condition(self, pack: "PackModel") -> list[ConditionModel]:
        return [
            *self.conditions,
            *(pack.money_conditions if self.kind == policy.MONEY else []),
        ]


class PackModel(Part):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,49}$")]
    title: Name
    short_title: Name
    status: Literal["final", "draft", "teaching"] = "final"
    document_number: Name
    issuer: Name
    issued_on: Day
    in_force: PeriodModel
    matter: PeriodModel
    filing: PeriodModel
    rounding_setting: Name
    smallest_setting: str | None = None
    overlap_group: Name
    units: Annotated[list[UnitModel], Field(min_length=1)]
    clauses: Annotated[list[ClauseModel], Field(min_length=1)]
    general: list[GeneralModel]
    review_paths: Annotated[list[ReviewPathModel], Field(min_length=1)]
    cut_reasons: list[CutReasonModel] = []
    common_papers: list[PaperModel] = []
    common_facts: list[FactModel] = []
    money_facts: list[FactModel] = []
    money_conditions: list[ConditionModel] = []
    settings: list[SettingModel]
    matching: MatchingModel | None = None
    items: Annotated[list[ItemModel], Field(min_length=1)]
