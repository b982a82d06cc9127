"""A whole pack."""

from typing import Annotated, Literal

from pydantic import Field

from clauses.pack_form.item import ItemModel
from clauses.pack_form.parts import (
    ClauseModel,
    ConditionModel,
    CutReasonModel,
    FactModel,
    GeneralModel,
    MatchingModel,
    PaperModel,
    PeriodModel,
    ReviewPathModel,
    SettingModel,
    UnitModel,
)
from clauses.pack_form.values import Day, DocumentNumber, Name, PackId, Part, Title


class PackModel(Part):
    id: PackId
    title: Title
    short_title: Name
    status: Literal["final", "draft", "teaching"] = "final"
    draft_of: PackId | None = None
    document_number: DocumentNumber
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
    cut_reasons: list[CutReasonModel] = Field(default_factory=list)
    common_papers: list[PaperModel] = Field(default_factory=list)
    common_facts: list[FactModel] = Field(default_factory=list)
    money_facts: list[FactModel] = Field(default_factory=list)
    money_conditions: list[ConditionModel] = Field(default_factory=list)
    settings: list[SettingModel]
    matching: MatchingModel | None = None
    items: Annotated[list[ItemModel], Field(min_length=1)]
