"""The questions of the matching page, made from the pack. Everything stands in the address."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clauses.engine.policy import Policy
from clauses.matching import Matching

WAN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
MOST_WAN = Decimal(9_999_999)
LONGEST = 60
YES_NO = (("yes", "是"), ("no", "不是"))
MEANS = {"yes": True, "no": False}


class WanField(forms.CharField):
    """万元 as people write it; yields yuan. Full width, separators, 万元 after it."""

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", super().to_python(value) or "").strip()
        if not text:
            return None
        if len(text) > LONGEST:
            raise forms.ValidationError("金额太长，请只写数字。", code="too_long")
        text = text.removesuffix("元").removesuffix("万").strip()
        if text.startswith(("-", "−")):
            raise forms.ValidationError("金额不能是负数。", code="negative_amount")
        if not WAN.fullmatch(text):
            raise forms.ValidationError("金额要写成数字，例如500，单位是万元。", code="bad_amount")
        wan = Decimal(text.replace(",", ""))
        if wan > MOST_WAN:
            raise forms.ValidationError("金额超过999亿元，请检查是否把元当成了万元。", code="too_large")
        if wan * 1_000_000 % 1:
            raise forms.ValidationError("金额最多精确到分，即六位小数。", code="too_precise")
        return wan * 10_000


class MatchForm(forms.Form):
    """About the organisation, then its plans, each with a rough amount, then when."""

    def __init__(self, data: QueryDict | None, *, policy: Policy, matching: Matching) -> None:
        super().__init__(data)
        self.policy = policy
        self.matching = matching
        item = next(iter(policy.items.values()))
        for question in matching.questions:
            spec = item.fact(question.fact)
            if spec is None:
                continue
            choices = YES_NO if spec.type == "bool" else tuple(spec.choices.items())
            self.fields[question.fact] = forms.ChoiceField(
                label=question.label,
                help_text=question.help,
                choices=[*choices, ("", "不确定")],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": f"请从选项中选择{question.label}。"},
            )
        for topic in matching.topics.values():
            self.fields[f"plan-{topic.code}"] = forms.BooleanField(
                label=topic.label, help_text=topic.help, required=False
            )
            if topic.asks_money:
                self.fields[f"wan-{topic.code}"] = WanField(
                    label=f"{topic.label}：大约多少钱",
                    required=False,
                )
        self.fields["on"] = forms.DateField(
            label="费用或活动的大致日期",
            help_text="用来判断是否在政策期内。日期不止一个的，填最早的。",
            required=False,
            widget=forms.DateInput,
            error_messages={"invalid": "日期要写成年、月、日，例如2023-03-01。"},
        )

    @property
    def questions(self) -> list[BoundField]:
        return [self[one.fact] for one in self.matching.questions if one.fact in self.fields]

    @property
    def plans(self) -> list[tuple[BoundField, BoundField | None]]:
        """Each plan with the field for its amount."""
        return [
            (self[f"plan-{code}"], self[f"wan-{code}"] if topic.asks_money else None)
            for code, topic in self.matching.topics.items()
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in self.fields:
            if isinstance(self.data, QueryDict) and len(self.data.getlist(name)) > 1:
                label = self.fields[name].label
                self.add_error(name, f"“{label}”在地址里写了不止一次，请只保留一个。")
        if not self.chosen and not any(name.startswith(("plan-", "wan-")) for name in self.errors):
            self.add_error(None, "请至少选一项计划。")
        return found

    @property
    def chosen(self) -> list[str]:
        """The plans that are ticked, or have an amount."""
        said = self.cleaned_data
        return [
            code
            for code in self.matching.topics
            if said.get(f"plan-{code}") or said.get(f"wan-{code}") is not None
        ]

    def document(self) -> dict[str, Any]:
        """The question in the interface's shape; call after `is_valid`."""
        said = self.cleaned_data
        facts: dict[str, Any] = {}
        for bound in self.questions:
            if said.get(bound.name):
                facts[bound.name] = MEANS.get(said[bound.name], said[bound.name])
        plans = []
        for code in self.chosen:
            amount = said.get(f"wan-{code}")
            plans.append({"topic": code} | ({} if amount is None else {"amount": f"{amount:.2f}"}))
        found: dict[str, Any] = {"policy": self.policy.id, "facts": facts, "plans": plans}
        if said.get("on"):
            found["on"] = said["on"].isoformat()
        return found

    def said(self) -> list[tuple[str, str | SafeString]]:
        """The answers in words."""
        found: list[tuple[str, str | SafeString]] = []
        for bound in self.questions:
            value = self.cleaned_data.get(bound.name)
            if value:
                choices: dict[str, str] = dict(getattr(bound.field, "choices", ()))
                found.append((str(bound.label), choices[value]))
        for code in self.chosen:
            amount = self.cleaned_data.get(f"wan-{code}")
            label = self.matching.topics[code].label
            found.append(
                (label, "没有填写金额" if amount is None else one_line(f"{plain(amount / 10_000)}万元"))
            )
        if self.cleaned_data.get("on"):
            day = self.cleaned_data["on"]
            found.append(("大致日期", f"{day.year}年{day.month}月{day.day}日"))
        return found


def one_line(text: str) -> SafeString:
    return format_html('<span class="pt-nowrap">{}</span>', text)


def plain(value: Decimal) -> str:
    text = f"{value:,.6f}".rstrip("0")
    return text.rstrip(".")
