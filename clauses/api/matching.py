"""Matching for programs: the same question as the page's, as JSON. No sign-in, nothing kept."""

from django.core.exceptions import RequestDataTooBig
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clauses import selectors
from clauses.api.calculation import FaultsOut, faults
from clauses.api.reading import KINDS, TAGS
from clauses.inputs import InputErrors, parse_document
from clauses.links import links_of
from clauses.services.matching import answer_of, match
from portal.kernel import clock

LARGEST_BODY = 64 * 1024


class PlanIn(serializers.Serializer):
    """One plan; the amount is rough and may be left out."""

    topic = serializers.CharField()
    amount = serializers.CharField(required=False, help_text="元，两位小数")


class MatchIn(serializers.Serializer):
    """`facts` are those the policy's matching questions ask, `on` is a rough day of the costs or the event."""

    policy = serializers.CharField()
    facts = serializers.DictField(required=False)
    plans = PlanIn(many=True)
    on = serializers.DateField(required=False)


class WhyOut(serializers.Serializer):
    text = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()


class LinksOut(serializers.Serializer):
    item = serializers.CharField()
    guide = serializers.CharField(allow_null=True)
    guide_pdf = serializers.CharField(allow_null=True)
    calculator = serializers.CharField(allow_null=True)
    filing = serializers.CharField(allow_null=True)


class FitOut(serializers.Serializer):
    """An item; `amount` at the figure given, `at_most` where none was given and the rule has a limit."""

    item = serializers.CharField()
    title = serializers.CharField()
    clause = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    fits = serializers.BooleanField()
    amount = serializers.CharField(allow_null=True)
    at_most = serializers.CharField(allow_null=True)
    figure = serializers.CharField(allow_null=True)
    quote = serializers.CharField()
    reasons_for = WhyOut(many=True)
    reasons_against = WhyOut(many=True)
    unknown = serializers.ListField(child=serializers.CharField())
    links = LinksOut()


class MatchOut(serializers.Serializer):
    """Items that fit, by possible amount, and the others with what speaks against them."""

    policy = serializers.CharField()
    at = serializers.DateTimeField()
    fits = FitOut(many=True)
    others = FitOut(many=True)
    note = serializers.CharField()


ASKED = {
    "policy": "harbin-ai-2022",
    "facts": {"applicant_kind": "enterprise", "registered_in_harbin": True},
    "plans": [{"topic": "equipment", "amount": "60000000.00"}, {"topic": "event"}],
    "on": "2023-03-01",
}


@extend_schema(
    tags=TAGS,
    operation_id="match",
    summary="按单位情况和计划找适合的事项",
    description="与网页用同一个服务。可以问的事实和计划由政策包声明；不保存任何内容。",
    request=MatchIn,
    responses={200: MatchOut, 400: OpenApiResponse(FaultsOut, "输入有误")},
    examples=[OpenApiExample("买研发设备、办活动", value=ASKED, request_only=True)],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def match_items(request: Request) -> Response:
    """Reads the body as sent, so that repeated keys and NaN are seen and refused."""
    try:
        body = request.body
        if len(body) > LARGEST_BODY:
            raise RequestDataTooBig
    except RequestDataTooBig:
        return faults([{"path": "", "message": "请求内容超过64KB。"}])
    now = clock.now()
    try:
        asked, fits = match(
            parse_document(body), settings_source=selectors.settings_source(), now=lambda: now
        )
    except InputErrors as errors:
        return faults(errors.errors)
    return Response(answer_of(asked, fits, links_of(asked, fits), now))
