"""Forms of the filing side. They keep what was typed; the services say what is wrong with it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from applications.cost_terms import categories, flag_tests, money_items
from applications.models import Claim, CostItem
from applications.services.projects import DATES
from applications.states import EvidenceKinds, Sides
from clauses import engine
from clauses.models import ListedEvent

YES_NO = (("true", "是"), ("false", "否"))
ONE_LINE = ("名称", "地点", "序号", "编号", "机构")
FEW = 6


class Text(forms.CharField):
    """Anything typed, handed on as it is. `unit`, `width` and `may_be_empty` are for the field component."""

    def __init__(
        self,
        label: str,
        *,
        widget: forms.Widget | None = None,
        help_text: str = "",
        unit: str = "",
        width: str = "",
        may_be_empty: bool = False,
    ) -> None:
        super().__init__(label=label, required=False, widget=widget, help_text=help_text)
        self.unit, self.width, self.may_be_empty = unit, width, may_be_empty

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def day(label: str, **given: Any) -> Text:
    return Text(label, widget=forms.DateInput(), **given)


def area(label: str, rows: int = 5, **given: Any) -> Text:
    return Text(label, widget=forms.Textarea(attrs={"rows": rows}), width="wide", **given)


def radios(label: str, choices: Iterable[tuple[str, str]], **given: Any) -> Text:
    return Text(label, widget=forms.RadioSelect(choices=tuple(choices)), **given)


def select(label: str, choices: Iterable[tuple[str, str]], **given: Any) -> Text:
    return Text(label, widget=forms.Select(choices=(("", "请选择"), *choices)), **given)


class ProjectForm(forms.Form):
    name = Text("项目名称", help_text="申报书和公示里用的名称，建好后不能改。", width="wide")
    location = Text("建设地点", help_text="写到区县和街道或园区。")
    leader = Text("负责人")
    summary = area("建设内容", rows=8, help_text="建设什么、解决什么问题、现在的进度。")


class ProjectEditForm(ProjectForm):
    name = None  # type: ignore[assignment]


class CostForm(forms.Form):
    """One cost or income. What is asked follows the side and the kind of evidence chosen."""

    side = radios("方向", Sides.choices)
    evidence_kind = radios("凭证", EvidenceKinds.choices)
    name = Text("名称", width="wide")
    quantity = Text("数量", help_text="例如24台、1套。", may_be_empty=True)
    category = select("类别", ())
    counterparty = Text("对方单位", width="wide")
    invoice_code = Text("发票代码", help_text="数电发票没有代码，不用填。", may_be_empty=True)
    document_number = Text("发票号码")
    line = Text(
        "行号",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="同一张凭证有几行的，填第几行；只有一行填1。",
    )
    amount = Text("金额", unit="元", help_text="可以抵扣的进项税不计入，按不含税金额填写。")
    tax = Text("税额", unit="元", help_text="发票上的税额。能不能计入按政策口径确定。", may_be_empty=True)
    contract_number = Text("合同号", may_be_empty=True)
    contract_date = day("合同日期", may_be_empty=True)
    invoice_date = day("开票日期", may_be_empty=True)
    paid_date = day("付款日期", may_be_empty=True)
    service_from = day("服务开始日期", may_be_empty=True)
    service_to = day("服务结束日期", may_be_empty=True)
    expense_date = day("支出日期", may_be_empty=True)
    event_date = day("活动日期", may_be_empty=True)

    def __init__(
        self, data: Any = None, *, item: CostItem | None = None, side: str = "", kind: str = ""
    ) -> None:
        given = _cost_initial(item) or {"line": 1}
        chosen = data if data is not None else {"side": side, "evidence_kind": kind, **given}
        self.chosen_side = _known(chosen.get("side"), Sides, Sides.PURCHASE)
        self.chosen_kind = _known(chosen.get("evidence_kind"), EvidenceKinds, EvidenceKinds.INVOICE)
        super().__init__(data, initial={**given, "side": self.chosen_side, "evidence_kind": self.chosen_kind})
        self.kept_flags = dict(item.flags) if item else {}
        asking = [rules for rules in money_items() if rules.cost_side == self.chosen_side]
        self._fit_dates(asking)
        self._fit_words()
        self.fields["category"].widget.choices = [("", "请选择"), *categories(asking)]
        self.flags = flag_tests(asking)
        for test in self.flags:
            self.fields[f"flag_{test.flag}"] = _flag_field(test)
            if test.flag in self.kept_flags:
                mark = self.kept_flags[test.flag]
                self.initial[f"flag_{test.flag}"] = mark if test.out_when else str(mark).lower()

    def _fit_dates(self, asking: list[engine.Item]) -> None:
        users: dict[str, list[str]] = {}
        for rules in asking:
            wanted = set(rules.cost_dates)
            if rules.matter is not None and rules.matter.on == "cost":
                wanted |= {name for mode in rules.matter.modes.values() for name in mode.dates}
            for name in wanted:
                users.setdefault(name, []).append(rules.title)
        for name in DATES:
            if name in users:
                if len(users[name]) < len(asking) and len(users[name]) <= 2:
                    self.fields[name].help_text = f"申报“{'”“'.join(users[name])}”时要填。"
            elif name not in ("contract_date", "invoice_date", "paid_date"):
                del self.fields[name]

    def _fit_words(self) -> None:
        words = self.fields
        if self.chosen_side == Sides.SALE:
            words["counterparty"].help_text = "购买服务的企业或校（所）。"
            words["paid_date"].label = "收款日期"
            words["amount"].help_text = "按到账的不含税金额填写。"
            words["name"].help_text = "例如检测服务、算力服务。"
        else:
            words["counterparty"].help_text = "收款的单位，与凭证一致。"
            words["name"].help_text = "与凭证上的名称一致。"
        if self.chosen_kind != EvidenceKinds.INVOICE:
            del words["invoice_code"]
            words["document_number"].label = "凭证号"
            words["invoice_date"].label = "凭证日期"
        if self.chosen_kind == EvidenceKinds.PAYROLL:
            words["document_number"].label = "工资表编号"
            words["counterparty"].help_text = "发放工资的单位。"
        if self.chosen_kind == EvidenceKinds.FOREIGN:
            words["amount"].help_text = "按付款当日汇率折合成人民币填写。"

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Fields in the order they are asked, under headings."""
        named = {
            "是什么费用" if self.chosen_side == Sides.PURCHASE else "是什么收入": (
                "name", "quantity", "category", "amount", "tax",
            ),
            "凭证": ("document_number", "invoice_code", "line", "counterparty"),
            "日期和合同": ("invoice_date", "paid_date", "contract_number", "contract_date", *DATES[3:]),
            "需要说明的情况": tuple(f"flag_{test.flag}" for test in self.flags),
        }  # fmt: skip
        return [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in named.items()
        ]

    def values(self) -> dict[str, Any]:
        """What the service takes; marks that this form does not ask for stay as they were."""
        flags = dict(self.kept_flags)
        for test in self.flags:
            said = self.cleaned_data.get(f"flag_{test.flag}")
            if test.out_when:
                flags[test.flag] = bool(said)
            elif said in ("true", "false"):
                flags[test.flag] = said == "true"
            else:
                flags.pop(test.flag, None)
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("flag_")}
        return {**plain, "flags": flags}


