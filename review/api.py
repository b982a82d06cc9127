"""Interfaces of the review side: public notices, and where an organisation's own claim stands."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from applications.permissions import owns
from portal.accounts.permissions import is_applicant
from portal.kernel import clock
from portal.kernel.issuing import check_path
from portal.kernel.paging import key_in
from portal.kernel.permissions import require
from portal.kernel.rest import Problem
from review import selectors
from review.models import Notice, ReviewCase
from review.states import APPLICANT, OWNERS, CaseStates, NoticeStates

PAGE = 50
MISSING = {404: OpenApiResponse(Problem, "没有这个编号")}


class NoticeSerializer(serializers.Serializer):
    """公示 without its list."""

    number = serializers.CharField(help_text="公示编号")
    title = serializers.CharField()
    state = serializers.ChoiceField(NoticeStates.choices)
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="最后一天，含当天")
    workdays = serializers.IntegerField()
    url = serializers.CharField()


class NoticeRowSerializer(serializers.Serializer):
    organisation = serializers.CharField()
    project = serializers.CharField()
    clause = serializers.CharField()
    amount = serializers.CharField(help_text="拟支持金额，元")
    base = serializers.CharField(allow_null=True, help_text="核定基数，元；评审定额的没有")
    rate = serializers.CharField(allow_null=True)
    cap = serializers.CharField(allow_null=True, help_text="上限，元")
    note = serializers.CharField(help_text="金额不再有效的原因，没有则为空")


class NoticeDetailSerializer(NoticeSerializer):
    rows = NoticeRowSerializer(many=True)
    total = serializers.CharField()
    objection_office = serializers.CharField()
    objection_contact = serializers.CharField()
    answer_days = serializers.IntegerField()
    check_path = serializers.CharField(help_text="查验地址")


class NoticesSerializer(serializers.Serializer):
    results = NoticeSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="下一页的`before`，没有则为空")


class ClockSerializer(serializers.Serializer):
    limit = serializers.IntegerField(help_text="时限，工作日")
    used = serializers.IntegerField(help_text="已用，工作日")
    due_on = serializers.DateField()
    late = serializers.BooleanField()


class ClaimReviewSerializer(serializers.Serializer):
    """Where a claim's review stands."""

    number = serializers.CharField()
    step = serializers.ChoiceField(CaseStates.choices)
    label = serializers.CharField()
    since = serializers.DateTimeField()
    owner = serializers.CharField(help_text="现在由谁办理；办结后为空")
    clock = ClockSerializer(allow_null=True)


def _notice(found: Notice, request: Request) -> dict[str, Any]:
    over = clock.today() > found.closes_on
    return {
        "number": found.document.number,
        "title": found.title,
        "state": NoticeStates.OVER.value if over else found.state,
        "opens_on": found.opens_on.isoformat(),
        "closes_on": found.closes_on.isoformat(),
        "workdays": found.workdays,
        "url": reverse("api:api_notice", args=[found.document.number], request=request),
    }


@extend_schema(
    operation_id="notices_list",
    summary="公示列表",
    tags=["公示"],
    parameters=[OpenApiParameter("before", int, description="上一页的`next`")],
    responses=NoticesSerializer,
    auth=[],
    examples=[
        OpenApiExample(
            "一条公示",
            {
                "results": [
                    {
                        "number": "GS-2023-0001",
                        "title": "2023年人工智能政策拟支持项目公示",
                        "state": "open",
                        "opens_on": "2023-10-16",
                        "closes_on": "2023-10-23",
                        "workdays": 5,
                        "url": "http://127.0.0.1:8000/api/v1/notices/GS-2023-0001/",
                    }
                ],
                "next": None,
            },
            response_only=True,
        )
    ],
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def notices(request: Request) -> Response:
    """全部公示，新的在前，每页50条。不用登录。"""
    found = selectors.notices()
    before = key_in(request.query_params.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    following = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return Response({"results": [_notice(one, request) for one in rows[:PAGE]], "next": following})


@extend_schema(
    summary="一份公示",
    tags=["公示"],
    responses={200: NoticeDetailSerializer, **MISSING},
    auth=[],
    examples=[
        OpenApiExample(
            "公示内容",
            {
                "number": "GS-2023-0001",
                "title": "2023年人工智能政策拟支持项目公示",
                "state": "open",
                "opens_on": "2023-10-16",
                "closes_on": "2023-10-23",
                "workdays": 5,
                "url": "http://127.0.0.1:8000/api/v1/notices/GS-2023-0001/",
                "rows": [
                    {
                        "organisation": "哈尔滨第1智能科技有限公司",
                        "project": "寒地装备智能检测平台",
                        "clause": "第二条 共性技术研发平台建设补助",
                        "amount": "9917200.00",
                        "base": "49586000.00",
                        "rate": "20%",
                        "cap": "10000000.00",
                        "note": "",
                    }
                ],
                "total": "9917200.00",
                "objection_office": "市科技局政策法规处",
                "objection_contact": "0451-0000 0010",
                "answer_days": 15,
                "check_path": "/verify/GS-2023-0001-abcdefgh2345/",
            },
            response_only=True,
        )
    ],
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def notice(request: Request, number: str) -> Response:
    """一份公示的期限、名单、金额和提出异议的办法。不用登录。"""
    try:
        found = selectors.notice_by_number(number)
    except Notice.DoesNotExist as error:
        raise Http404 from error
    decision = found.document.decision

    def money(value: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    rows = [
        {
            "organisation": row.organisation,
            "project": row.project,
            "clause": row.clause,
            "amount": money(row.amount),
            "base": money(row.determination.base) if row.determination else None,
            "rate": row.rate,
            "cap": money(row.determination.cap) if row.determination else None,
            "note": row.gone,
        }
        for row in selectors.notice_rows(found)
    ]
    return Response(
        {
            **_notice(found, request),
            "rows": rows,
            "total": decision["total"],
            "objection_office": decision["objection_office"],
            "objection_contact": decision["objection_contact"],
            "answer_days": decision["answer_days"],
            "check_path": check_path(found.document),
        }
    )


@extend_schema(
    summary="申报的审核进度",
    tags=["申报"],
    responses={200: ClaimReviewSerializer, **MISSING, 403: OpenApiResponse(Problem, "没有这个权限")},
    examples=[
        OpenApiExample(
            "逐笔核定中",
            {
                "number": "2023-2A-0001",
                "step": "verification",
                "label": "逐笔核定",
                "since": "2023-10-16T09:00:00+08:00",
                "owner": "处室经办",
                "clock": {"limit": 10, "used": 2, "due_on": "2023-10-30", "late": False},
            },
            response_only=True,
        )
    ],
)
@api_view(["GET"])
def claim_review(request: Request, number: str) -> Response:
    """本单位一份申报的审核步骤、由谁办理和时限。还没有转入审核的，返回404。"""
    require(is_applicant, request.user, None)
    found = selectors.cases().filter(claim__number=number).first()
    if found is None or not owns(request.user, found.claim):
        raise Http404
    return Response(_standing(found))


def _standing(found: ReviewCase) -> dict[str, Any]:
    state = CaseStates(found.state)
    pace = selectors.step_clock(found) if selectors.under_review(found) else None
    return {
        "number": found.claim.number,
        "step": state.value,
        "label": APPLICANT[state].label,
        "since": found.step_since.astimezone(clock.SHANGHAI).isoformat(),
        "owner": OWNERS[state] if selectors.under_review(found) else "",
        "clock": pace
        and {"limit": pace.limit, "used": pace.used, "due_on": pace.due_on.isoformat(), "late": pace.late},
    }
