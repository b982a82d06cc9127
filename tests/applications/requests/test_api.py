"""The same for programs: file, read, answer, and what is refused."""

import pytest

from applications.requests.models import ServiceRequest
from tests import making
from tests.applications.api.calling import Program
from tests.applications.requests import asking

pytestmark = pytest.mark.django_db


def test_a_request_through_the_api():
    admin, stranger = Program(making.organisation()), Program(making.organisation())
    officer = Program(asking.officer("reform"))
    made = admin("post", "requests/", {"item": "8a", **asking.given("8a")}, format="json")
    assert made.status_code == 201, made.data
    number = made.data["number"]
    again = admin("post", "requests/", {"item": "8a", **asking.given("8a")}, format="json")
    assert (again.status_code, again.data["number"]) == (200, number)
    assert made.data["clock"] == {
        "due_on": "2023-10-30", "workdays_used": 0, "workdays_limit": 10, "light": "green",
    }  # fmt: skip
    assert made.data["documents"][0]["number"].startswith("DJ-")
    assert [one["number"] for one in admin("get", "requests/").data["results"]] == [number]
    assert stranger("get", f"requests/{number}/").status_code == 404
    file = admin("post", f"requests/{number}/files/", {"file": upload()}, format="multipart")
    assert file.status_code == 201 and file.data["name"] == "介绍.pdf"
    assert [one["number"] for one in officer("get", "desk/requests/").data["results"]] == [number]
    assert admin("get", "desk/requests/").status_code == 403
    done = officer(
        "post",
        f"desk/requests/{number}/answer/",
        {"text": "一周内联系。", "file": upload("名单.pdf")},
        format="multipart",
    )
    assert done.status_code == 200 and done.data["answer"]["text"] == "一周内联系。", done.data
    assert [one["from_unit"] for one in done.data["files"]] == [False, True]
    asked = admin("post", f"requests/{number}/follow-up/", {"text": "找谁？"}, format="json")
    assert asked.data["state"] == "followed_up"
    officer("post", f"desk/requests/{number}/answer/", {"text": "张工。"}, format="json")
    rated = admin("post", f"requests/{number}/rate/", {"rating": "good"}, format="json")
    assert (rated.data["state"], rated.data["second_answer"]["text"]) == ("closed", "张工。")
    late = admin("post", f"requests/{number}/withdraw/", {}, format="json")
    assert (late.status_code, late.data["code"]) == (409, "wrong_state")


def upload(name="介绍.pdf"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, making.PDF)


def test_a_referral_through_the_api():
    user = making.organisation()
    claim = making.submitted(making.draft(user))
    number = asking.referral(user, owner=claim.project).number
    officer = Program(asking.officer("investment"))
    read = officer("get", f"desk/requests/{number}/").data
    assert [(one["number"], one["same_project"], one["held"]) for one in read["live_claims"]] == [
        (claim.number, True, 1)
    ]
    handed = officer("post", f"desk/requests/{number}/hand-over/", asking.LETTER, format="json")
    assert handed.data["hand_over"]["other_document_number"] == "哈政规〔2022〕15号", handed.data
    result = {
        "outcome": "supported",
        "other_file_number": "Z1",
        "outcome_on": "2023-10-16",
        "amount": "1000.00",
        "text": "好",
    }
    done = officer("post", f"desk/requests/{number}/result/", result, format="json")
    assert (done.data["outcome_amount"], done.data["state"]) == ("1000.00", "answered")


@pytest.mark.parametrize(
    ("sent", "status", "code", "field"),
    [
        ({"item": "8a", "title": "", "facts": {}}, 400, "required", "title"),
        ({"item": "8z", "title": "好", "facts": {}}, 400, "not_found", "item"),
        ({"item": "2a", "title": "好", "facts": {}}, 400, "not_a_request", "item"),
        ({"item": "8a", "title": "好", "facts": {"request": [1]}}, 400, "invalid", "facts.request"),
        ({"item": "8a", "title": "好", "facts": {"request": "好"}, "more": 1}, 400, "invalid", "more"),
        ({"item": "5c", **asking.given("5c"), "project": 999999}, 400, "not_found", "project"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(sent, status, code, field):
    answer = Program(making.organisation())("post", "requests/", sent, format="json")
    assert (answer.status_code, answer.data["code"]) == (status, code), answer.data
    assert field in answer.data["fields"]
    assert not ServiceRequest.objects.exists()


def test_a_unit_that_does_not_have_it_is_refused():
    number = asking.filed().number
    other = Program(asking.officer("banking"))
    answer = other("post", f"desk/requests/{number}/answer/", {"text": "好"}, format="json")
    assert (answer.status_code, answer.data["message"]) == (403, "这件需求现在由另一个责任单位办理。")
    assert Program(asking.officer("culture"))("get", f"desk/requests/{number}/").status_code == 404
    passed = Program(asking.officer("reform"))(
        "post", f"desk/requests/{number}/pass-on/", {"unit": "banking", "reason": "属于担保。"}, format="json"
    )
    assert passed.data["unit"]["code"] == "banking"
    unknown = other(
        "post", f"desk/requests/{number}/pass-on/", {"unit": "nobody", "reason": "好"}, format="json"
    )
    assert (unknown.status_code, unknown.data["code"]) == (400, "not_found")