class FactsForm(forms.Form):
    """What an item asks its applicant, by the item's own list of facts."""

    def __init__(
        self,
        data: Any = None,
        *,
        claim: Claim,
        facts: Iterable[engine.FactSpec],
        events: list[ListedEvent] | None = None,
    ) -> None:
        super().__init__(data)
        for fact in facts:
            self.fields[fact.key] = fact_field(fact)
            self.initial[fact.key] = _shown(fact, claim.facts.get(fact.key))
        self.no_events = events == []
        if events is not None:
            self._choose_event(claim, events)

    def _choose_event(self, claim: Claim, events: list[ListedEvent]) -> None:
        offered = {
            "event_name": {
                event.name: f"{event.name}（{event.held_on.year}年{event.held_on.month}月{event.held_on.day}日）"
                for event in events
            },
            "list_year": {str(event.year): f"{event.year}年" for event in events},
        }
        for key, choices in offered.items():
            if key in self.fields:
                kept = claim.facts.get(key)
                if kept not in (None, ""):
                    choices.setdefault(str(kept), f"{kept}（不在清单上）")
                old = self.fields[key]
                self.fields[key] = select(
                    old.label,
                    choices.items(),
                    help_text=old.help_text,
                    width="wide",
                    may_be_empty=old.may_be_empty,
                )


