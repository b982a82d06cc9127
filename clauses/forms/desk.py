"""What staff enter: a round of claims, an event for the year list."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms

from clauses import catalogue
from clauses.forms.fields import DAY_FAULT
from clauses.models import Item as LoadedItem
from clauses.models import Policy as LoadedPolicy
from portal.kernel import clock
from portal.kernel.refusals import Refusal


class Minute(forms.DateTimeInput):
    """A day and a minute; the browser's own picker unless it would drop what was typed."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        written = context["widget"]["value"]
        if written is None or _reads(written):
            context["widget"]["type"] = "datetime-local"
        return context


def _reads(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


class OneYear(forms.IntegerField):
    """A year in four digits."""

    default_error_messages = {"invalid": "年度要写成四位数字，例如2023。"}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 2000 <= value <= 2099:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class _OfPolicy(forms.Form):
    """A form about one policy; asks which only when there are several."""

    policy = forms.ModelChoiceField(label="政策", queryset=LoadedPolicy.objects.none(), empty_label=None)

    def __init__(self, *args: Any, policies: list[LoadedPolicy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = policies
        if len(policies) > 1:
            self.fields["policy"].queryset = LoadedPolicy.objects.filter(pk__in=[one.pk for one in policies])
        else:
            del self.fields["policy"]

    def chosen_policy(self) -> LoadedPolicy:
        return self.cleaned_data.get("policy") or self.policies[0]

    def refuse(self, refusal: Refusal) -> None:
        """The service's no, beside the field it names."""
        for part in refusal.parts:
            self.add_error(part.field if part.field in self.fields else None, part.message)


def _moment(label: str, hint: str) -> forms.DateTimeField:
    fault = "时间要写到分，例如2023-10-16T09:00。"
    return forms.DateTimeField(
        label=label, help_text=hint, widget=Minute(), error_messages={"invalid": fault}
    )


class ItemChoices(forms.ModelMultipleChoiceField):
    """Items by their place in the policy and their title."""

    places: Callable[[LoadedItem], str]

    def label_from_instance(self, item: Any) -> str:
        return f"{self.places(item)}　{item.title}"


class RoundForm(_OfPolicy):
    """A call for claims."""

    name = forms.CharField(label="批次名称", max_length=80, help_text="例如2023年度第二批。")
    number = forms.SlugField(
        label="批次编号",
        max_length=20,
        help_text="用在地址里，例如2023-2。",
        error_messages={"invalid": "批次编号只能用字母、数字和短横线，例如2023-2。"},
    )
    document_number = forms.CharField(label="通知文号", max_length=60)
    opens_at = _moment("开放时间", "精确到分。")
    closes_at = _moment("截止时间", "到这一分钟为止。当天24:00截止的，填次日00:00。")
    items = ItemChoices(
        label="可以申报的事项", queryset=LoadedItem.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    guide = forms.CharField(
        label="申报指南", widget=forms.Textarea, help_text="说明申报条件、程序和联系方式。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contents = {content.id: content for _, content in catalogue.published()}
        now = clock.now()
        places = {
            (pack, one.code): one.place
            for pack, content in contents.items()
            for one in catalogue.offers(content, now)
            if one.pays
        }
        field = self.fields["items"]
        field.queryset = (
            LoadedItem.objects.select_related("policy")
            .filter(policy__in=self.policies, code__in={code for _, code in places})
            .order_by("policy", "ordinal")
        )
        field.places = lambda item: places.get((item.policy.pack, item.code), "")


class ListedEventForm(_OfPolicy):
    """An event for the year list."""

    year = OneYear(label="年度")
    name = forms.CharField(label="活动名称", max_length=120)
    held_on = forms.DateField(label="举办日期", widget=forms.DateInput, error_messages={"invalid": DAY_FAULT})
    organiser_name = forms.CharField(label="主办机构", max_length=120)
    organiser_code = forms.CharField(
        label="主办机构统一社会信用代码", max_length=40, help_text="18位，承办单位不能申报。"
    )
    document_number = forms.CharField(label="清单文号", max_length=60)
