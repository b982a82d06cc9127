"""Filing a request, adding to it, following up, rating it."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from applications.api.reading import BEFORE, FORBIDDEN, NOT_FOUND, Facts, Strict, body, page, says, unknown
from applications.requests import selectors, services
from applications.requests.api.reading import (
    LATE,
    STATE,
    RequestEntry,
    RequestFileEntry,
    RequestPage,
    StoredRequest,
    own_request,
    stored,
)
from applications.requests.states import Ratings
from applications.selectors import projects_of
from clauses.models import Item
from clauses.selectors import loaded_policies
from portal.accounts.permissions import is_applicant
from portal.kernel import clock
from portal.kernel.permissions import require

TAG = ["需求和转办"]
NOT_CERTIFIED = says("forbidden", "你单位还没有通过认证，认证后才能办理。认证一般需要1至3个工作日。")


class NewRequest(Strict):
    item = serializers.CharField(help_text="事项编号，例如8a")
    policy = serializers.CharField(required=False, help_text="政策编号，不写时取正式发布的政策")
    title = serializers.CharField(allow_blank=True, help_text="一句话，最多60个字")
    facts = Facts(help_text="事项要求填写的内容，见事项的facts")
    statement = serializers.CharField(
        allow_blank=True, default="", help_text="转办事项必填：做了什么、申请什么支持"
    )
    project = serializers.IntegerField(required=False, allow_null=True, help_text="转办事项：你单位的项目id")
    public_money = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="转办事项必填：有没有其他财政资金"
    )
    public_money_note = serializers.CharField(allow_blank=True, default="")


class NewRequestFile(Strict):
    file = serializers.FileField(allow_empty_file=True, help_text="PDF、JPG、PNG、XLSX、DOCX，不超过20MB")


class FollowUp(Strict):
    text = serializers.CharField(allow_blank=True, help_text="最多1,000字")


class Rating(Strict):
    rating = serializers.CharField(
        help_text="、".join(f"{value}（{label}）" for value, label in Ratings.choices)
    )
    words = serializers.CharField(allow_blank=True, default="", help_text="不满意的必填，最多500字")


class RequestWithdrawal(Strict):
    reason = serializers.CharField(allow_blank=True, default="")


@extend_schema(
    methods=["GET"],
    operation_id="requests_list",
    summary="你单位的需求和转办",
    tags=TAG,
    parameters=[BEFORE],
    responses={200: RequestPage, 403: FORBIDDEN},
)
@extend_schema(
    methods=["POST"],
    operation_id="requests_file",
    summary="提交需求或转办登记",
    description="同样的内容再提交一次得到同一件，回答200。政策期满后拒绝，并写明截止日期。",
    tags=TAG,
    request=NewRequest,
    responses={200: StoredRequest, 201: StoredRequest, 400: LATE, 403: NOT_CERTIFIED},
    examples=[
        OpenApiExample(
            "对接基金",
            value={
                "item": "8a",
                "title": "对接天使轮股权投资",
                "facts": {"request": "希望对接500万元股权投资，用于低温伺服产线。"},
            },
            request_only=True,
        ),
        OpenApiExample(
            "总部落户",
            value={
                "item": "5c",
                "title": "区域总部落户",
                "facts": {"other_policy": "哈政规〔2022〕15号"},
                "statement": "拟在松北区设立区域总部，注册已办结。",
                "public_money": False,
            },
            request_only=True,
        ),
    ],
)
@api_view(["GET", "POST"])
def requests(request: Request) -> Response:
    require(is_applicant, request.user, None)
    if request.method == "GET":
        found = selectors.requests_of(request.user.organisation)
        return Response(page(request, found, RequestEntry, newest_first=True))
    given = body(NewRequest, request)
    item = _item(given.pop("item"), given.pop("policy", ""))
    key = given.pop("project", None)
    project = projects_of(request.user.organisation).filter(pk=key).first() if key is not None else None
    if key is not None and project is None:
        raise unknown("project", "没有找到你单位的这个项目。")
    before = clock.legal_now()
    asked, _ = services.file_request(actor=request.user, item=item, project=project, **given)
    new = asked.filed_at >= before
    return Response(stored(request, asked), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


@extend_schema(
    operation_id="requests_read",
    summary="一件需求或转办",
    tags=TAG,
    responses={200: StoredRequest, 403: FORBIDDEN, 404: NOT_FOUND},
)
@api_view(["GET"])
def request_read(request: Request, number: str) -> Response:
    return Response(stored(request, own_request(request, number)))


@extend_schema(
    operation_id="requests_add_file",
    summary="补充材料",
    description="等待答复的时候可以补充，同一个文件两次只算一份。",
    tags=TAG,
    request={"multipart/form-data": NewRequestFile},
    responses={201: RequestFileEntry, 403: FORBIDDEN, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
@parser_classes([MultiPartParser])
def request_files(request: Request, number: str) -> Response:
    asked = own_request(request, number)
    file = body(NewRequestFile, request)["file"]
    kept = services.add_file(
        actor=request.user, asked=asked, file=services.NewFile(file.file, file.name, file.size)
    )
    entry = next(one for one in stored(request, asked)["files"] if one["id"] == kept.pk)
    return Response(entry, status=status.HTTP_201_CREATED)


@extend_schema(
    operation_id="requests_follow_up",
    summary="追问一次",
    tags=TAG,
    request=FollowUp,
    responses={200: StoredRequest, 403: FORBIDDEN, 404: NOT_FOUND, 409: STATE},
    examples=[OpenApiExample("追问", value={"text": "联系人是谁？"}, request_only=True)],
)
@api_view(["POST"])
def request_follow_up(request: Request, number: str) -> Response:
    asked = own_request(request, number)
    return Response(
        stored(request, services.follow_up(actor=request.user, asked=asked, **body(FollowUp, request)))
    )


@extend_schema(
    operation_id="requests_rate",
    summary="评价答复",
    description="评价一次，评价后办结。",
    tags=TAG,
    request=Rating,
    responses={200: StoredRequest, 403: FORBIDDEN, 404: NOT_FOUND, 409: STATE},
    examples=[OpenApiExample("满意", value={"rating": "good"}, request_only=True)],
)
@api_view(["POST"])
def request_rate(request: Request, number: str) -> Response:
    asked = own_request(request, number)
    return Response(stored(request, services.rate(actor=request.user, asked=asked, **body(Rating, request))))


@extend_schema(
    operation_id="requests_withdraw",
    summary="撤回",
    tags=TAG,
    request=RequestWithdrawal,
    responses={200: StoredRequest, 403: FORBIDDEN, 404: NOT_FOUND, 409: STATE},
)
@api_view(["POST"])
def request_withdraw(request: Request, number: str) -> Response:
    asked = own_request(request, number)
    given = body(RequestWithdrawal, request)
    return Response(stored(request, services.withdraw(actor=request.user, asked=asked, **given)))


def _item(code: str, pack: str) -> Item:
    packs = [pack] if pack else [row.pack for row in loaded_policies()]
    found = Item.objects.select_related("policy").filter(code=code, policy__pack__in=packs)
    item = found.order_by("policy_id").first()
    if item is None:
        raise unknown("item", "没有找到这个事项。")
    return item
