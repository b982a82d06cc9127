"""The form for a change of a setting, made from the point's type and readings."""

from typing import Any

from django import forms

from clauses.engine.policy import Policy, SettingSpec
from clauses.settings_desk import places_of
from portal.kernel.forms import text_field
from portal.kernel.money import yuan
from portal.kernel.refusals import Refusal

YES_NO = {"true": True, "false": False}


class YuanText(forms.CharField):
    """Yuan as people write it, handed on as text with two decimals."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return ""
        try:
            return f"{yuan(text):.2f}"
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


def value_field(spec: SettingSpec) -> forms.Field:
    """One control for the value: readings to choose from, yes or no, a number, an amount, or words."""
    if spec.type == "choice":
        choices = [(str(reading.value), reading.text) for reading in spec.readings]
        return forms.ChoiceField(label="取值", choices=choices, widget=forms.RadioSelect)
    if spec.type == "bool":
        texts = {reading.value: reading.text for reading in spec.readings}
        choices = [(key, texts.get(value, "是" if value else "否")) for key, value in YES_NO.items()]
        return forms.TypedChoiceField(
            label="取值", choices=choices, coerce=YES_NO.__getitem__, widget=forms.RadioSelect
        )
    if spec.type == "count":
        return forms.IntegerField(
            label="取值",
            min_value=0,
            max_value=10**9,
            help_text=spec.note,
            error_messages={"invalid": "取值应是整数。", "min_value": "取值不能小于0。"},
        )
    if spec.type == "money":
        return YuanText(label="取值（元）", max_length=40, help_text=spec.note)
    return text_field("取值", 200, help_text=spec.note)


class SettingForm(forms.Form):
    """Value, items, day, document: what a change consists of."""

    def __init__(self, *args: Any, content: Policy, spec: SettingSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = value_field(spec)
        if len(spec.items) > 1:
            self.fields["items"] = forms.MultipleChoiceField(
                label="适用事项",
                choices=[
                    (code, f"{places_of(content, spec, [code])}　{content.item(code).title}")
                    for code in spec.items
                ],
                initial=list(spec.items),
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "请至少选择一个适用事项。"},
            )
        self.fields["effective_from"] = forms.DateField(
            label="生效日期",
            widget=forms.DateInput,
            help_text=(
                "从这一天零时起，用于还没有决定的全部申报，最早是批准的当天。"
                if spec.acts_on_pending
                else "从这一天零时起首次提交的申报适用，最早是批准的次日。以前提交的不受影响。"
            ),
            error_messages={"invalid": "日期要写成年、月、日，例如2023-11-01。"},
        )
        self.fields["document_number"] = text_field(
            "文号", 60, help_text="规定这个口径的文件，例如哈科规〔2023〕5号。"
        )
        self.fields["note"] = text_field("说明", 1000, rows=3, required=False)

    def change(self) -> dict[str, Any]:
        """What the service asks for."""
        given = self.cleaned_data
        return {
            "value": given["value"],
            "items": given.get("items", []),
            "effective_from": given["effective_from"],
            "document_number": given["document_number"],
            "note": given["note"],
        }


class ReasonForm(forms.Form):
    """Why a change is not approved, or is called off."""

    reason = text_field("理由", 500, rows=3)
