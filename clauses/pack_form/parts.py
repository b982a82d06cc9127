"""The parts of a pack besides its items and rules: periods, units, clauses, papers, facts, settings and the like."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clauses.engine import policy
from clauses.pack_form.values import ClauseNumber, Code, Day, ItemId, Name, Part, SettingValue, ShortTitle

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


class PeriodModel(Part):
    first: Day
    last: Day
    basis: str = ""
    first_literal: str | None = None
    last_literal: str | None = None

    def build(self) -> policy.Period:
        return policy.Period(self.first, self.last, self.basis)


class OfficeModel(Part):
    """The office that takes objections, as papers print it."""

    office: Name
    phone: Name

    def build(self) -> policy.Office:
        return policy.Office(self.office, self.phone)


class UnitModel(Part):
    code: Code
    name: ShortTitle
    other_names: list[Name] = Field(default_factory=list)
    phone: str = ""
    objections: OfficeModel | None = None

    def build(self) -> policy.Unit:
        objections = self.objections and self.objections.build()
        return policy.Unit(self.code, self.name, tuple(self.other_names), self.phone, objections)


class ClauseModel(Part):
    number: ClauseNumber
    title: Name
    short_title: Name
    lead: str = ""


class GeneralModel(Part):
    id: Name
    role: Literal["term", "overlap", "choice", "detailed_rules", "other"]
    clause: Name
    quote: Name
    meaning: Name
    anchors: list[Name] = Field(default_factory=list)


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
    choices: dict[str, Name] = Field(default_factory=dict)

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

    def build(self, every: Mapping[str, str]) -> policy.SettingSpec:
        """`every` is the kind of each item of the pack."""
        times = 100 if self.type == "money" else 1

        def scaled(value: SettingValue) -> SettingValue:
            return value * times if type(value) is int else value

        items = {
            "all": list(every),
            "money": [name for name, kind in every.items() if kind == policy.MONEY],
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
    waived_by: list[SettingValue] = Field(default_factory=list)

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
    flipped_by: list[SettingValue] = Field(default_factory=list)

    def build(self) -> policy.CostCategory:
        return policy.CostCategory(self.code, self.label, self.eligible, self.setting, tuple(self.flipped_by))


class CostTestModel(Part):
    flag: Code
    label: Name
    out_when: bool = True
    code: Code = "not_eligible"
    text: Name
    setting: str | None = None
    waived_by: list[SettingValue] = Field(default_factory=list)

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

    questions: list[QuestionModel] = Field(default_factory=list)
    topics: Annotated[list[TopicModel], Field(min_length=1)]
