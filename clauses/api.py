"""The public interface: policies, items, rounds, and the calculation. No sign-in."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clauses import catalogue, compare, naming, selectors, services
from clauses.engine.money import yuan
from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Policy
from clauses.engine.verdict import NOTHING_PAYABLE, OUT_OF_TERM, PAYABLE
from clauses.loader import shipped_packs
from clauses.services import InputErrors
from clauses.states import RoundStates
from portal.kernel import clock

LARGEST_BODY = 1024 * 1024
TAGS = ["政策与计算"]
KINDS = (MONEY, CASE_BY_CASE, REFERRED, NOT_MONEY)
OUTCOMES = (PAYABLE, NOTHING_PAYABLE, CASE_BY_CASE, REFERRED, NOT_MONEY, OUT_OF_TERM)


class PeriodOut(serializers.Serializer):
    """Two days, both in."""

    first = serializers.DateField()
    last = serializers.DateField()


class ItemLineOut(serializers.Serializer):
    """An item in short. `rate` and `cap` are null where the text gives none."""

    id = serializers.CharField()
    clause = serializers.CharField()
    place = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    quote = serializers.CharField()
    rate = serializers.CharField(allow_null=True)
    cap = serializers.CharField(allow_null=True)


class ClauseOut(serializers.Serializer):
    """A clause with its whole paragraph as published."""

    number = serializers.CharField()
    ordinal = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()


class PolicyLineOut(serializers.Serializer):
    """A policy in short."""

    id = serializers.CharField()
    title = serializers.CharField()
    document_number = serializers.CharField()
    status = serializers.ChoiceField(choices=list(catalogue.STATUS_LABELS))
    hash = serializers.CharField()


class PolicyOut(PolicyLineOut):
    """A policy with its periods, clauses and items."""

    issuer = serializers.CharField()
    issued_on = serializers.DateField()
    in_force = PeriodOut()
    matter = PeriodOut()
    filing = PeriodOut()
    clauses = ClauseOut(many=True)
    items = ItemLineOut(many=True)


class UnitOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class PaperOut(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField()
    scope = serializers.CharField()
    source = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class FactOut(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()
    by = serializers.CharField()
    choices = serializers.DictField(child=serializers.CharField())


class PointOut(serializers.Serializer):
    """A point the text leaves open, with the reading that holds now."""

    id = serializers.CharField()
    title = serializers.CharField()
    reading = serializers.CharField()
    source = serializers.ChoiceField(choices=list(catalogue.SOURCE_LABELS))
    document_number = serializers.CharField(allow_blank=True)
    effective_from = serializers.DateField(allow_null=True)


class ItemOut(ItemLineOut):
    """An item with everything one needs to file it or to ask the calculator."""

    summary = serializers.CharField()
    sentence = serializers.CharField()
    who = serializers.CharField()
    base_label = serializers.CharField(allow_blank=True)
    recurrence_label = serializers.CharField(allow_blank=True)
    review_mode = serializers.CharField()
    units = UnitOut(many=True)
    units_open = serializers.BooleanField()
    conditions = serializers.ListField(child=serializers.CharField())
    papers = PaperOut(many=True)
    facts = FactOut(many=True)
    cost_dates = serializers.ListField(child=serializers.CharField())
    settings = PointOut(many=True)
    answer = serializers.CharField(allow_blank=True)
    contact = serializers.CharField()
    guide = serializers.CharField()
    guide_pdf = serializers.CharField()


class ChangeOut(serializers.Serializer):
    """One difference between two editions, and what it means for an applicant."""

    aspect = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    meaning = serializers.CharField()


class ComparedItemOut(serializers.Serializer):
    """An item of either edition; `before` and `after` are null where that edition does not have it."""

    place = serializers.CharField()
    title = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    changes = ChangeOut(many=True)


class SpanOut(serializers.Serializer):
    """A run of words: in both texts, gone, or new."""

    kind = serializers.ChoiceField(choices=("same", "gone", "new"))
    text = serializers.CharField(trim_whitespace=False)


class ComparedClauseOut(serializers.Serializer):
    number = serializers.CharField()
    title = serializers.CharField()
    changes = ChangeOut(many=True)
    items = ComparedItemOut(many=True)
    words = SpanOut(many=True)


class ComparedSentenceOut(serializers.Serializer):
    """A sentence outside the clauses, by its role."""

    role = serializers.CharField()
    label = serializers.CharField()
    changes = ChangeOut(many=True)
    words = SpanOut(many=True)


class FindingOut(serializers.Serializer):
    """A line of the summary, with the places it concerns."""

    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    places = serializers.ListField(child=serializers.CharField())


class ComparisonOut(serializers.Serializer):
    """Two editions of a policy; `before` is the earlier one, whichever way they were named."""

    before = PolicyLineOut()
    after = PolicyLineOut()
    findings = FindingOut(many=True)
    clauses = ComparedClauseOut(many=True)
    general = ComparedSentenceOut(many=True)


class RoundOut(serializers.Serializer):
    """A round; half-open: at `closes_at` it is closed."""

    number = serializers.CharField()
    name = serializers.CharField()
    policy = serializers.CharField()
    document_number = serializers.CharField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=RoundStates.values)
    items = serializers.ListField(child=serializers.CharField())


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


class RefusalOut(serializers.Serializer):
    """How the interface says no."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField()


