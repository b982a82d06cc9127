"""Safe requests write nothing; a refusal is a page, or an answer in the house shape."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError, Throttled, ValidationError

from portal.accounts.models import Unit
from portal.kernel.middleware import ReadOnlyGetMiddleware, WriteOnGet, back_address
from portal.kernel.refusals import Forbidden, Refusal, Refusals, Stale, raise_any
from portal.kernel.rest import Problem, exception_handler

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare")]


def asked(method, view):
    return ReadOnlyGetMiddleware(view)(getattr(RequestFactory(), method)("/"))


def creates(request):
    Unit.objects.create(code="x", name="x")
    return HttpResponse()


def updates(request):
    Unit.objects.update(name="x")
    return HttpResponse()


def deletes(request):
    Unit.objects.filter(code="x")._raw_delete("default")
    return HttpResponse()


def writes_by_hand(request):
    connection.cursor().execute("  insert into accounts_unit (code, name) values ('y', 'y')")
    return HttpResponse()


def cuts(request):
    connection.cursor().execute("TRUNCATE accounts_unit CASCADE")
    return HttpResponse()


def locks(request):
    return HttpResponse(str(list(Unit.objects.select_for_update())))


@pytest.mark.parametrize("view", [creates, updates, deletes, writes_by_hand, cuts, locks])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_safe_request_that_writes_is_a_mistake(method, view):
    with pytest.raises(WriteOnGet), transaction.atomic():
        asked(method, view)
    assert not Unit.objects.exists()


def test_a_post_may_write():
    asked("post", creates)
    assert Unit.objects.count() == 1


def test_reading_is_free():
    def reads(request):
        return HttpResponse(str(Unit.objects.count()))

    assert asked("get", reads).content == b"0"


def test_the_sign_in_session_is_the_frameworks_own():
    def signs(request):
        session = SessionStore()
        session["a"] = 1
        session.save()
        return HttpResponse()

    assert asked("get", signs).status_code == 200


def test_the_rule_ends_with_the_request():
    asked("get", lambda request: HttpResponse())
    Unit.objects.create(code="x", name="x")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/claims/1/", "/claims/1/"),
        ("http://evil.example/claims/", "/"),
        ("http://testserver.evil.example/", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_is_ours(referer, back):
    assert back_address(RequestFactory().get("/", headers={"referer": referer})) == back


@pytest.mark.parametrize(
    ("error", "status", "code", "fields"),
    [
        (Refusal("不行。", code="no", field="a"), 400, "no", {"a": ["不行。"]}),
        (Refusal("不行。"), 400, "refused", {"non_field_errors": ["不行。"]}),
        (Forbidden("不能。"), 403, "forbidden", {"non_field_errors": ["不能。"]}),
        (Refusal("晚了。", code="wrong_state"), 409, "wrong_state", {"non_field_errors": ["晚了。"]}),
        (
            Refusals([Refusal("一。", code="one", field="a"), Refusal("二。", field="a"), Refusal("三。")]),
            400,
            "one",
            {"a": ["一。", "二。"], "non_field_errors": ["三。"]},
        ),
        (NotFound(), 404, "not_found", {}),
        (ParseError(), 400, "invalid", {}),
        (Throttled(), 429, "throttled", {}),
        (ValidationError({"a": ["错。"]}), 400, "invalid", {"a": ["错。"]}),
        (ValidationError(["错。"]), 400, "invalid", {"non_field_errors": ["错。"]}),
        (
            ValidationError({"a": {"b": ["错。"]}, "c": [{}, {"d": ["错。"]}]}),
            400,
            "invalid",
            {"a.b": ["错。"], "c.1.d": ["错。"]},
        ),
    ],
)
def test_the_api_says_no_in_one_shape(error, status, code, fields):
    response = exception_handler(error, {})
    assert (response.status_code, response.data["code"], response.data["fields"]) == (status, code, fields)
    shape = Problem(data=response.data)
    assert shape.is_valid(), shape.errors
    assert isinstance(shape, serializers.Serializer)


def test_a_stale_version_is_a_conflict_and_a_fault_is_not_hidden():
    assert exception_handler(Stale(), {}).status_code == 409
    assert exception_handler(RuntimeError("x"), {}) is None


def test_gathered_refusals_are_raised_as_one_or_several():
    raise_any([])
    with pytest.raises(Refusal, match="一") as caught:
        raise_any([Refusal("一")])
    assert not isinstance(caught.value, Refusals)
    with pytest.raises(Refusals, match="一；二"):
        raise_any(Refusal(text) for text in "一二")


@pytest.mark.parametrize("address", ["/rounds/%00/", "/files/?q=a%00b", "/api/v1/policies/?page=%00"])
def test_an_address_with_a_zero_byte_leads_nowhere(client, address):
    assert client.get(address).status_code == 404