class PublicMoneyForm(forms.Form):
    public_money = radios(
        "这个项目的费用有没有得到或正在申请其他财政资金",
        (("false", "没有"), ("true", "有")),
        help_text="国家、省、市、区县的都要说明，包括要求市级配套的。",
    )
    public_money_note = area(
        "其他财政资金的情况",
        help_text="有的，逐项写明级别、文件名称和文号、金额、用在哪些费用上。最多2,000字。",
        may_be_empty=True,
    )

    def __init__(self, data: Any = None, *, claim: Claim) -> None:
        said = {True: "true", False: "false", None: ""}[claim.public_money]
        super().__init__(data, initial={"public_money": said, "public_money_note": claim.public_money_note})
        self.fields["public_money_note"].may_be_empty = "有的必填"

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data["public_money"]
        return {
            "public_money": {"true": True, "false": False, "": None}.get(said, said),
            "public_money_note": self.cleaned_data["public_money_note"],
        }


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; the upload service looks into each."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


class PaperForm(forms.Form):
    """Files for one paper of a claim."""

    file = FilesField(label="选择文件", required=False, widget=Files(attrs={"data-upload": ""}))
    cost_item = select("属于哪笔费用", (), may_be_empty=True)

    def __init__(
        self, data: Any = None, files: Any = None, *, paper: engine.Paper, costs: list[CostItem]
    ) -> None:
        super().__init__(data, files, auto_id=f"id_{paper.code}_%s")
        if paper.scope == "claim" or not costs:
            del self.fields["cost_item"]
        else:
            offered = [(str(item.pk), f"{item.name}（{item.amount:,.2f}元）") for item in costs]
            self.fields["cost_item"].widget.choices = [("", "所选的全部费用"), *offered]


class SubmitForm(forms.Form):
    committed = forms.BooleanField(label="我已阅读并代表本单位签署以上信用承诺", required=False)


class WithdrawForm(forms.Form):
    reason = area("撤回的原因", rows=3, may_be_empty=True)


class StartForm(forms.Form):
    """Which project and which round a new claim is for."""

    project = radios("为哪个项目申报", ())
    round = radios("申报批次", ())

    def __init__(
        self, data: Any = None, *, projects: Mapping[str, str], rounds: Mapping[str, str], initial: Any = None
    ) -> None:
        only = {
            name: next(iter(offered))
            for name, offered in (("project", projects), ("round", rounds))
            if len(offered) == 1
        }
        super().__init__(data, initial={**only, **(initial or {})})
        self.fields["project"].widget.choices = list(projects.items())
        self.fields["round"].widget.choices = list(rounds.items())


def _flag_field(test: Any) -> forms.Field:
    if test.out_when:
        field: Any = forms.BooleanField(label=test.label, required=False)
        field.unit, field.width, field.may_be_empty = "", "", False
        return field
    return radios(test.label, YES_NO, may_be_empty=False)


def _cost_initial(item: CostItem | None) -> dict[str, Any]:
    if item is None:
        return {}
    return {name: getattr(item, name) for name in CostForm.base_fields}


def _known(value: Any, choices: Any, default: str) -> str:
    return value if value in choices.values else default


def _shown(fact: engine.FactSpec, value: Any) -> Any:
    """A stored fact as its input takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if fact.type == "rate" and value:
        return f"{(Decimal(value) * 100).normalize():f}%"
    return Decimal(value) if fact.type == "money" and value else value


def fact_field(fact: engine.FactSpec) -> Text:
    given: dict[str, Any] = {"help_text": fact.help, "may_be_empty": not fact.required}
    match fact.type:
        case "money":
            return Text(fact.label, unit="元", **given)
        case "date":
            return day(fact.label, **given)
        case "year" | "count":
            unit = fact.unit or ("年" if fact.type == "year" else "")
            digits = forms.TextInput(attrs={"inputmode": "numeric"})
            return Text(fact.label, widget=digits, unit=unit, width="short", **given)
        case "number" | "rate":
            if fact.type == "rate" and not fact.help:
                given["help_text"] = "带上百分号，例如3.85%。"
            unit = fact.unit if fact.type == "number" else ""
            digits = forms.TextInput(attrs={"inputmode": "decimal"})
            return Text(fact.label, widget=digits, unit=unit, width="short", **given)
        case "bool":
            return radios(fact.label, YES_NO, **given)
        case "choice":
            make = radios if len(fact.choices) <= FEW else select
            return make(fact.label, fact.choices.items(), **given)
    if fact.label.endswith(ONE_LINE):
        return Text(fact.label, width="wide", **given)
    return area(fact.label, **given)