NOT_FOUND = {404: OpenApiResponse(RefusalOut, "没有这项内容。")}
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


def _item_line(one: catalogue.Offer) -> dict[str, Any]:
    verdict = one.verdict
    return {
        "id": one.code,
        "clause": one.item.clause,
        "place": one.place,
        "title": one.item.title,
        "kind": one.item.kind,
        "quote": one.item.quote,
        "rate": verdict.rate.text if verdict.rate else None,
        "cap": None if verdict.cap is None else yuan(verdict.cap),
    }


def _item_whole(one: catalogue.Offer) -> dict[str, Any]:
    found = one.item
    return {
        **_item_line(one),
        "summary": found.summary,
        "sentence": found.sentence,
        "who": found.who,
        "base_label": found.base_label,
        "recurrence_label": found.recurrence_label,
        "review_mode": found.review_mode,
        "units": [one.policy.units[code] for code in found.units],
        "units_open": found.units_open,
        "conditions": [condition.text for condition in found.conditions],
        "papers": found.papers,
        "facts": found.facts,
        "cost_dates": found.cost_dates,
        "settings": one.settings,
        "answer": found.answer,
        "contact": found.contact,
        "guide": reverse("guide", args=[one.policy.id, one.code]),
        "guide_pdf": reverse("guide_pdf", args=[one.policy.id, one.code]),
    }


def _loaded(pack: str) -> Policy:
    if not selectors.loaded_policies().filter(pack=pack).exists():
        raise Http404(pack)
    return selectors.pack(pack)


@extend_schema(
    tags=TAGS, operation_id="policies_list", summary="已发布的政策", responses=PolicyLineOut(many=True)
)
@api_view(["GET"])
@permission_classes([AllowAny])
def policies(request: Request) -> Response:
    found = [selectors.pack(row.pack) for row in selectors.loaded_policies()]
    return Response(PolicyLineOut(found, many=True).data)


@extend_schema(
    tags=TAGS,
    operation_id="policies_read",
    summary="一项政策：条款和事项",
    responses={200: PolicyOut, **NOT_FOUND},
)
@api_view(["GET"])
@permission_classes([AllowAny])
def policy(request: Request, pack: str) -> Response:
    found = _loaded(pack)
    lines = [_item_line(one) for one in catalogue.offers(found, clock.now())]
    content = {
        **PolicyLineOut(found).data,
        "issuer": found.issuer,
        "issued_on": found.issued_on,
        "in_force": found.in_force,
        "matter": found.matter,
        "filing": found.filing,
        "clauses": list(found.clauses.values()),
        "items": lines,
    }
    return Response(PolicyOut(content).data)


@extend_schema(
    tags=TAGS,
    operation_id="policies_item",
    summary="一个事项：原文、比例、上限、条件、材料、口径",
    responses={200: ItemOut, **NOT_FOUND},
)
@api_view(["GET"])
@permission_classes([AllowAny])
def item(request: Request, pack: str, code: str) -> Response:
    found = _loaded(pack)
    if code not in found.items:
        raise Http404(code)
    return Response(ItemOut(_item_whole(catalogue.offer(found, found.item(code), clock.now()))).data)


@extend_schema(
    tags=TAGS,
    operation_id="policies_compare",
    summary="两稿逐条对照：比例、上限、关口、单位、文字",
    responses={200: ComparisonOut, **NOT_FOUND},
)
@api_view(["GET"])
@permission_classes([AllowAny])
def compared(request: Request, pack: str, other: str) -> Response:
    if pack == other:
        raise Http404(other)
    found = compare.compare(*compare.in_order(_loaded(pack), _loaded(other)))
    clauses = [
        {
            "number": one.number,
            "title": one.clause.title,
            "changes": one.changes,
            "items": [
                {
                    "place": naming.place(found.after if pair.after else found.before, pair.item),
                    "title": pair.item.title,
                    "before": pair.before.id if pair.before else None,
                    "after": pair.after.id if pair.after else None,
                    "changes": pair.changes,
                }
                for pair in one.items
            ],
            "words": one.words,
        }
        for one in found.clauses
    ]
    content = {
        "before": found.before,
        "after": found.after,
        "findings": found.findings,
        "clauses": clauses,
        "general": found.general,
    }
    return Response(ComparisonOut(content).data)


@extend_schema(tags=TAGS, operation_id="rounds_list", summary="申报窗口", responses=RoundOut(many=True))
@api_view(["GET"])
@permission_classes([AllowAny])
def rounds(request: Request) -> Response:
    now = clock.now()
    listed = [
        {
            "number": window.number,
            "name": window.name,
            "policy": window.policy.pack,
            "document_number": window.document_number,
            "opens_at": window.opens_at,
            "closes_at": window.closes_at,
            "state": window.state_at(now),
            "items": [one.code for one in window.items.all()],
        }
        for window in selectors.rounds()
    ]
    return Response(RoundOut(listed, many=True).data)


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
        return _faults([{"path": "", "message": "请求内容超过1MB，请分几次计算。"}])
    try:
        answer = services.calculate(
            services.parse_document(body), settings_source=selectors.settings_source(), now=clock.now
        )
    except InputErrors as errors:
        return _faults(errors.errors)
    return Response(answer)


def _faults(errors: list[dict[str, str]]) -> Response:
    return Response({"errors": errors}, status=status.HTTP_400_BAD_REQUEST)
