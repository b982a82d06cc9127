"""The formal check for programs: accept, ask for a correction, refuse."""

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from applications import selectors, services
from applications.api.reading import NOT_FOUND, Strict, body, says
from applications.models import Claim
from applications.states import ClaimStates, RefusalCodes, Sections
from portal.accounts.permissions import is_intake
from portal.kernel import issuing
from portal.kernel.models import Document
from portal.kernel.permissions import require

NOT_INTAKE = says("forbidden", "这件事由“受理岗”办理，你的账号没有这个角色。")
STATE = says("wrong_state", "现在的状态是“已受理”，不能受理。请刷新页面看最新状态。")


class PaperIssued(serializers.Serializer):
    number = serializers.CharField()
    address = serializers.URLField(help_text="公开核验地址")


class RulingOut(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(ClaimStates.choices)
    correction_due_on = serializers.DateField(allow_null=True)
    document = PaperIssued(allow_null=True)


class FaultIn(Strict):
    section = serializers.CharField(help_text="、".join(f"{value}（{label}）" for value, label in Sections.choices))
    text = serializers.CharField(allow_blank=True)


class CorrectIn(Strict):
    faults = FaultIn(many=True)


class RefuseIn(Strict):
    code = serializers.CharField(help_text="、".join(f"{value}（{label}）" for value, label in RefusalCodes.choices))
    note = serializers.CharField(allow_blank=True, max_length=2000)


class NoContent(Strict):
    pass


@extend_schema(
    operation_id="desk_accept",
    summary="受理",
    tags=["形式审查"],
    request=NoContent,
    responses={200: RulingOut, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
def accept(request: Request, number: str) -> Response:
    found = _filed(request, number)
    body(NoContent, request)
    return _ruling(services.accept(actor=request.user, claim=found), None)


@extend_schema(
    operation_id="desk_correct",
    summary="退回补正",
    description="一份通知写明全部问题；只有列出的部分可以改。",
    tags=["形式审查"],
    request=CorrectIn,
    responses={200: RulingOut, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "缺发票", value={"faults": [{"section": "papers", "text": "第2笔费用缺发票。"}]}, request_only=True
        )
    ],
)
@api_view(["POST"])
def correct(request: Request, number: str) -> Response:
    found = _filed(request, number)
    asked, document = services.ask_correction(actor=request.user, claim=found, **body(CorrectIn, request))
    return _ruling(asked, document)


@extend_schema(
    operation_id="desk_refuse",
    summary="不予受理",
    tags=["形式审查"],
    request=RefuseIn,
    responses={200: RulingOut, 403: NOT_INTAKE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "主体不符", value={"code": "not_eligible", "note": "申报单位不是平台建设主体。"}, request_only=True
        )
    ],
)
@api_view(["POST"])
def refuse(request: Request, number: str) -> Response:
    found = _filed(request, number)
    refused, document = services.refuse(actor=request.user, claim=found, **body(RefuseIn, request))
    return _ruling(refused, document)


def _filed(request: Request, number: str) -> Claim:
    """A claim that was filed; drafts are nobody's but the applicant's."""
    require(is_intake, request.user, None)
    found = selectors.claims().filter(number=number, filed_at__isnull=False).first()
    if found is None:
        raise Http404
    return found


def _ruling(found: Claim, document: Document | None) -> Response:
    paper = {"number": document.number, "address": issuing.check_url(document)} if document else None
    return Response(
        RulingOut(
            {
                "number": found.number,
                "state": found.state,
                "correction_due_on": found.correction_due_on,
                "document": paper,
            }
        ).data
    )
