"""The public interface: policies, items, comparisons, rounds. No sign-in."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clauses import catalogue, compare, naming, selectors
from clauses.engine.money import yuan
from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Policy
from clauses.states import RoundStates
from portal.kernel import clock

TAGS = ["政策与计算"]
KINDS = (MONEY, CASE_BY_CASE, REFERRED, NOT_MONEY)


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


class RefusalOut(serializers.Serializer):
    """How the interface says no."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField()


NOT_FOUND = {404: OpenApiResponse(RefusalOut, "没有这项内容。")}


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
    found = selectors.loaded_policies().filter(pack=pack).first()
    if found is None:
        raise Http404(pack)
    return selectors.pack(found)


@extend_schema(
    tags=TAGS, operation_id="policies_list", summary="已发布的政策", responses=PolicyLineOut(many=True)
)
@api_view(["GET"])
@permission_classes([AllowAny])
def policies(request: Request) -> Response:
    found = [selectors.pack(row) for row in selectors.loaded_policies()]
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
