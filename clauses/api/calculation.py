"""The calculation for programs, without sign-in; nothing is kept."""

from django.core.exceptions import RequestDataTooBig
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clauses import catalogue, selectors, services
from clauses.api.reading import TAGS
from clauses.engine.policy import CASE_BY_CASE, NOT_MONEY, REFERRED
from clauses.engine.verdict import NOTHING_PAYABLE, OUT_OF_TERM, PAYABLE
from clauses.loader import shipped_packs
from clauses.services import InputErrors
from portal.kernel import clock

LARGEST_BODY = 1024 * 1024
OUTCOMES = (PAYABLE, NOTHING_PAYABLE, CASE_BY_CASE, REFERRED, NOT_MONEY, OUT_OF_TERM)


class CostIn(serializers.Serializer):
    """One cost. The dates are those its item asks for; marks of the item may be added."""

    id = serializers.CharField()
    amount = serializers.CharField(help_text="元，两位小数")
    category = serializers.CharField(required=False)
    contract_date = serializers.DateField(required=False)
    invoice_date = serializers.DateField(required=False)
    paid_date = serializers.DateField(required=False)
    service_from = serializers.DateField(required=False)
    service_to = serializers.DateField(required=False)
    expense_date = serializers.DateField(required=False)
    event_date = serializers.DateField(required=False)
    held_elsewhere = serializers.BooleanField(required=False)


class ClaimIn(serializers.Serializer):
    """One claim: `costs` or `base`, not both. Without `filed_at` it is filed now."""

    id = serializers.CharField()
    item = serializers.CharField()
    filed_at = serializers.DateTimeField(required=False)
    facts = serializers.DictField(required=False)
    settings = serializers.DictField(required=False)
    costs = CostIn(many=True, required=False)
    base = serializers.CharField(required=False, help_text="元，两位小数")


class CalculateIn(serializers.Serializer):
    policy = serializers.CharField()
    claims = ClaimIn(many=True)


class ExcludedOut(serializers.Serializer):
    id = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()


class ReasonOut(serializers.Serializer):
    code = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()
    text = serializers.CharField()


class UsedOut(serializers.Serializer):
    """A point as used; document number and day only where a document set it."""

    id = serializers.CharField()
    value = serializers.JSONField()
    source = serializers.ChoiceField(choices=list(catalogue.SOURCE_LABELS))
    document_number = serializers.CharField(required=False)
    effective_from = serializers.DateField(required=False)


class StepOut(serializers.Serializer):
    label = serializers.CharField()
    why = serializers.CharField()
    formula = serializers.CharField(allow_blank=True)
    result = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()
    setting = serializers.CharField(allow_null=True)


class VerdictOut(serializers.Serializer):
    """The answer to a claim; amounts in yuan with two decimals, null where there is none."""

    id = serializers.CharField()
    item = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    base = serializers.CharField(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    computed = serializers.CharField(allow_null=True)
    cap = serializers.CharField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    excluded_costs = ExcludedOut(many=True)
    reasons = ReasonOut(many=True)
    settings = UsedOut(many=True)
    steps = StepOut(many=True)


class CalculateOut(serializers.Serializer):
    policy = serializers.CharField()
    claims = VerdictOut(many=True)


class FaultOut(serializers.Serializer):
    path = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class FaultsOut(serializers.Serializer):
    """Everything that is wrong; nothing was calculated."""

    errors = FaultOut(many=True)


ASKED = {
    "policy": "harbin-ai-2022",
    "claims": [
        {
            "id": "c1",
            "item": "2a",
            "filed_at": "2023-06-01T10:00:00",
            "costs": [
                {
                    "id": "i1",
                    "amount": "60000000.00",
                    "invoice_date": "2023-03-01",
                    "paid_date": "2023-03-09",
                }
            ],
        }
    ],
}
# A city that ships its own packs alone documents the question without the answer.
EXAMPLE_ANSWERS = [services.calculate(ASKED)] if ASKED["policy"] in shipped_packs() else []
FAULTS = {"errors": [{"path": "claims[0].costs[0].amount", "message": "金额不能为负数。"}]}


@extend_schema(
    tags=TAGS,
    operation_id="calculate",
    summary="计算补助金额",
    description="与网页的估算用同一个服务。输入有误时不给出部分结果，逐条说明位置和原因。",
    request=CalculateIn,
    responses={200: CalculateOut, 400: OpenApiResponse(FaultsOut, "输入有误")},
    examples=[
        OpenApiExample("第二条第一项，一笔6,000万元", value=ASKED, request_only=True),
        *(
            OpenApiExample("达到上限", value=answer, response_only=True, status_codes=["200"])
            for answer in EXAMPLE_ANSWERS
        ),
        OpenApiExample("输入有误", value=FAULTS, response_only=True, status_codes=["400"]),
    ],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def calculate(request: Request) -> Response:
    """Reads the body as sent, so that repeated keys and NaN are seen and refused."""
    try:
        body = request.body
        if len(body) > LARGEST_BODY:
            raise RequestDataTooBig
    except RequestDataTooBig:
        return faults([{"path": "", "message": "请求内容超过1MB，请分几次计算。"}])
    try:
        answer = services.calculate(
            services.parse_document(body), settings_source=selectors.settings_source(), now=clock.now
        )
    except InputErrors as errors:
        return faults(errors.errors)
    return Response(answer)


def faults(errors: list[dict[str, str]]) -> Response:
    return Response({"errors": errors}, status=status.HTTP_400_BAD_REQUEST)
