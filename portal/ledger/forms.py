"""The form that opens a budget line."""

from decimal import Decimal
from typing import Any

from django import forms

from portal.kernel import clock
from portal.kernel.forms import text_field
from portal.kernel.money import yuan
from portal.kernel.refusals import Refusal
from portal.ledger.uses import Use


class LineForm(forms.Form):
    """A budget line for some items of one policy."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    name = text_field("预算项目", 120, help_text="与预算批复上的名称一致")
    source = text_field("资金来源", 80, help_text="例如市级科技专项资金")
    function_code = text_field("功能科目", 80, help_text="政府收支分类科目的编码，可附名称")
    document_number = text_field("下达文号", 60, help_text="例如哈财预〔2023〕12号")
    items = forms.MultipleChoiceField(label="适用事项", widget=forms.CheckboxSelectMultiple)
    amount = forms.CharField(label="下达金额", help_text="以元为单位，可以带千位分隔", max_length=40)

    def __init__(self, *args: Any, use: Use, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(str(year), f"{year}年") for year in range(this - 1, this + 3)]  # type: ignore[attr-defined]
        self.fields["year"].initial = str(this)
        self.fields["items"].choices = [(code, f"{code}　{title}") for code, title in use.items]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        try:
            return yuan(self.cleaned_data["amount"], positive=True)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
