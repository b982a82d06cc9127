"""What visitors ask the calculator: an item, the figures of its rule, its costs one by one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from clauses import catalogue
from clauses.engine.policy import COST_DATES, Item, Policy
from clauses.engine.rules import Ask, BaseOfCosts, EachCost, asked, walk
from clauses.forms.fields import DAY_FAULT, FigureField, RateField, YuanField, fact_field

MOST_ROWS = 10
FIRST_ROWS = 3
_BASE_HINT = "填写合计，例如60,000,000，也可以写成6000万或者0.6亿。"


class ItemForm(forms.Form):
    """Which item to calculate; the choices are every item of the policy, by clause."""

    item = forms.ChoiceField(label="要估算的事项")

    def __init__(self, *args: Any, policy: Policy, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        field.choices = [("", "请选择"), *self._by_clause(policy, at)]
        asked = str(self.data.get("item", ""))[:20]
        field.error_messages["invalid_choice"] = f"没有“{asked}”这个事项，请从列表中选择。"

    @staticmethod
    def _by_clause(policy: Policy, at: datetime) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        for clause in policy.clauses.values():
            listed = [
                (one.code, one.item.title if one.pays else f"{one.item.title}（{one.kind_label}）")
                for one in catalogue.offers(policy, at, policy.items_of(clause.number))
            ]
            yield f"第{clause.number}条　{clause.short_title}", listed


def by_cost(item: Item) -> bool:
    """Whether the rule looks at single costs or at their kinds, so that a total does not do."""
    nodes = list(walk(item.rule)) if item.rule else []
    return any(
        isinstance(node, EachCost) or (isinstance(node, BaseOfCosts) and node.categories) for node in nodes
    )


class EstimateForm(forms.Form):
    """The figures the rule of an item asks for: its base, and every fact that a part of the rule reads."""

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.main: list[str] = []
        self.more: list[str] = []
        nodes = list(walk(item.rule)) if item.rule else []
        totals = any(isinstance(node, BaseOfCosts) for node in nodes)
        if (item.takes_costs or totals) and not by_cost(item):
            label = item.base_label or "核定基数"
            self.fields["base"] = YuanField(label=label, required=False, help_text=_BASE_HINT)
            self.main.append("base")
        for ask in asked(item.rule).values() if item.rule else ():
            self._ask(ask.fact, self.more if self._is_reviewers(ask) else self.main)
        self.main.sort(key=self._is_of_reviewers)
        if item.rule is not None:
            self._ask("applicant_kind", self.more)

    def _is_reviewers(self, ask: Ask) -> bool:
        """Whether a figure only matters once something was granted before."""
        spec = self.item.fact(ask.fact)
        return ask.optional and spec is not None and spec.by == "reviewer"

    def _is_of_reviewers(self, name: str) -> bool:
        spec = self.item.fact(name)
        return spec is not None and spec.by == "reviewer"

    def _ask(self, key: str, group: list[str]) -> None:
        spec = self.item.fact(key)
        if spec is not None and key not in self.fields:
            self.fields[key] = fact_field(spec)
            group.append(key)

    def unit_of(self, name: str) -> str:
        field = self.fields[name]
        if isinstance(field, YuanField):
            return "元"
        spec = self.item.fact(name)
        if isinstance(field, RateField):
            return "%"
        return spec.unit if spec and isinstance(field, FigureField) else ""

    @property
    def main_fields(self) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], self.unit_of(name)) for name in self.main]

    @property
    def more_fields(self) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], self.unit_of(name)) for name in self.more]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if isinstance(self.data, QueryDict):
            for name in self.fields:
                if len(self.data.getlist(name)) > 1:
                    self.add_error(name, f"“{self.fields[name].label}”在地址里写了不止一次，请只保留一个。")
        return found

    def facts(self) -> dict[str, Any]:
        """Cleaned facts in the interface's spelling, without those left empty."""
        given = {name: self.cleaned_data.get(name) for name in self.fields if name != "base"}
        return {name: spelled(value) for name, value in given.items() if value not in (None, "")}


