"""Forms and refusals: what a service says no to comes back at the field it belongs to."""

from typing import Any

from django import forms
from django.forms import BaseForm

from portal.kernel.refusals import Refusal


def add_refusals(form: BaseForm, refusal: Refusal) -> None:
    """Put every part of `refusal` onto `form`: at the field it names, above the form when it names none."""
    assert form.errors is not None
    for part in refusal.parts:
        form.add_error(part.field if part.field in form.fields else None, part.message)


def text_field(
    label: str,
    limit: int,
    *,
    rows: int = 0,
    required: bool = True,
    help_text: str = "",
    autocomplete: str = "",
) -> forms.CharField:
    """A text of at most `limit` characters, in one line or with `rows`; says how many are too many."""
    attrs: dict[str, Any] = {"rows": rows} if rows else {}
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs),
        error_messages={"max_length": "最多%(limit_value)d个字，现在是%(show_value)d个字。"},
    )
