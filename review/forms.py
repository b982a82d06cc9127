"""What people type at the review desks. Services check again and have the last word."""

from collections.abc import Iterable
from typing import Any

from django import forms

from clauses import engine
from clauses.models import ListedEvent
from review.states import Opinions

YES_NO = [("", "还没有核查"), ("true", "是"), ("false", "否")]


def words(
    label: str, required: str, *, rows: int = 4, help_text: str = "", longest: int = 2000
) -> forms.CharField:
    """A text of several lines that must be filled in; `required` is said when it is not."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"最多{longest:,}字。"},
    )


def line(label: str, required: str, *, longest: int = 60, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        error_messages={"required": required, "max_length": f"最多{longest}字。"},
    )


class DuplicateForm(forms.Form):
    """查重结论."""

    duplicate_note = words(
        "查重结论", "请写明查重结论。", help_text="写明查了哪些部门和往年的支持、有没有重复、怎样处理。"
    )


class AcceptanceForm(forms.Form):
    """验收记录."""

    acceptance_on = forms.DateField(
        label="验收日期",
        error_messages={"required": "请填写验收日期。", "invalid": "日期要写成2023-03-01这样。"},
    )
    acceptance_document = line("验收文号", "请填写验收文号。")


class ListingForm(forms.Form):
    """The event of the year list that the claim is about."""

    listed_event = forms.ModelChoiceField(
        label="年度活动清单里的活动",
        queryset=ListedEvent.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择清单里的活动。", "invalid_choice": "请在列出的活动里选择。"},
    )

    def __init__(self, *args: Any, events: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed_event"].queryset = events


class CostForm(forms.Form):
    """One cost: its verified amount and, with a cut, the reason."""

    verified = line("核定金额", "请填写核定金额，全部核减写0。", longest=30)
    cut_code = forms.ChoiceField(
        label="核减原因", required=False, error_messages={"invalid_choice": "请在列出的原因里选择。"}
    )
    note = forms.CharField(
        label="说明和依据",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "最多1,000字。"},
    )

    def __init__(self, *args: Any, reasons: Iterable[Any], claimed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verified"].help_text = f"不能高于申报金额{claimed}元，全部核减写0"
        self.fields["cut_code"].choices = [("", "没有核减"), *((one.code, one.label) for one in reasons)]


class ApprovedSumForm(forms.Form):
    """Item 1: a judged sum and why."""

    approved_sum = line("评审核定金额", "请填写评审核定金额。", longest=30)
    approved_sum_reason = words("核定理由", "请写明核定理由。")


class FindingsForm(forms.Form):
    """One field for each fact that the item leaves to the reviewer."""

    def __init__(self, *args: Any, facts: Iterable[engine.FactSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in facts:
            self.fields[fact.key] = self._field(fact)

    @staticmethod
    def _field(fact: engine.FactSpec) -> forms.Field:
        if fact.type == "bool":
            return forms.ChoiceField(label=fact.label, help_text=fact.help, required=False, choices=YES_NO)
        if fact.type == "choice":
            choices = [("", "还没有核查"), *fact.choices.items()]
            return forms.ChoiceField(label=fact.label, help_text=fact.help, required=False, choices=choices)
        widget = forms.DateInput if fact.type == "date" else forms.TextInput
        hint = fact.help or ("带上百分号，例如3.85%。" if fact.type == "rate" else "")
        return forms.CharField(label=fact.label, help_text=hint, required=False, widget=widget)


class ReasonForm(forms.Form):
    """A reason that somebody will read."""

    reason = words("理由", "请写明理由。")

    def __init__(self, *args: Any, label: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, hint


class OpinionForm(forms.Form):
    """A unit's opinion."""

    opinion = forms.ChoiceField(
        label="意见",
        choices=Opinions.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择意见。", "invalid_choice": "请选择意见。"},
    )
    text = forms.CharField(
        label="意见的内容",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": "最多2,000字。"},
    )


class ApproveForm(forms.Form):
    """批复文号."""

    document_number = line("批复文号", "请填写批复文号。", help_text="例如哈科发〔2023〕30号")


class NoticeForm(forms.Form):
    """The heading of a public notice."""

    title = forms.CharField(
        label="公示标题", required=False, max_length=160, error_messages={"max_length": "最多160字。"}
    )


class ScoreForm(forms.Form):
    """Points and reason for each criterion; nothing is required until the score is handed in."""

    comment = forms.CharField(
        label="总体评审意见",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": "最多3,000字。"},
    )
    cost_advice = forms.CharField(
        label="对费用的意见",
        required=False,
        max_length=3000,
        help_text="数量、价格、与任务的关系。经办核定费用时会看。",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "最多3,000字。"},
    )

    def __init__(self, *args: Any, criteria: Iterable[engine.Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            self.fields[f"points-{one.code}"] = forms.CharField(
                label=f"{one.label}得分",
                required=False,
                max_length=6,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
            self.fields[f"reasons-{one.code}"] = forms.CharField(
                label=f"{one.label}的打分理由",
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"max_length": "最多1,000字。"},
            )

    def rows(self) -> list[tuple[engine.Criterion, forms.BoundField, forms.BoundField]]:
        return [(one, self[f"points-{one.code}"], self[f"reasons-{one.code}"]) for one in self.criteria]

    def given(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """What was typed, as save_scores takes it; only the named fields when `names` is given."""
        typed = self.cleaned_data
        wanted = set(self.fields if names is None else names)
        kept: dict[str, Any] = {"points": {}, "reasons": {}}
        for one in self.criteria:
            for group in ("points", "reasons"):
                name = f"{group}-{one.code}"
                if name in wanted:
                    kept[group][one.code] = typed.get(name, "")
        return kept | {name: typed.get(name, "") for name in ("comment", "cost_advice") if name in wanted}
