"""Fields for figures and facts as people write them, and what they say when one cannot be read."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms

from clauses.engine import literals
from clauses.engine.policy import FactSpec
from portal.kernel.money import yuan
from portal.kernel.refusals import Refusal

LONGEST = 60
LONGEST_TEXT = 200
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?")
_LARGE = re.compile(r"[¥￥]?\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*([万亿])元?")
DAY_FAULT = "日期要写成年、月、日，例如2023-03-01。"


class FigureField(forms.CharField):
    """A figure as people write it, of a length that someone may have typed."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        if len(text) > LONGEST:
            raise forms.ValidationError("内容太长，请只写数字。", code="too_long")
        return self.read(unicodedata.normalize("NFKC", text).strip())

    def read(self, text: str) -> Any:
        raise NotImplementedError


class YuanField(FigureField):
    """Yuan as people write it: full width, separators, 元, 万 or 亿 after it."""

    def read(self, text: str) -> Any:
        try:
            return yuan(in_yuan(text))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


def in_yuan(text: str) -> str:
    """6000万, 6000万元 or 0.6亿 in plain yuan, exactly; any other text as it is, for `yuan` to judge."""
    found = _LARGE.fullmatch(text)
    if found is None:
        return text
    try:
        fen = literals.money(f"{found[1]}{found[2]}元")
    except ValueError:
        raise Refusal("金额换算成元以后最多两位小数，精确到分。", code="too_precise") from None
    return f"{Decimal(fen).scaleb(-2):f}"


class CountField(FigureField):
    """A whole number of something, or a year."""

    def read(self, text: str) -> Any:
        digits = text.replace(",", "")
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError("要写成整数，例如12。", code="bad_count")
        return int(digits)


class NumberField(FigureField):
    """A decimal number; yields the interface's text."""

    def read(self, text: str) -> Any:
        if not _NUMBER.fullmatch(text):
            raise forms.ValidationError("要写成数字，例如12.5，最多九位小数。", code="bad_number")
        return text


class RateField(FigureField):
    """A rate in percent, or with ‰ after it; yields the interface's text: 3.85 as 0.0385."""

    def read(self, text: str) -> Any:
        digits, places = (text[:-1], 3) if text.endswith("‰") else (text.removesuffix("%"), 2)
        digits = digits.strip()
        if not _NUMBER.fullmatch(digits):
            raise forms.ValidationError("要写成百分数，例如3.85，表示3.85%。", code="bad_rate")
        share = Decimal(digits).scaleb(-places)
        if share > 1000 or -int(share.as_tuple().exponent) > 9:
            raise forms.ValidationError("百分数过大，或者小数超过七位。", code="bad_rate")
        return f"{share:f}"


class YesNoField(forms.ChoiceField):
    """Yes, no, or not known; yields True, False or None."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        fault = {"invalid_choice": "请选择是或者不是。"}
        super().__init__(
            choices=[("yes", "是"), ("no", "不是"), ("", "不确定")], error_messages=fault, **kwargs
        )

    def clean(self, value: Any) -> Any:
        return {"yes": True, "no": False}.get(super().clean(value))


def hint_of(spec: FactSpec) -> str:
    """The pack's help, and of a reviewer's fact that the visitor may suppose one."""
    if spec.by != "reviewer":
        return spec.help
    is_figure = spec.type in ("money", "count", "number", "rate", "year")
    return f"{spec.help}由评审确定，可以先{'填一个假定的数' if is_figure else '按假定的情况填'}。"


def fact_field(spec: FactSpec) -> forms.Field:
    """The field that asks for a fact, by its type. Never required: the engine says what it lacks."""
    common: dict[str, Any] = {"label": spec.label, "required": False, "help_text": hint_of(spec)}
    match spec.type:
        case "money":
            return YuanField(**common)
        case "choice":
            fault = {"invalid_choice": "请从选项中选择。"}
            choices = [("", "不填"), *spec.choices.items()]
            return forms.ChoiceField(choices=choices, error_messages=fault, **common)
        case "bool":
            return YesNoField(**common)
        case "date":
            return forms.DateField(widget=forms.DateInput, error_messages={"invalid": DAY_FAULT}, **common)
        case "rate":
            return RateField(**common)
        case "number":
            return NumberField(**common)
        case "year" | "count":
            return CountField(**common)
    return forms.CharField(
        max_length=LONGEST_TEXT, error_messages={"max_length": f"不要超过{LONGEST_TEXT}个字。"}, **common
    )
