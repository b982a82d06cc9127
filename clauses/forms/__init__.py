"""What visitors ask the calculator and what staff enter. Faults are said in Chinese, what was typed stays."""

from clauses.forms.desk import ItemChoices, ListedEventForm, Minute, OneYear, RoundForm
from clauses.forms.estimate import (
    FIRST_ROWS,
    MOST_ROWS,
    CostRow,
    EstimateForm,
    ItemForm,
    Question,
    by_cost,
    spelled,
)
from clauses.forms.fields import (
    LONGEST,
    LONGEST_TEXT,
    CountField,
    FigureField,
    NumberField,
    RateField,
    YesNoField,
    YuanField,
    fact_field,
)

__all__ = [
    "FIRST_ROWS",
    "LONGEST",
    "LONGEST_TEXT",
    "MOST_ROWS",
    "CostRow",
    "CountField",
    "EstimateForm",
    "FigureField",
    "ItemChoices",
    "ItemForm",
    "ListedEventForm",
    "Minute",
    "NumberField",
    "OneYear",
    "Question",
    "RateField",
    "RoundForm",
    "YesNoField",
    "YuanField",
    "by_cost",
    "fact_field",
    "spelled",
]
