"""What every view of the filing API shares: fields that refuse what they would lose, pages by key, lookups."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from applications import selectors
from applications.models import Claim, CostItem, ImportJob, Project
from portal.accounts.permissions import is_applicant
from portal.kernel import issuing
from portal.kernel.models import Document
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.rest import Problem

PAGE = 50


class Strict(serializers.Serializer):
    """A body whose keys are all known; one that is not is named, never dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = {key: [f"不认识的键“{key}”。"] for key in data if key not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "example": "60000000.00"})
class Amount(serializers.Field):
    """Yuan as text; the service reads it, so that the page and the API say the same."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError('金额要写成文字，例如"1234567.89"，单位是元。')
        return data

    def to_representation(self, value: Any) -> str:
        return f"{value:.2f}"


@extend_schema_field({"type": "string", "format": "date", "nullable": True, "example": "2023-03-01"})
class Day(serializers.Field):
    """A date as text; the service reads it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError('日期要写成"2023-03-01"的形式。')
        return data

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean", "null"]}}
)
class Facts(serializers.Field):
    """Answers by the key of the fact: text, whole number, true or false, or null for “not answered”."""

    checks = (ProhibitNullCharactersValidator(), ProhibitSurrogateCharactersValidator())

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("这里应是一组键和值。")
        faults = {}
        for key, value in data.items():
            if value is not None and not isinstance(value, str | int | bool):
                faults[key] = ["只能是文字、整数、true、false或null；金额写成文字。"]
            elif isinstance(value, str):
                try:
                    for check in self.checks:
                        check(value)
                except (FieldError, serializers.ValidationError):
                    faults[key] = ["含有不能保存的字符。"]
        if faults:
            raise serializers.ValidationError(faults)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class IssuedPaper(serializers.Serializer):
    number = serializers.CharField()
    address = serializers.URLField(help_text="公开核验地址")


def issued(document: Document) -> dict[str, str]:
    return {"number": document.number, "address": issuing.check_url(document)}


class EmptyBody(Strict):
    """An act that needs no words."""


def body(shape: type[Strict], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The request's content as `shape` reads it; what is wrong becomes a 400 with the fields named."""
    reader = shape(data=request.data, partial=partial)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


class Turn(serializers.Serializer):
    """Which page of a list is asked for: entries after (or, newest first, before) the key of the last one seen."""

    after = serializers.IntegerField(required=False, min_value=0)
    before = serializers.IntegerField(required=False, min_value=0)


def page(
    request: Request,
    found: QuerySet[Any],
    shape: type[serializers.Serializer],
    *,
    newest_first: bool = False,
    context: Callable[[list[Any]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """At most 50 entries by key, with the address of the next page or null. `context` looks at the page's rows."""
    asked = Turn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    if newest_first:
        edge = asked.validated_data.get("before")
        found = found.filter(pk__lt=edge) if edge is not None else found
        rows = list(found.order_by("-pk")[: PAGE + 1])
    else:
        edge = asked.validated_data.get("after")
        found = found.filter(pk__gt=edge) if edge is not None else found
        rows = list(found.order_by("pk")[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    key = "before" if newest_first else "after"
    following = request.build_absolute_uri(f"{request.path}?{key}={rows[-1].pk}") if more else None
    known = context(rows) if context else {}
    return {"results": shape(rows, many=True, context=known).data, "next": following}


def paged(name: str, shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The schema of what `page` gives."""
    fields = {
        "results": shape(many=True),
        "next": serializers.URLField(allow_null=True, help_text="下一页的地址，没有下一页时为null"),
    }
    return type(name, (serializers.Serializer,), fields)


AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="从这个id之后开始，每页50条")
BEFORE = OpenApiParameter("before", OpenApiTypes.INT, description="从这个id之前开始，每页50条，新的在前")


def says(code: str, message: str, fields: dict[str, list[str]] | None = None) -> OpenApiResponse:
    """A refusal in the schema, with its example."""
    value = {"code": code, "message": message, "fields": fields or {"non_field_errors": [message]}}
    return OpenApiResponse(Problem, message, examples=[OpenApiExample(code, value=value)])


NOT_FOUND = says("not_found", "没有找到这项内容。", {})
STALE = says("stale", "这份内容已在另一个窗口或由同事保存了新版本，你的修改没有覆盖它。")
INVALID = says(
    "bad_amount",
    "金额要写成数字，例如1234567.89，单位是元。",
    {"amount": ["金额要写成数字，例如1234567.89，单位是元。"]},
)
FORBIDDEN = says("forbidden", "这一步由单位管理员办理，请联系你单位的管理员。")


def own_project(request: Request, pk: int) -> Project:
    """Http404 for a stranger's, as for one that does not exist."""
    require(is_applicant, request.user, None)
    found = selectors.projects_of(request.user.organisation).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_cost(request: Request, pk: int) -> CostItem:
    require(is_applicant, request.user, None)
    found = (
        CostItem.objects.select_related("project")
        .filter(pk=pk, organisation=request.user.organisation)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_import(request: Request, pk: int) -> ImportJob:
    require(is_applicant, request.user, None)
    found = ImportJob.objects.filter(pk=pk, organisation=request.user.organisation).first()
    if found is None:
        raise Http404
    return found


def own_claim(request: Request, number: str) -> Claim:
    require(is_applicant, request.user, None)
    found = selectors.claims_of(request.user.organisation).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def claim_address(request: Request, number: str) -> str:
    return request.build_absolute_uri(reverse("api:api_claim", args=[number]))


def unknown(field: str, message: str) -> Refusal:
    """Something named in the body that is not there, or not yours."""
    return Refusal(message, code="not_found", field=field)
