"""What must be mended, gathered for the error summary in the words that stand beside each field."""

from collections import Counter
from typing import Any

from django.forms import BaseForm, BaseFormSet

from portal.kernel.templatetags.bound_fields import anchor, error_texts
from portal.kernel.templatetags.drawing import row, rows


def faults_of(source: Any) -> list[dict[str, str]]:
    if isinstance(source, BaseFormSet):
        found = [{"text": str(text), "href": ""} for text in source.non_form_errors()]
        for number, form in enumerate(source.forms, start=1):
            found += [{**item, "text": f"第{number}行：{item['text']}"} for item in faults_of(form)]
        return found
    if isinstance(source, BaseForm):
        found = [{"text": str(text), "href": ""} for text in source.non_field_errors()]
        said = Counter(text for bound in source if not bound.is_hidden for text in error_texts(bound))
        for bound in source:
            if bound.errors and not bound.is_hidden:
                found += [
                    {"text": f"{bound.label}：{text}" if said[text] > 1 else text, "href": anchor(bound)}
                    for text in error_texts(bound)
                ]
            elif bound.errors:
                found += [{"text": text, "href": ""} for text in error_texts(bound)]
        return found
    if hasattr(source, "parts"):
        return [
            {"text": part.message, "href": f"#id_{part.field}" if part.field else ""} for part in source.parts
        ]
    listed = [row("errors", item, ("text",), ("anchor",)) for item in rows("errors", "sources", source)]
    return [
        {
            "text": item["text"],
            "href": f"#{str(item['anchor']).removeprefix('#')}" if item["anchor"] else "",
        }
        for item in listed
    ]
