"""The formal check for programs: accept, ask for a correction, refuse."""

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from applications import selectors, services
from applications.api.reading import NOT_FOUND, EmptyBody, IssuedPaper, Strict, body, issued, says
from applications.models import Claim
from applications.signs import signs
from applications.states import ClaimStates, Proofs, RefusalCodes, Sections
from portal.accounts.permissions import is_case_staff, is_intake
from portal.kernel.models import Document
from portal.kernel.permissions import require

NOT_INTAKE = says("forbidden", "这件事由“受理岗”办理，你的账号没有这个角色。")
NOT_STAFF = says("forbidden", "这件事由受理、经办、审定和审计的工作人员办理。")
STATE = says("wrong_state", "现在的状态是“已受理”，不能受理。请刷新页面看最新状态。")


class Ruling(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(ClaimStates.choices)
    correction_due_on = serializers.DateField(allow_null=True)
    document = IssuedPaper(allow_null=True)


class NewFault(Strict):
    section = serializers.CharField(
        help_text="、".join(f"{value}（{label}）" for value, label in Sections.choices)
    )
    text = serializers.CharField(allow_blank=True)


class CorrectionNotice(Strict):
    faults = NewFault(many=True)


class RefusalNotice(Strict):
    code = serializers.CharField(
        help_text="、".join(f"{value}（{label}）" for value, label in RefusalCodes.choices)
    )
    note = serializers.CharField(allow_blank=True, max_length=2000)


class CostSign(serializers.Serializer):
    code = serializers.CharField(
        help_text="consecutive、same_supplier、related、own_paper、reversed、twin、other_title"
    )
    text = serializers.CharField()
    tone = serializers.CharField(help_text="wait请核对，bad不一致")


class CostSigns(serializers.Serializer):
    cost_item = serializers.IntegerField()
    name = serializers.CharField()
    proof = serializers.ChoiceField(Proofs.choices)
    signs = CostSign(many=True)


@extend_schema(
    operation_id="desk_accept",
    summary="受理",
    tags=["形式审查"],
    request=EmptyBody,
    responses={200: Ruling, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
def accept(request: Request, number: str) -> Response:
    found = _filed(request, number)
    body(EmptyBody, request)
    return _ruling(services.accept(actor=request.user, claim=found), None)


@extend_schema(
    operation_id="desk_correct",
    summary="退回补正",
    description="一份通知写明全部问题；只有列出的部分可以改。",
    tags=["形式审查"],
    request=CorrectionNotice,
    responses={200: Ruling, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "缺发票",
            value={"faults": [{"section": "papers", "text": "第2笔费用缺发票。"}]},
            request_only=True,
        )
    ],
)
@api_view(["POST"])
def correct(request: Request, number: str) -> Response:
    found = _filed(request, number)
    asked, document = services.ask_correction(
        actor=request.user, claim=found, **body(CorrectionNotice, request)
    )
    return _ruling(asked, document)


@extend_schema(
    operation_id="desk_refuse",
    summary="不予受理",
    tags=["形式审查"],
    request=RefusalNotice,
    responses={200: Ruling, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "主体不符",
            value={"code": "not_eligible", "note": "申报单位不是平台建设主体。"},
            request_only=True,
        )
    ],
)
@api_view(["POST"])
def refuse(request: Request, number: str) -> Response:
    found = _filed(request, number)
    refused, document = services.refuse(actor=request.user, claim=found, **body(RefusalNotice, request))
    return _ruling(refused, document)


@extend_schema(
    operation_id="desk_signs",
    summary="申报里需要留意的费用",
    description="可能拆开的采购、可能的关联方、红字发票、重号的凭证。只是提示，由工作人员核对。",
    tags=["形式审查"],
    responses={200: CostSigns(many=True), 403: NOT_STAFF, 404: NOT_FOUND},
)
@api_view(["GET"])
def cost_signs(request: Request, number: str) -> Response:
    require(is_case_staff, request.user, None)
    found = selectors.claims().filter(number=number, filed_at__isnull=False).first()
    if found is None:
        raise Http404
    items = selectors.nominated(found)
    marked = signs(found, items)
    rows = [
        {"cost_item": item.pk, "name": item.name, "proof": item.proof, "signs": marked[item.pk]}
        for item in items
        if item.pk in marked
    ]
    return Response(CostSigns(rows, many=True).data)


def _filed(request: Request, number: str) -> Claim:
    """A claim that was filed; drafts are nobody's but the applicant's."""
    require(is_intake, request.user, None)
    found = selectors.claims().filter(number=number, filed_at__isnull=False).first()
    if found is None:
        raise Http404
    return found


def _ruling(found: Claim, document: Document | None) -> Response:
    paper = issued(document) if document else None
    return Response(
        Ruling(
            {
                "number": found.number,
                "state": found.state,
                "correction_due_on": found.correction_due_on,
                "document": paper,
            }
        ).data
    )
