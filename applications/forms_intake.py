"""Forms of the formal check."""

from typing import Any

from django import forms

from applications.states import RefusalCodes, Sections
from portal.kernel.forms import text_field

ROWS = 5
MOST_FAULTS = 50


class FaultForm(forms.Form):
    """One thing to mend: the section it opens again, and what is wrong. An empty row is no fault."""

    section = forms.ChoiceField(
        label="要补正的部分", choices=[("", "请选择"), *Sections.choices], required=False
    )
    text = text_field("问题和改法", 500, rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        section, text = values.get("section"), (values.get("text") or "").strip()
        if text and not section and "section" not in self.errors:
            self.add_error("section", "请选择要补正的部分。")
        if section and not text and "text" not in self.errors:
            self.add_error("text", "请写明要补正什么。")
        return values


FaultSet = forms.formset_factory(
    FaultForm, extra=ROWS, max_num=MOST_FAULTS, absolute_max=MOST_FAULTS, validate_max=True
)


def filled(rows: Any) -> list[tuple[int, dict[str, str]]]:
    """Rows of a valid set with something in them, each with its place in it."""
    return [
        (place, {"section": row.cleaned_data["section"], "text": row.cleaned_data["text"]})
        for place, row in enumerate(rows.forms)
        if row.cleaned_data.get("section") or row.cleaned_data.get("text")
    ]


class RefuseForm(forms.Form):
    """Why a claim is not taken up."""

    code = forms.ChoiceField(label="不予受理的原因", choices=RefusalCodes.choices, widget=forms.RadioSelect)
    note = text_field("具体说明", 1000, rows=5, help_text="会写进不予受理通知书，写明事实和对应的条件")
    confirmed = forms.BooleanField(label="我已核对，这份申报不能通过补正解决")
