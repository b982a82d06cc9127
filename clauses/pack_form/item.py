"""An item of a pack: one kind of support."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from clauses.engine import policy
from clauses.pack_form.parts import (
    CategoryModel,
    ConditionModel,
    CostTestModel,
    CriterionModel,
    FactModel,
    MatterModel,
    PaperModel,
)
from clauses.pack_form.rule import RuleNode
from clauses.pack_form.values import (
    ClauseNumber,
    Code,
    ItemId,
    Name,
    OtherNumberModel,
    Part,
    RateModel,
    Scope,
    SettingValue,
    ShortTitle,
)

if TYPE_CHECKING:
    from clauses.pack_form.pack import PackModel


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
    clause: ClauseNumber
    title: ShortTitle
    kind: Literal["money", "case_by_case", "referred", "not_money"]
    summary: Name
    quote: Name
    anchors: list[Name] = Field(default_factory=list)
    other_numbers: list[OtherNumberModel] = Field(default_factory=list)
    more_quotes: list[Name] = Field(default_factory=list)
    who: Name
    applicants: Annotated[
        list[Literal["any", "enterprise", "university", "institute", "social"]],
        Field(min_length=1),
    ]
    applicants_setting: str | None = None
    applicants_waived_by: list[SettingValue] = Field(default_factory=list)
    base_label: str = ""
    rule: RuleNode | None = None
    instalments: list[InstalmentModel] = Field(default_factory=list)
    recurrence: Literal["once", "per_year", "per_project", "per_event"] | None = None
    recurrence_label: str = ""
    recurrence_words: str | None = None
    limit_per: list[Literal["project", "applicant", "year", "event"]] = Field(default_factory=list)
    review_mode: Name
    units: Annotated[list[Code], Field(min_length=1)]
    units_open: bool = False
    conditions: list[ConditionModel] = Field(default_factory=list)
    papers: list[PaperModel] = Field(default_factory=list)
    facts: list[FactModel] = Field(default_factory=list)
    cost_side: Literal["purchase", "sale"] | None = None
    cost_dates: list[Code] = Field(default_factory=list)
    matter: MatterModel | None = None
    categories: list[CategoryModel] = Field(default_factory=list)
    cost_tests: list[CostTestModel] = Field(default_factory=list)
    criteria: list[CriterionModel] = Field(default_factory=list)
    pass_line: Annotated[int, Field(ge=0, le=100)] | None = None
    overlap_group: Name | None = None
    answer: str = ""
    contact: Name
    topics: list[Code] = Field(default_factory=list)
    topic_money: list[Code] = Field(default_factory=list)

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