def spelled(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


class CostRow(forms.Form):
    """One dated cost; a row without anything in it is left out."""

    amount = YuanField(label="金额", required=False)

    def __init__(self, *args: Any, item: Item, number: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"c{number}", **kwargs)
        self.number = number
        if item.categories:
            choices = [("", "不填"), *((one.code, one.label) for one in item.categories)]
            fault = {"invalid_choice": "请从选项中选择。"}
            self.fields["category"] = forms.ChoiceField(
                label="类别", choices=choices, required=False, error_messages=fault
            )
        for name in item.cost_dates:
            self.fields[name] = forms.DateField(
                label=COST_DATES[name], required=False, error_messages={"invalid": DAY_FAULT}
            )

    @property
    def name(self) -> str:
        return f"第{self.number}笔"

    @property
    def is_used(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.is_used and not self.errors and found.get("amount") is None:
            self.add_error("amount", "请填写这一笔的金额。")
        return found

    def cost(self) -> dict[str, Any]:
        """The row as the interface's cost."""
        dates = {name: day.isoformat() for name, day in self.cleaned_data.items() if isinstance(day, date)}
        kind = self.cleaned_data.get("category")
        named = {"category": kind} if kind else {}
        return {"id": self.name, "amount": f"{self.cleaned_data['amount']:.2f}", **named, **dates}

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(text, anchor) for the page's summary, naming the row."""
        return [
            (f"{self.name}：{text}", self[name].auto_id)
            for name, texts in self.errors.items()
            for text in texts
        ]


class Question:
    """Everything one visit of the calculator asks: the form, its rows, and what the service said about them."""

    def __init__(self, data: Mapping[str, Any], *, policy: Policy, item: Item) -> None:
        self.policy = policy
        self.item = item
        bare = EstimateForm(item=item)
        self.by_cost = by_cost(item)
        rows = [CostRow(data, item=item, number=number) for number in range(1, MOST_ROWS + 1)]
        self.used = [row for row in rows if item.takes_costs and row.is_used]
        names = {*bare.main, *bare.more} - ({"applicant_kind"} - {*bare.main})
        sent = any(name in data for name in names) or (self.by_cost and "c1-amount" in data)
        self.is_filled = bool(self.used) or sent or not (bare.main or self.by_cost)
        self.form = EstimateForm(
            data if self.is_filled else None, item=item, initial={name: data[name] for name in data}
        )
        last = max((row.number for row in self.used), default=0)
        asked = str(data.get("rows", ""))
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
        shown = min(MOST_ROWS, max(FIRST_ROWS, last, wanted))
        self.rows = [
            row if row.is_used else CostRow(None, item=item, number=row.number) for row in rows[:shown]
        ]
        self.more_asked = wanted > 0
        self.more_rows = min(MOST_ROWS, shown + 3) if shown < MOST_ROWS and item.takes_costs else 0

    @property
    def more_used(self) -> bool:
        """Whether something stands in the folded part."""
        return any(self.form[name].value() not in (None, "") for name in self.form.more)

    def is_valid(self) -> bool:
        """Read the figures; a base and rows together are told apart before anything is asked."""
        good = all([self.form.is_valid(), *(row.is_valid() for row in self.used)])
        if self.by_cost and not self.used:
            self.form.add_error(None, "还不能计算：缺少逐笔费用。")
        elif "base" in self.form.fields and not self.form.errors.get("base"):
            base = self.form.cleaned_data.get("base")
            label = self.form.fields["base"].label
            if base is None and not self.used:
                self.form.add_error("base", f"还不能计算：缺少{label}。")
            elif base is not None and self.used:
                self.form.add_error("base", f"{label}和逐笔费用只填一处，另一处请清空。")
        return good and not self.form.errors

    def claim(self) -> dict[str, Any]:
        """The interface's claim; call after `is_valid`."""
        given: dict[str, Any] = {"id": "estimate", "item": self.item.id, "facts": self.form.facts()}
        if self.used:
            given["costs"] = [row.cost() for row in self.used]
        elif self.form.cleaned_data.get("base") is not None:
            given["base"] = f"{self.form.cleaned_data['base']:.2f}"
        return given

    def take(self, faults: list[dict[str, str]]) -> None:
        """Put the service's faults beside the fields their paths name."""
        for fault in faults:
            path = fault["path"].removeprefix("claims[0]").strip(".")
            head, _, rest = path.partition(".")
            if head.startswith("costs["):
                row = self.used[int(head[6:-1])]
                row.add_error(rest if rest in row.fields else "amount", fault["message"])
            else:
                name = rest if head == "facts" else head
                self.form.add_error(name if name in self.form.fields else None, fault["message"])

    def lack(self, keys: Iterable[str]) -> None:
        """What the engine misses, beside the field that asks for it."""
        for key in keys:
            spec = self.item.fact(key)
            name = key if key in self.form.fields else None
            label = spec.label if spec else self.form.fields[key].label if name else "逐笔费用"
            self.form.add_error(name, f"还不能计算：缺少{label}。")

    @property
    def row_faults(self) -> list[tuple[str, str]]:
        """(text, anchor) of what is wrong in the rows, for the page's summary."""
        return [fault for row in self.used for fault in row.summary]
