"""Forms of requests and referrals. They keep what was typed; the services say what is wrong with it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from applications.forms import Files, FilesField, Text, area, day, fact_field, radios, select
from applications.models import Project
from applications.requests.models import ServiceRequest
from applications.requests.services import NewFile
from applications.requests.states import Outcomes, Ratings
from applications.selectors import asked_facts
from clauses import engine
from portal.accounts.models import Unit
from portal.kernel.refusals import Refusal


def files_field(label: str, help_text: str = "") -> FilesField:
    field: Any = FilesField(label=label, required=False, widget=Files(attrs={"data-upload": ""}))
    field.help_text, field.unit, field.width, field.may_be_empty = help_text, "", "", True
    return field


class FileForm(forms.Form):
    """Anything with files beside it."""

    def new_files(self) -> list[NewFile]:
        return [
            NewFile(one.file, one.name, one.size)
            for one in (self.files.getlist("files") if self.files else [])
        ]


class RequestForm(FileForm):
    """What the item asks, with a title; a referral also says for what, and what other public money there is."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        rules: engine.Item,
        referral: bool,
        projects: Iterable[Project] = (),
    ) -> None:
        super().__init__(data, files)
        self.referral = referral
        self.asked = asked_facts(rules)
        self.projects = {str(one.pk): one for one in projects}
        self.fields["title"] = Text(
            "标题", width="wide", help_text="一句话说明，最多60个字，例如“对接天使轮股权投资”。"
        )
        if referral:
            self.fields["statement"] = area(
                "情况说明", help_text="做了什么、符合哪项条件、申请什么支持。最多2,000字。"
            )
        for fact in self.asked:
            one_line = referral and fact.type == "text"
            self.fields[fact.key] = (
                Text(fact.label, width="wide", help_text=fact.help, may_be_empty=not fact.required)
                if one_line
                else fact_field(fact)
            )
        if referral:
            if self.projects:
                self.fields["project"] = select(
                    "对应的项目",
                    [(key, one.name) for key, one in self.projects.items()],
                    help_text="工作人员据此核对同一项目有没有重复支持。没有对应项目的不选。",
                    width="wide",
                    may_be_empty=True,
                )
            self.fields["public_money"] = radios(
                "同一件事有没有得到或正在申请其他财政资金",
                (("false", "没有"), ("true", "有")),
                help_text="国家、省、市、区县的都要说明。",
            )
            self.fields["public_money_note"] = area(
                "其他财政资金的情况",
                rows=4,
                help_text="有的，逐项写明级别、文件名称和文号、金额、用在哪些费用上。",
                may_be_empty="有的必填",
            )
        self.fields["files"] = files_field("情况介绍", "可以一次选几个，最多10个。")

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        found: dict[str, Any] = {
            "title": data["title"],
            "facts": {fact.key: data[fact.key] for fact in self.asked},
            "files": self.new_files(),
        }
        if self.referral:
            found |= {
                "statement": data["statement"],
                "project": self.projects.get(data.get("project", "")),
                "public_money": {"true": True, "false": False}.get(data["public_money"]),
                "public_money_note": data["public_money_note"],
            }
        return found


class PapersForm(FileForm):
    files = files_field("选择文件")


class FollowUpForm(forms.Form):
    follow_up = area("追问", rows=4, help_text="每件可以追问一次，5个工作日内答复。最多1,000字。")


class RateForm(forms.Form):
    rating = radios("对这次答复", Ratings.choices)
    rating_words = area("说明", rows=3, help_text="不满意的请写明哪里不满意。", may_be_empty="不满意的必填")


class WithdrawForm(forms.Form):
    reason = area("撤回的原因", rows=3, may_be_empty=True)


class AnswerForm(FileForm):
    text = area("答复", rows=8, help_text="申报单位会原样看到。写明结论、依据和下一步找谁。最多3,000字。")
    files = files_field("附件")
    in_writing = forms.BooleanField(label="同时出具编号的答复书", required=False)


class PassOnForm(forms.Form):
    unit = radios("移交给", ())
    reason = area("移交的理由", rows=3, help_text="申报单位会看到。最多500字。")

    def __init__(self, data: Any = None, *, units: Iterable[Unit]) -> None:
        self.units = {str(one.pk): one for one in units}
        super().__init__(data)
        self.fields["unit"].widget.choices = [(key, one.name) for key, one in self.units.items()]

    def chosen(self) -> Unit:
        """Refusal when none of those offered was chosen."""
        unit = self.units.get(self.cleaned_data["unit"])
        if unit is None:
            raise Refusal("请选择移交给哪个单位。", code="bad_unit", field="unit")
        return unit


class HandOverForm(forms.Form):
    other_policy = Text("所依据的政策", width="wide", help_text="政策文件的全称。")
    other_document_number = Text("文号", help_text="例如哈政规〔2022〕15号。")
    other_office = Text("办理单位", width="wide", help_text="负责审核和拨付的单位，转办函发给它。")
    overlap_note = area(
        "查重结论", rows=4, help_text="对照下面列出的申报和其他财政资金写明，没有重复也要写。会写进转办函。"
    )

    def __init__(self, data: Any = None, *, asked: ServiceRequest) -> None:
        given = asked.facts
        super().__init__(
            data,
            initial={
                "other_policy": given.get("other_policy", ""),
                "other_office": given.get("other_office", ""),
            },
        )


class DeclineForm(forms.Form):
    reason = area("不予转办的理由", rows=5, help_text="会作为答复告知申报单位。最多3,000字。")


class ResultForm(FileForm):
    outcome = radios(
        "办理结果",
        [(one.value, one.label) for one in (Outcomes.SUPPORTED, Outcomes.NOT_SUPPORTED)],
    )
    other_file_number = Text("办理编号", help_text="办理单位给这件事的编号或发文字号。")
    outcome_on = day("决定日期")
    amount = Text("支持金额", unit="元", help_text="没有资金的不填。", may_be_empty=True)
    text = area("结果说明", rows=5, help_text="申报单位会看到。最多3,000字。")
    files = files_field("附件")

    def __init__(self, data: Any = None, files: Any = None, *, asked: ServiceRequest) -> None:
        super().__init__(data, files, initial={"other_file_number": asked.facts.get("other_file_number", "")})

    def decided_on(self) -> date | None:
        """Refusal when what was typed is not a day."""
        typed = self.cleaned_data["outcome_on"]
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError as error:
            raise Refusal("日期要写成2023-03-01这样。", code="bad_date", field="outcome_on") from error
