"""Worked cases of a pack: a claim as the interface takes it, and what must come of it."""

from typing import Annotated, Literal

from pydantic import Field

from clauses.pack_form.values import Code, ItemId, Name, Part

Given = str | int | bool | None
OUTCOMES = ("payable", "nothing_payable", "case_by_case", "referred", "not_money", "out_of_term")


class ExpectedModel(Part):
    """What the verdict must say. Amounts in yuan, or with their unit: "12000000.00", 1200万元."""

    outcome: Literal[OUTCOMES] = "payable"  # type: ignore[valid-type]
    base: Given = None
    computed: Given = None
    amount: Given = None
    reasons: list[Code] = Field(default_factory=list)
    excluded_costs: dict[str, Code] = Field(default_factory=dict)
    missing: list[Code] = Field(default_factory=list)


class CaseModel(Part):
    """One claim. Money may carry its unit; a missing `filed_at` is that of the file."""

    name: Name
    item: ItemId
    filed_at: Name | None = None
    facts: dict[Code, Given] = Field(default_factory=dict)
    settings: dict[str, Given] = Field(default_factory=dict)
    base: Given = None
    costs: list[dict[str, Given]] | None = None
    expect: ExpectedModel


class CasesModel(Part):
    """The cases of a pack, in the file cases.yaml beside policy.yaml."""

    filed_at: Name
    cases: Annotated[list[CaseModel], Field(min_length=1)]
