"""The API's way of saying no: {"code", "message", "fields"}, in Chinese."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from portal.kernel.refusals import Forbidden, Refusal, Stale

_MESSAGES = {
    status.HTTP_400_BAD_REQUEST: ("invalid", "请求内容有误，请按提示改正。"),
    status.HTTP_401_UNAUTHORIZED: ("not_signed_in", "请先登录，或在请求头里带上有效的令牌。"),
    status.HTTP_403_FORBIDDEN: ("forbidden", "你没有做这件事的权限。"),
    status.HTTP_404_NOT_FOUND: ("not_found", "没有找到这项内容。"),
    status.HTTP_405_METHOD_NOT_ALLOWED: ("method_not_allowed", "这个地址不支持这种请求方法。"),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: ("unsupported_media_type", "请求内容的类型不受支持，请用JSON。"),
}


class Problem(serializers.Serializer):
    """Every error of the API."""

    code = serializers.CharField(help_text="固定的代码，程序据此判断")
    message = serializers.CharField(help_text="给人看的话：哪里不对，怎么办")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: refusals and the framework's own errors in one shape."""
    if isinstance(error, Refusal):
        return refusal_response(error)
    response = default_handler(error, context)
    if response is None:
        return None
    code, message = _MESSAGES.get(response.status_code, ("error", "请求没有完成。"))
    fields: dict[str, Any] = {}
    if isinstance(error, exceptions.ValidationError):
        fields = dict(_flat(error.detail))
    elif isinstance(error, exceptions.ParseError):
        message = "请求内容不是有效的JSON。"
    elif not isinstance(error, Http404 | PermissionDenied) and response.status_code == 429:
        code, message = "throttled", "请求太频繁，请稍后再试。"
    response.data = {"code": code, "message": message, "fields": fields}
    return response


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Faults of nested input by dotted path: {"faults": [{"text": […]}]} as "faults.0.text"."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for place, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{place}" if path else str(place))
    else:
        messages = [str(one) for one in detail] if isinstance(detail, list) else [str(detail)]
        if messages:
            yield path or "non_field_errors", messages


def refusal_response(error: Refusal) -> Response:
    """403 for a right, 409 for a state or a newer version, 400 for the rest."""
    code = status.HTTP_400_BAD_REQUEST
    if isinstance(error, Forbidden):
        code = status.HTTP_403_FORBIDDEN
    elif isinstance(error, Stale) or error.code in {"wrong_state", "held", "already_done"}:
        code = status.HTTP_409_CONFLICT
    fields: dict[str, list[str]] = {}
    for part in error.parts:
        fields.setdefault(part.field or "non_field_errors", []).append(part.message)
    return Response({"code": error.code, "message": error.message, "fields": fields}, status=code)
