"""A Django field as our markup: label, hint and error above the input, joined to it by `aria-describedby`."""

import copy
import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from portal.kernel.money import format_yuan
from portal.kernel.templatetags.drawing import draw, one_of, refuse, words

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WIDTHS = ("", "wide", "short")
DJANGO_ROWS = "10"


def error_texts(bound: BoundField) -> list[str]:
    """The sentences beside a field and in the summary: the same words in both places.

    Django's bare defaults become what to do, with the field's name in it; other messages stay as written.
    """
    texts = []
    for error in bound.errors.as_data():
        if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
            texts.append(_ask_for(bound))
        elif error.code == "invalid" and error.message == forms.DateField.default_error_messages["invalid"]:
            texts.append(f"{bound.label}应写成年、月、日，例如2023-08-24")
        else:
            texts.extend(str(message) for message in error.messages)
    return texts


def anchor(bound: BoundField) -> str:
    """Where the summary's link leads: the input, or the first of a group."""
    suffix = "_0" if _grouped(bound.field.widget) and bound.subwidgets else ""
    return f"#{bound.auto_id}{suffix}"


def draw_field(
    bound: BoundField,
    *,
    hint: str | None,
    optional: str | bool | None,
    unit: str,
    width: str,
    hints: dict[Any, str] | None,
) -> SafeString:
    """The field component; a hidden field draws its input alone."""
    if not isinstance(bound, BoundField):
        raise refuse("field", "bound_field", "a form's field", bound)
    one_of("field", "width", width, WIDTHS)
    widget = bound.field.widget
    if widget.is_hidden:
        return bound.as_hidden()
    hint = str(bound.help_text) if hint is None else hint
    errors = error_texts(bound)
    grouped, ticked = _grouped(widget), isinstance(widget, forms.CheckboxInput)
    current = _kept_file(bound) if isinstance(widget, forms.FileInput) else ""
    described = [
        f"{bound.auto_id}_{part}"
        for part, there in (
            ("hint", hint),
            ("current", current),
            ("error", errors),
            ("unit", unit),
        )
        if there
    ]
    if grouped:
        controls = _options(bound, hints or {})
    else:
        controls = [{"html": _input(bound, unit, " ".join(described)), "label": "", "hint": ""}]
    return draw(
        "field",
        label=words("field", "label", bound.label),
        id=bound.auto_id,
        grouped=grouped,
        ticked=ticked,
        width=width,
        hint=hint,
        optional=_optional(bound, optional, ticked=ticked),
        errors=errors,
        unit=unit,
        controls=controls,
        current=current,
        described=" ".join(described),
    )


def _grouped(widget: forms.Widget) -> bool:
    return isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def _ask_for(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.FileInput):
        return f"请上传{bound.label}"
    if isinstance(widget, forms.CheckboxInput):
        return f"请勾选“{bound.label}”"
    picked = isinstance(widget, forms.Select | forms.RadioSelect | forms.SelectMultiple)
    return f"请选择{bound.label}" if picked else f"请填写{bound.label}"


def _optional(bound: BoundField, asked: str | bool | None, *, ticked: bool) -> str:
    if isinstance(asked, str):
        return asked
    shown = asked if asked is not None else not (bound.field.required or bound.field.disabled or ticked)
    return "可不填" if shown else ""


def _options(bound: BoundField, hints: dict[Any, str]) -> list[dict[str, Any]]:
    return [
        {
            "html": option.tag(),
            "label": option.choice_label,
            "hint": hints.get(option.data["value"]) or hints.get(str(option.data["value"])) or "",
        }
        for option in bound.subwidgets
    ]


def _kept_file(bound: BoundField) -> str:
    name = getattr(bound.initial, "name", "") if bound.initial else ""
    return str(name).rsplit("/", 1)[-1] if name else ""


def _input(bound: BoundField, unit: str, described: str) -> SafeString:
    """The widget with our classes, and with exactly what was typed still in it."""
    widget = copy.deepcopy(bound.field.widget)
    widget.attrs.pop("placeholder", None)
    typed = bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return bound.as_widget(widget, attrs={"aria-describedby": described} if described else None)
    classes = ["pt-input", widget.attrs.pop("class", "")]
    attrs = {"aria-describedby": described} if described else {}
    if isinstance(widget, forms.ClearableFileInput):
        plain = forms.FileInput(attrs=widget.attrs)
        plain.allow_multiple_selected = widget.allow_multiple_selected
        widget = plain
    elif isinstance(widget, forms.Textarea):
        widget.attrs.pop("cols", None)
        if widget.attrs.get("rows") == DJANGO_ROWS:
            widget.attrs["rows"] = "5"
    elif isinstance(widget, forms.DateInput):
        widget = _day_input(widget, typed)
    elif unit in ("元", "万元") and isinstance(widget, forms.TextInput | forms.NumberInput):
        classes.append("pt-input--money")
        widget = _sum_input(bound, widget)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    attrs["class"] = " ".join(part for part in classes if part)
    return bound.as_widget(widget, attrs={**attrs})


def _day_input(widget: forms.DateInput, typed: Any) -> forms.DateInput:
    """The browser's own calendar, unless it would drop what was typed because it is not a day."""
    if typed in (None, "") or isinstance(typed, date) or _ISO_DAY.fullmatch(str(typed)):
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"
    return widget


class _Written(forms.TextInput):
    """Writes an amount that came from the program; what a person typed stays as typed."""

    separators = True

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal):
            return format_yuan(value) if self.separators else f"{value:.2f}"
        written: str | None = super().format_value(value)
        return written


def _sum_input(bound: BoundField, widget: forms.Widget) -> forms.TextInput:
    """Text with a decimal keyboard; separators only where the form reads them (DecimalField does not)."""
    written = _Written(attrs={**widget.attrs, "inputmode": "decimal", "autocomplete": "off"})
    written.attrs.pop("step", None)
    written.separators = not isinstance(bound.field, forms.DecimalField)
    return written
