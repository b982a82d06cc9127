"""Any node and any condition of a rule."""

from typing import Annotated

from pydantic import Field

from clauses.pack_form import choices, nodes
from clauses.pack_form.choices import (
    BracketsNode,
    ByFactNode,
    CompareModel,
    EveryModel,
    IsModel,
    NotModel,
    TiersNode,
    WhenNode,
)
from clauses.pack_form.nodes import (
    BaseNode,
    CappedNode,
    EachCostNode,
    ExcessNode,
    FactNode,
    FixedNode,
    GreaterOfNode,
    InterestNode,
    JudgedNode,
    LesserOfNode,
    MinimumNode,
    PerUnitNode,
    PoolNode,
    RateOfNode,
    RatioNode,
    SoftCapNode,
    SumOfNode,
    TimesNode,
)
from clauses.pack_form.values import Part

TestNode = Annotated[CompareModel | IsModel | EveryModel | NotModel, Field(discriminator="test")]
RuleNode = Annotated[
    BaseNode
    | FactNode
    | JudgedNode
    | FixedNode
    | PerUnitNode
    | InterestNode
    | RateOfNode
    | TimesNode
    | RatioNode
    | PoolNode
    | CappedNode
    | SoftCapNode
    | MinimumNode
    | LesserOfNode
    | GreaterOfNode
    | SumOfNode
    | ExcessNode
    | EachCostNode
    | ByFactNode
    | TiersNode
    | BracketsNode
    | WhenNode,
    Field(discriminator="node"),
]


for module in (nodes, choices):
    for model in vars(module).values():
        if isinstance(model, type) and issubclass(model, Part) and model.__module__ == module.__name__:
            model.model_rebuild(_types_namespace={**vars(module), "RuleNode": RuleNode, "TestNode": TestNode})
