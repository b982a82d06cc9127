"""The responsible unit's desk for programs."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from applications.api.reading import BEFORE, NOT_FOUND, Strict, body, page, unknown
from applications.requests import services
from applications.requests.api.reading import (
    NOT_MINE,
    STATE,
    DeskRequest,
    RequestEntry,
    RequestPage,
    at_desk,
    desk_list,
    desk_request,
)
from applications.requests.permissions import reads_desk
from portal.accounts.models import Unit
from portal.kernel.permissions import require

TAG = ["需求和转办"]


class NewAnswer(Strict):
    text = serializers.CharField(allow_blank=True, help_text="最多3,000字，申报单位原样看到")
    in_writing = serializers.BooleanField(default=False, help_text="同时出具编号的答复书")
    file = serializers.FileField(required=False, allow_empty_file=True, help_text="附件，用multipart提交")


class PassOn(Strict):
    unit = serializers.CharField(help_text="单位代码，要是条款列明的、有人办理的其他责任单位")
    reason = serializers.CharField(allow_blank=True)


class HandOver(Strict):
    other_policy = serializers.CharField(allow_blank=True, help_text="所依据的政策名称")
    other_document_number = serializers.CharField(allow_blank=True, help_text="文号")
    other_office = serializers.CharField(allow_blank=True, help_text="办理单位")
    overlap_note = serializers.CharField(allow_blank=True, help_text="查重结论")


class Decline(Strict):
    reason = serializers.CharField(allow_blank=True)


class ReferralResult(Strict):
    outcome = serializers.CharField(help_text="supported（已给予支持）、not_supported（不予支持）")
    other_file_number = serializers.CharField(allow_blank=True, help_text="办理单位的办理编号")
    outcome_on = serializers.DateField(help_text="决定日期")
    amount = serializers.CharField(allow_blank=True, default="", help_text='元，写成文字，例如"500000.00"')
    text = serializers.CharField(allow_blank=True)
    file = serializers.FileField(required=False, allow_empty_file=True, help_text="附件，用multipart提交")


@extend_schema(
    operation_id="desk_requests_list",
    summary="你单位收到的需求和转办",
    tags=TAG,
    parameters=[BEFORE],
    responses={200: RequestPage, 403: NOT_MINE},
)
@api_view(["GET"])
def desk_requests(request: Request) -> Response:
    require(reads_desk, request.user, None)
    return Response(page(request, desk_list(request.user), RequestEntry, newest_first=True))


@extend_schema(
    operation_id="desk_requests_read",
    summary="一件需求或转办，连同查重要看的申报",
    tags=TAG,
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND},
)
@api_view(["GET"])
def desk_read(request: Request, number: str) -> Response:
    return Response(at_desk(request, desk_request(request, number)))


@extend_schema(
    operation_id="desk_requests_answer",
    summary="答复需求，或答复追问",
    tags=TAG,
    request={"application/json": NewAnswer, "multipart/form-data": NewAnswer},
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND, 409: STATE},
    examples=[OpenApiExample("答复", value={"text": "已转基金管理人，一周内联系。"}, request_only=True)],
)
@api_view(["POST"])
@parser_classes([JSONParser, MultiPartParser])
def desk_answer(request: Request, number: str) -> Response:
    asked = desk_request(request, number, to_act=True)
    given = body(NewAnswer, request)
    files = _files(given)
    done, _ = services.answer(actor=request.user, asked=asked, files=files, **given)
    return Response(at_desk(request, done))


@extend_schema(
    operation_id="desk_requests_pass_on",
    summary="移交其他责任单位",
    description="时限不变。",
    tags=TAG,
    request=PassOn,
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample("移交", value={"unit": "banking", "reason": "属于融资担保。"}, request_only=True)
    ],
)
@api_view(["POST"])
def desk_pass_on(request: Request, number: str) -> Response:
    asked = desk_request(request, number, to_act=True)
    given = body(PassOn, request)
    unit = Unit.objects.filter(code=given["unit"]).first()
    if unit is None:
        raise unknown("unit", "没有找到这个单位。")
    done = services.pass_on(actor=request.user, asked=asked, unit=unit, reason=given["reason"])
    return Response(at_desk(request, done))


@extend_schema(
    operation_id="desk_requests_hand_over",
    summary="转办，出具转办函",
    tags=TAG,
    request=HandOver,
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "转办",
            value={
                "other_policy": "哈尔滨市鼓励总部经济发展若干政策措施",
                "other_document_number": "哈政规〔2022〕15号",
                "other_office": "市投资服务局总部经济处",
                "overlap_note": "没有发现重复。",
            },
            request_only=True,
        )
    ],
)
@api_view(["POST"])
def desk_hand_over(request: Request, number: str) -> Response:
    asked = desk_request(request, number, to_act=True)
    done, _ = services.hand_over(actor=request.user, asked=asked, **body(HandOver, request))
    return Response(at_desk(request, done))


@extend_schema(
    operation_id="desk_requests_decline",
    summary="不予转办",
    tags=TAG,
    request=Decline,
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
def desk_decline(request: Request, number: str) -> Response:
    asked = desk_request(request, number, to_act=True)
    done = services.decline(actor=request.user, asked=asked, **body(Decline, request))
    return Response(at_desk(request, done))


@extend_schema(
    operation_id="desk_requests_result",
    summary="登记转办的结果",
    tags=TAG,
    request={"application/json": ReferralResult, "multipart/form-data": ReferralResult},
    responses={200: DeskRequest, 403: NOT_MINE, 404: NOT_FOUND, 409: STATE},
    examples=[
        OpenApiExample(
            "已支持",
            value={
                "outcome": "supported",
                "other_file_number": "ZB-118",
                "outcome_on": "2023-11-20",
                "amount": "500000.00",
                "text": "已列入2023年总部企业奖励。",
            },
            request_only=True,
        )
    ],
)
@api_view(["POST"])
@parser_classes([JSONParser, MultiPartParser])
def desk_result(request: Request, number: str) -> Response:
    asked = desk_request(request, number, to_act=True)
    given = body(ReferralResult, request)
    files = _files(given)
    done = services.record_result(actor=request.user, asked=asked, files=files, **given)
    return Response(at_desk(request, done))


def _files(given: dict) -> list[services.NewFile]:
    """The uploaded file taken out of `given`, as the services read it."""
    file = given.pop("file", None)
    return [services.NewFile(file.file, file.name, file.size)] if file is not None else []
