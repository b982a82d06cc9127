"""Claims: start, fill section by section, submit once, withdraw."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from applications import selectors, services
from applications.api.reading import (
    BEFORE,
    FORBIDDEN,
    NOT_FOUND,
    STALE,
    EmptyBody,
    Facts,
    IssuedPaper,
    Strict,
    body,
    claim_address,
    issued,
    own_claim,
    page,
    paged,
    says,
    unknown,
)
from applications.models import Claim, CostItem, Project
from applications.states import DEAD, ClaimStates, Sections
from clauses import selectors as programmes
from clauses.models import Item, Round
from portal.accounts.permissions import is_applicant
from portal.kernel import clock, issuing
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any

CLOSED = says(
    "round_closed", "“2023年第一批”已于2023年7月1日 00:00截止，系统收到的时间是2023年7月1日 00:00:03。"
)
INCOMPLETE = says("missing", "上传发票，还缺1笔费用的。", {"papers": ["上传发票，还缺1笔费用的。"]})
STATE = says("wrong_state", "现在的状态是“已批复”，不能撤回。请刷新页面看最新状态。")
HELD = says("held", "申报2023-2A-0001已经批复，这笔费用不能再改用。")


class ClaimRow(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    item = serializers.CharField(source="item.code")
    title = serializers.CharField(source="item.title")
    round = serializers.CharField(source="round.number")
    project = serializers.IntegerField(source="project_id")
    state = serializers.ChoiceField(ClaimStates.choices)
    version = serializers.IntegerField()
    filed_at = serializers.DateTimeField(allow_null=True)


class EstimateReason(serializers.Serializer):
    code = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()
    text = serializers.CharField()


class EstimateExcluded(serializers.Serializer):
    id = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()


class EstimateSetting(serializers.Serializer):
    id = serializers.CharField()
    value = serializers.JSONField()
    source = serializers.CharField()
    document_number = serializers.CharField(required=False)
    effective_from = serializers.DateField(required=False)


class EstimateStep(serializers.Serializer):
    label = serializers.CharField()
    why = serializers.CharField()
    formula = serializers.CharField()
    result = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()
    setting = serializers.CharField(allow_null=True)


class Estimate(serializers.Serializer):
    """The same answer as `POST /api/v1/calculate/` gives to one claim."""

    id = serializers.CharField()
    item = serializers.CharField()
    outcome = serializers.CharField()
    base = serializers.CharField(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    computed = serializers.CharField(allow_null=True)
    cap = serializers.CharField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    excluded_costs = EstimateExcluded(many=True)
    reasons = EstimateReason(many=True)
    settings = EstimateSetting(many=True)
    steps = EstimateStep(many=True)


class MissingAct(serializers.Serializer):
    section = serializers.CharField()
    text = serializers.CharField()
    anchor = serializers.CharField(allow_blank=True)


class ClaimConflict(serializers.Serializer):
    cost_item = serializers.IntegerField()
    held_by = serializers.CharField(allow_null=True, help_text="你单位占用它的申报；不是你单位的不写")
    text = serializers.CharField()


class CorrectionFault(serializers.Serializer):
    section = serializers.ChoiceField(Sections.choices)
    text = serializers.CharField()


class FiledClaim(ClaimRow):
    unlocked = serializers.ListField(child=serializers.CharField(), help_text="现在可以改的部分")
    facts = Facts()
    public_money = serializers.BooleanField(allow_null=True)
    public_money_note = serializers.CharField(allow_blank=True)
    cost_items = serializers.ListField(child=serializers.IntegerField())
    conflicts = ClaimConflict(many=True)
    missing = MissingAct(many=True)
    faults = CorrectionFault(many=True, help_text="补正通知列出的问题")
    correction_due_on = serializers.DateField(allow_null=True)
    content_digest = serializers.CharField(allow_blank=True)
    receipt = IssuedPaper(allow_null=True)
    estimate = Estimate()


class NewClaim(Strict):
    item = serializers.CharField(help_text="事项编号，例如2a")
    round = serializers.CharField(help_text="批次编号")
    project = serializers.IntegerField(help_text="你单位项目的id")


class Versioned(Strict):
    version = serializers.IntegerField(help_text="你看到的版本；别人先保存了就返回409")


class OverviewAnswers(Versioned):
    facts = Facts(help_text="事项要填的信息，键见事项的facts；没有写的保持原样")


class PublicMoneyAnswer(Versioned):
    public_money = serializers.BooleanField(allow_null=True)
    public_money_note = serializers.CharField(allow_blank=True, required=False)


class ChosenCosts(Versioned):
    cost_items = serializers.ListField(child=serializers.IntegerField(), max_length=5000)


class Submission(Versioned):
    committed = serializers.BooleanField(help_text="已阅读并签署信用承诺")


class SubmittedClaim(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(ClaimStates.choices)
    filed_at = serializers.DateTimeField()
    content_digest = serializers.CharField()
    receipt = IssuedPaper()


class Withdrawal(Strict):
    reason = serializers.CharField(allow_blank=True, default="", max_length=2000)


class HolderChoice(Strict):
    cost_item = serializers.IntegerField()


ClaimPage = paged("ClaimPage", ClaimRow)


@extend_schema(
    methods=["GET"],
    operation_id="claims_list",
    summary="你单位的申报，新的在前",
    tags=["申报"],
    parameters=[BEFORE],
    responses={200: ClaimPage, 403: FORBIDDEN},
)
@extend_schema(
    methods=["POST"],
    operation_id="claims_start",
    summary="开始申报",
    description="同一项目在同一批次的同一事项只有一份草稿：再次请求返回原来那份（200）。",
    tags=["申报"],
    request=NewClaim,
    responses={201: FiledClaim, 200: FiledClaim, 400: CLOSED, 403: FORBIDDEN},
    examples=[
        OpenApiExample("申报2a", value={"item": "2a", "round": "2023-1", "project": 3}, request_only=True)
    ],
)
@api_view(["GET", "POST"])
def claims(request: Request) -> Response:
    require(is_applicant, request.user, None)
    if request.method == "GET":
        found = selectors.claims_of(request.user.organisation)
        return Response(page(request, found, ClaimRow, newest_first=True))
    given = body(NewClaim, request)
    project = Project.objects.filter(pk=given["project"], organisation=request.user.organisation).first()
    window = Round.objects.select_related("policy").filter(number=given["round"]).first()
    item = (
        Item.objects.select_related("policy").filter(policy=window.policy, code=given["item"]).first()
        if window
        else None
    )
    raise_any(
        unknown(field, message)
        for field, thing, message in (
            ("project", project, "没有找到你单位的这个项目。"),
            ("round", window, "没有找到这个批次。"),
            ("item", item or window is None, "这个批次所属的政策没有这一事项。"),
        )
        if not thing
    )
    there = Claim.objects.filter(project=project, item=item, round=window).exclude(state__in=DEAD).exists()
    made = services.start_claim(actor=request.user, project=project, item=item, window=window)
    return Response(
        shown(request, made.number),
        status=status.HTTP_200_OK if there else status.HTTP_201_CREATED,
        headers={"Location": claim_address(request, made.number)},
    )


@extend_schema(
    operation_id="claims_read",
    summary="一份申报的全部内容",
    description="附按现有数字的估算（不是承诺）、提交前还缺什么、版本号和现在可以改的部分。",
    tags=["申报"],
    responses={200: FiledClaim, 404: NOT_FOUND},
)
@api_view(["GET"])
def claim(request: Request, number: str) -> Response:
    return Response(shown(request, number))


@extend_schema(
    operation_id="claims_overview",
    summary="填写事项信息",
    tags=["申报"],
    request=OverviewAnswers,
    responses={200: FiledClaim, 400: says("locked", "已经提交的内容不能再改。"), 404: NOT_FOUND, 409: STALE},
    examples=[
        OpenApiExample(
            "填两项",
            value={"version": 1, "facts": {"platform_name": "寒地装备智能检测平台", "vat_deductible": True}},
            request_only=True,
        )
    ],
)
@api_view(["PATCH"])
def overview(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    given = body(OverviewAnswers, request)
    _, rules = programmes.rules_of(found.item)
    known = {fact.key for fact in selectors.asked_facts(rules)}
    raise_any(
        Refusal(f"这一事项不问“{key}”。", code="unknown_fact", field=key)
        for key in given["facts"]
        if key not in known
    )
    return _saved(request, found, Sections.OVERVIEW, given["facts"], given["version"])


@extend_schema(
    operation_id="claims_public_money",
    summary="说明其他财政资金",
    tags=["申报"],
    request=PublicMoneyAnswer,
    responses={200: FiledClaim, 400: says("locked", "已经提交的内容不能再改。"), 404: NOT_FOUND, 409: STALE},
    examples=[OpenApiExample("没有", value={"version": 2, "public_money": False}, request_only=True)],
)
@api_view(["PATCH"])
def public_money(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    given = body(PublicMoneyAnswer, request)
    version = given.pop("version")
    values = {"public_money_note": found.public_money_note, **given}
    return _saved(request, found, Sections.PUBLIC_MONEY, values, version)


@extend_schema(
    operation_id="claims_costs",
    summary="选择计入申报的费用",
    description="写出全部要计入的费用；没有写的不再计入。",
    tags=["申报"],
    request=ChosenCosts,
    responses={
        200: FiledClaim,
        400: says("foreign_cost", "只能选择本项目下的费用。"),
        404: NOT_FOUND,
        409: STALE,
    },
    examples=[OpenApiExample("一笔", value={"version": 3, "cost_items": [7]}, request_only=True)],
)
@api_view(["PUT"])
def costs(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    given = body(ChosenCosts, request)
    wanted = set(given["cost_items"])
    chosen = list(CostItem.objects.filter(pk__in=wanted, organisation=request.user.organisation))
    absent = sorted(wanted - {item.pk for item in chosen})
    if absent:
        raise unknown("cost_items", f"没有找到你单位的这些费用：{'、'.join(map(str, absent[:10]))}。")
    services.nominate(actor=request.user, claim=found, cost_items=chosen, version=given["version"])
    return Response(shown(request, number))


@extend_schema(
    operation_id="claims_submit",
    summary="提交申报或补正",
    description="提交一次；再次请求返回同一份回执。时间以数据库服务器为准。",
    tags=["申报"],
    request=Submission,
    responses={200: SubmittedClaim, 400: INCOMPLETE, 403: FORBIDDEN, 404: NOT_FOUND, 409: STALE},
    examples=[
        OpenApiExample("提交", value={"version": 5, "committed": True}, request_only=True),
        OpenApiExample(
            "回执",
            value={
                "number": "2023-2A-0001",
                "state": "submitted",
                "filed_at": "2023-06-01T10:00:00+08:00",
                "content_digest": "9f2c…",
                "receipt": {
                    "number": "SL-2023-0001",
                    "address": "https://portal.example/verify/SL-2023-0001-k3m9wq7hx2pd/",
                },
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
@api_view(["POST"])
def submit(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    filed, receipt = services.submit(actor=request.user, claim=found, **body(Submission, request))
    return Response(
        SubmittedClaim(
            {
                "number": filed.number,
                "state": filed.state,
                "filed_at": filed.filed_at,
                "content_digest": filed.content_digest,
                "receipt": issued(receipt),
            }
        ).data
    )


@extend_schema(
    operation_id="claims_withdraw",
    summary="撤回申报",
    description="批复之前可以撤回；占用的费用随即释放。不能恢复。",
    tags=["申报"],
    request=Withdrawal,
    responses={200: FiledClaim, 403: FORBIDDEN, 404: NOT_FOUND, 409: STATE},
    examples=[OpenApiExample("撤回", value={"reason": "材料有误，改正后重报。"}, request_only=True)],
)
@api_view(["POST"])
def withdraw(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    services.withdraw(actor=request.user, claim=found, **body(Withdrawal, request))
    return Response(shown(request, number))


@extend_schema(
    operation_id="claims_discard",
    summary="作废草稿",
    tags=["申报"],
    request=EmptyBody,
    responses={200: FiledClaim, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
def discard(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    body(EmptyBody, request)
    services.discard(actor=request.user, claim=found)
    return Response(shown(request, number))


@extend_schema(
    operation_id="claims_choose_holder",
    summary="决定一笔费用由本申报使用",
    description="这笔费用由你单位的另一份申报占用时，改由本申报使用。另一份已批复的不能改。",
    tags=["申报"],
    request=HolderChoice,
    responses={200: FiledClaim, 403: FORBIDDEN, 404: NOT_FOUND, 409: HELD},
    examples=[OpenApiExample("改用", value={"cost_item": 7}, request_only=True)],
)
@api_view(["POST"])
def choose_holder(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    pk = body(HolderChoice, request)["cost_item"]
    chosen = CostItem.objects.filter(pk=pk, organisation=request.user.organisation).first()
    if chosen is None:
        raise unknown("cost_item", "没有找到你单位的这笔费用。")
    services.choose_holder(actor=request.user, claim=found, cost_item=chosen)
    return Response(shown(request, number))


def shown(request: Request, number: str) -> dict[str, Any]:
    """Everything about a claim of the caller's organisation."""
    found = own_claim(request, number)
    chosen = selectors.nominated(found)
    receipt = issuing.papers_of(found, "receipt").first()
    row: dict[str, Any] = dict(ClaimRow(found).data)
    return {
        **row,
        "unlocked": sorted(selectors.unlocked(found)),
        "facts": found.facts,
        "public_money": found.public_money,
        "public_money_note": found.public_money_note,
        "cost_items": [item.pk for item in chosen],
        "conflicts": [
            {"cost_item": pk, "held_by": one.own.number if one.own else None, "text": one.text}
            for pk, one in sorted(selectors.conflicts(found, chosen).items())
        ],
        "missing": [
            {"section": one.section, "text": one.text, "anchor": one.anchor}
            for one in (selectors.missing_actions(found) if selectors.editable(found) else [])
        ],
        "faults": found.faults,
        "correction_due_on": found.correction_due_on,
        "content_digest": found.content_digest,
        "receipt": issued(receipt) if receipt else None,
        "estimate": programmes.documented(
            selectors.estimate(found), found.filed_at or clock.now(), found.ended_at
        ),
    }


def _saved(request: Request, found: Claim, section: str, values: dict[str, Any], version: int) -> Response:
    services.save_section(actor=request.user, claim=found, section=section, values=values, version=version)
    return Response(shown(request, found.number))
