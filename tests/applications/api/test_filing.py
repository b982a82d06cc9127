"""The filing API: the services' words in the house shape, versions, pages by key, nothing of strangers."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from applications import selectors
from applications import services as filing
from applications.models import Claim, CostItem, Hold, Project
from portal.accounts.states import Roles
from portal.kernel.models import Document
from tests import making
from tests.applications.api.calling import Program

pytestmark = pytest.mark.django_db
PROJECT = {"name": "检测平台", "location": "松北区", "leader": "钱二", "summary": "建设平台。"}
COST = {
    "category": "equipment",
    "name": "服务器",
    "document_number": "23230001",
    "counterparty": "设备公司",
    "amount": "60000000.00",
    "invoice_date": "2023-03-01",
    "paid_date": "2023-03-09",
}


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def call(admin):
    return Program(admin)


def problem(response, status, code, field=None):
    assert response.status_code == status, response.content.decode()
    body = response.json()
    assert set(body) == {"code", "message", "fields"}
    assert body["code"] == code
    assert field is None or field in body["fields"], body
    return body


def pdf(name="材料.pdf", content=making.PDF):
    return SimpleUploadedFile(name, content)


def test_a_whole_claim_is_filed_by_a_program(admin, call):
    window = making.window("2a")
    project = call("post", "projects/", PROJECT)
    assert project.status_code == 201
    cost = call("post", f"projects/{project.json()['id']}/costs/", COST)
    assert (cost.status_code, cost.json()["amount"], cost.json()["line"]) == (201, "60000000.00", 1)
    given = {"item": "2a", "round": window.number, "project": project.json()["id"]}
    claim = call("post", "claims/", given)
    assert claim.status_code == 201
    assert call("post", "claims/", given).status_code == 200
    number = claim.json()["number"]
    assert claim["Location"].endswith(f"/api/v1/claims/{number}/")
    facts = making.facts(Claim.objects.get())
    answer = call("patch", f"claims/{number}/overview/", {"version": 1, "facts": facts})
    answer = call("patch", f"claims/{number}/public-money/", {"version": 2, "public_money": False})
    answer = call("put", f"claims/{number}/costs/", {"version": 3, "cost_items": [cost.json()["id"]]})
    assert answer.json()["version"] == 4
    for one in answer.json()["missing"]:
        paper = one["anchor"].removeprefix("paper-")
        sent = call("post", f"claims/{number}/papers/", {"paper": paper, "file": pdf()}, format="multipart")
        assert sent.status_code == 201
    whole = call("get", f"claims/{number}/").json()
    assert whole["missing"] == []
    assert whole["unlocked"] == ["costs", "overview", "papers", "public_money"]
    assert (whole["estimate"]["outcome"], whole["estimate"]["amount"]) == ("payable", "10000000.00")
    assert (
        whole["estimate"]["reasons"][0]["quote"]
        in making.programmes.rules_of(making.item("2a"))[0].source_text
    )
    filed = call("post", f"claims/{number}/submit/", {"version": 4, "committed": True})
    again = call("post", f"claims/{number}/submit/", {"version": 4, "committed": True})
    assert filed.status_code == again.status_code == 200
    assert filed.json() == again.json()
    receipt = Document.objects.get(kind="receipt")
    assert filed.json()["receipt"]["number"] == receipt.number
    assert filed.json()["receipt"]["address"].endswith(f"/verify/{receipt.number}-{receipt.check_code}/")
    after = call("get", f"claims/{number}/").json()
    assert (after["state"], after["unlocked"], after["missing"]) == ("submitted", [], [])
    assert after["filed_at"].endswith("+08:00")
    assert after["receipt"] == filed.json()["receipt"]
    assert Document.objects.count() == 1


def test_the_estimate_is_what_calculate_says(admin, call):
    claim = making.draft(admin)
    assert call("get", f"claims/{claim.number}/").json()["estimate"] == selectors.estimate(claim).to_json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "projects/"),
        ("post", "projects/"),
        ("get", "claims/"),
        ("post", "claims/"),
        ("get", "claims/2023-2A-0001/"),
        ("post", "claims/2023-2A-0001/submit/"),
        ("get", "claims/2023-2A-0001/papers/"),
        ("post", "desk/claims/2023-2A-0001/accept/"),
    ],
)
def test_without_a_token_nothing_opens(method, path):
    body = problem(Program(None)(method, path), 401, "not_signed_in")
    assert "令牌" in body["message"]


def test_a_wrong_token_opens_nothing(admin):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    problem(client.get("/api/v1/claims/"), 401, "not_signed_in")


def test_a_session_needs_the_forgery_token(admin):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.get("/api/v1/projects/").status_code == 200
    problem(client.post("/api/v1/projects/", PROJECT), 403, "forbidden")
    assert not Project.objects.exists()


def test_offices_are_told_that_this_is_the_applicants_side():
    call = Program(making.staff(Roles.INTAKE))
    for path in ("projects/", "claims/"):
        body = problem(call("get", path), 403, "forbidden")
        assert "申报单位" in body["message"]


def test_strangers_find_nothing(admin, call):
    claim = making.draft()
    owner, item = claim.project, selectors.nominated(claim)[0]
    paper = selectors.attachments(claim)[0]
    number = claim.number
    for method, path, data in [
        ("get", f"projects/{owner.pk}/", None),
        ("patch", f"projects/{owner.pk}/", {"leader": "我"}),
        ("get", f"projects/{owner.pk}/costs/", None),
        ("post", f"projects/{owner.pk}/costs/", COST),
        ("patch", f"costs/{item.pk}/", {"amount": "1.00"}),
        ("delete", f"costs/{item.pk}/", None),
        ("get", f"claims/{number}/", None),
        ("patch", f"claims/{number}/overview/", {"version": 1, "facts": {}}),
        ("patch", f"claims/{number}/public-money/", {"version": 1, "public_money": False}),
        ("put", f"claims/{number}/costs/", {"version": 1, "cost_items": []}),
        ("get", f"claims/{number}/papers/", None),
        ("delete", f"claims/{number}/papers/{paper.pk}/", None),
        ("post", f"claims/{number}/submit/", {"version": 1, "committed": True}),
        ("post", f"claims/{number}/withdraw/", {}),
        ("post", f"claims/{number}/discard/", {}),
        ("post", f"claims/{number}/choose-holder/", {"cost_item": item.pk}),
    ]:
        body = problem(call(method, path, data), 404, "not_found")
        assert owner.name not in json.dumps(body, ensure_ascii=False)
    mine = making.draft(admin)
    problem(
        call("put", f"claims/{mine.number}/costs/", {"version": mine.version, "cost_items": [item.pk]}),
        400,
        "not_found",
        "cost_items",
    )
    problem(
        call("post", "claims/", {"item": "2a", "round": claim.round.number, "project": owner.pk}),
        400,
        "not_found",
        "project",
    )
    problem(call("delete", f"claims/{mine.number}/papers/{paper.pk}/"), 404, "not_found")
    claim.refresh_from_db()
    assert (claim.state, claim.project.leader) == ("draft", "钱二")


def test_what_does_not_exist_is_not_found_however_large_its_key(call):
    for path in ("projects/99999999999999999999999/", "claims/none/", "costs/0/"):
        assert call("get" if "costs" not in path else "delete", path).status_code == 404


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"amount": "-5.00"}, "negative_amount", "amount"),
        ({"amount": "5.001"}, "too_precise", "amount"),
        ({"amount": 5.5}, "invalid", "amount"),
        ({"amount": 5}, "invalid", "amount"),
        ({"amount": None}, "invalid", "amount"),
        ({"invoice_date": "2024-01-01"}, "future_date", "invoice_date"),
        ({"invoice_date": 20230301}, "invalid", "invoice_date"),
        ({"name": "长" * 121}, "too_long", "name"),
        ({"name": "服务器\x00"}, "invalid", "name"),
        ({"name": ["服务器"]}, "invalid", "name"),
        ({"side": "both"}, "bad_choice", "side"),
        ({"line": 0}, "bad_line", "line"),
        ({"flags": {"related_party": 3}}, "invalid", "flags.related_party"),
        ({"colour": "red"}, "invalid", "colour"),
    ],
)
def test_a_bad_cost_comes_back_in_the_house_shape(admin, call, values, code, field):
    owner = making.project(admin)
    body = problem(call("post", f"projects/{owner.pk}/costs/", {**COST, **values}), 400, code, field)
    assert all(isinstance(message, str) for message in body["fields"][field])
    assert not CostItem.objects.exists()


def test_all_faults_come_back_together(admin, call):
    owner = making.project(admin)
    body = problem(
        call(
            "post",
            f"projects/{owner.pk}/costs/",
            {**COST, "amount": "-1", "name": "", "paid_date": "2025-01-01"},
        ),
        400,
        "required",
    )
    assert set(body["fields"]) == {"amount", "name", "paid_date"}


@pytest.mark.parametrize("content", ["[]", '"text"', "3", "null", "{", "{'a': 1}", '{"name": NaN}'])
def test_a_body_that_is_no_object_is_refused(call, content):
    response = call.client.post("/api/v1/projects/", content, content_type="application/json")
    problem(response, 400, "invalid")


def test_another_content_type_is_refused(call):
    response = call.client.post("/api/v1/projects/", "name=x", content_type="text/plain")
    problem(response, 415, "unsupported_media_type")
    problem(call("delete", "projects/"), 405, "method_not_allowed")


def test_a_project_is_read_listed_and_described_anew(admin, call):
    made = call("post", "projects/", PROJECT).json()
    assert call("get", f"projects/{made['id']}/").json() == {
        **PROJECT,
        "id": made["id"],
        "cost_count": 0,
        "claim_count": 0,
    }
    changed = call("patch", f"projects/{made['id']}/", {"leader": "孙三"}).json()
    assert (changed["leader"], changed["location"]) == ("孙三", "松北区")
    problem(call("patch", f"projects/{made['id']}/", {"name": "另名"}), 400, "invalid", "name")
    problem(call("post", "projects/", PROJECT), 409, "already_done", "name")
    assert [one["id"] for one in call("get", "projects/").json()["results"]] == [made["id"]]


def test_a_cost_is_changed_in_part_and_removed(admin, call):
    owner = making.project(admin)
    made = call("post", f"projects/{owner.pk}/costs/", {**COST, "flags": {"new_goods": True}}).json()
    changed = call("patch", f"costs/{made['id']}/", {"amount": "100.00", "paid_date": None}).json()
    assert changed == {**made, "amount": "100.00", "paid_date": None}
    problem(call("patch", f"costs/{made['id']}/", {"amount": ""}), 400, "bad_amount", "amount")
    problem(call("post", f"projects/{owner.pk}/costs/", COST), 400, "already_entered", "document_number")
    assert call("delete", f"costs/{made['id']}/").status_code == 204
    assert not CostItem.objects.exists()


def test_lists_go_by_key_fifty_at_a_time(admin, call, django_assert_num_queries):
    owner = making.project(admin)
    for number in range(53):
        making.cost(admin, owner, "1.00", document_number=f"N{number}")
    first = call("get", f"projects/{owner.pk}/costs/").json()
    assert len(first["results"]) == 50
    second = call("get", first["next"]).json()
    assert (len(second["results"]), second["next"]) == (3, None)
    keys = [one["id"] for one in first["results"] + second["results"]]
    assert keys == sorted(keys)
    assert len(set(keys)) == 53
    problem(call("get", f"projects/{owner.pk}/costs/?after=abc"), 400, "invalid", "after")


def test_claims_are_listed_newest_first_with_few_queries(admin, call, django_assert_num_queries):
    filed = [making.draft(admin).number for _ in range(3)]
    with django_assert_num_queries(4):  # the clock, the token, the membership, the page
        listed = call("get", "claims/").json()
    assert [one["number"] for one in listed["results"]] == filed[::-1]
    oldest = listed["results"][-2]["id"]
    assert [one["number"] for one in call("get", f"claims/?before={oldest}").json()["results"]] == filed[:1]


def test_starting_names_what_is_wrong(admin, call):
    window = making.window("2a")
    project = making.project(admin)
    given = {"item": "2a", "round": window.number, "project": project.pk}
    for change, code, field in [
        ({"item": "zz"}, "not_found", "item"),
        ({"round": "R0"}, "not_found", "round"),
        ({"project": 0}, "not_found", "project"),
        ({"item": "2b"}, "not_in_round", None),
        ({"item": "8a"}, "not_money", None),
        ({"project": "x"}, "invalid", "project"),
    ]:
        problem(call("post", "claims/", {**given, **change}), 400, code, field)
    body = problem(call("post", "claims/", {}), 400, "invalid")
    assert set(body["fields"]) == {"item", "round", "project"}
    assert not Claim.objects.exists()


def test_an_older_version_is_told_and_overwrites_nothing(admin, call):
    claim = making.draft(admin)
    for method, part, data in [
        ("patch", "overview", {"facts": {"platform_name": "旧"}}),
        ("patch", "public-money", {"public_money": True}),
        ("put", "costs", {"cost_items": []}),
        ("post", "submit", {"committed": True}),
    ]:
        problem(
            call(method, f"claims/{claim.number}/{part}/", {**data, "version": claim.version - 1}),
            409,
            "stale",
        )
    stored = selectors.claim_by_number(claim.number)
    assert (stored.version, stored.facts, stored.public_money) == (claim.version, claim.facts, False)


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"colour": "red"}, "unknown_fact", "colour"),
        ({"build_from": "三月"}, "bad_date", "build_from"),
        ({"vat_deductible": "maybe"}, "bad_choice", "vat_deductible"),
        ({"platform_name": "平台\x00"}, "invalid", "facts.platform_name"),
        ({"platform_name": ["平台"]}, "invalid", "facts.platform_name"),
        ({"platform_name": 1.5}, "invalid", "facts.platform_name"),
        ("text", "invalid", "facts"),
    ],
)
def test_bad_answers_come_back_at_their_key(admin, call, facts, code, field):
    claim = making.draft(admin)
    body = {"version": claim.version, "facts": facts}
    problem(call("patch", f"claims/{claim.number}/overview/", body), 400, code, field)
    assert selectors.claim_by_number(claim.number).facts == claim.facts


def test_a_lone_surrogate_is_refused(admin, call):
    claim = making.draft(admin)
    content = json.dumps({"version": claim.version, "facts": {"platform_name": "\ud800"}})
    address = f"/api/v1/claims/{claim.number}/overview/"
    problem(
        call.client.patch(address, content, content_type="application/json"),
        400,
        "invalid",
        "facts.platform_name",
    )


def test_submitting_says_everything_that_is_missing(admin, call):
    claim = filing.start_claim(
        actor=admin, project=making.project(admin), item=making.item("2a"), window=making.window("2a")
    )
    body = problem(
        call("post", f"claims/{claim.number}/submit/", {"version": 1, "committed": True}), 400, "missing"
    )
    assert set(body["fields"]) == {"overview", "costs", "public_money", "papers"}
    problem(
        call("post", f"claims/{claim.number}/submit/", {"version": 1, "committed": False}),
        400,
        "commitment_required",
        "committed",
    )


def test_a_filler_fills_but_does_not_submit(admin):
    claim = making.draft(admin)
    call = Program(making.filler(admin))
    answer = call(
        "patch", f"claims/{claim.number}/public-money/", {"version": claim.version, "public_money": None}
    )
    assert answer.status_code == 200
    for act, data in (("submit", {"version": 0, "committed": True}), ("withdraw", {})):
        body = problem(call("post", f"claims/{claim.number}/{act}/", data), 403, "forbidden")
        assert "单位管理员" in body["message"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "empty_file"),
        ("发票.pdf", b"<html></html>", "mislabelled_file"),
        ("照片.png", making.PDF, "mislabelled_file"),
        ("坏.pdf", making.PDF[:50], "damaged_file"),
    ],
)
def test_a_bad_file_is_refused_by_name(admin, call, name, content, code):
    claim = making.draft(admin)
    before = selectors.attachments(claim).count()
    sent = call(
        "post",
        f"claims/{claim.number}/papers/",
        {"paper": "photo", "file": pdf(name, content)},
        format="multipart",
    )
    assert name in problem(sent, 400, code, "file")["message"]
    assert selectors.attachments(claim).count() == before


def test_papers_are_sent_listed_and_removed(admin, call):
    claim = making.draft(admin)
    item = selectors.nominated(claim)[0]
    address = f"claims/{claim.number}/papers/"
    sent = call(
        "post",
        address,
        {"paper": "invoice", "cost_item": item.pk, "file": pdf("发票.pdf")},
        format="multipart",
    )
    again = call(
        "post",
        address,
        {"paper": "invoice", "cost_item": item.pk, "file": pdf("发票.pdf")},
        format="multipart",
    )
    assert (sent.status_code, again.json()["id"]) == (201, sent.json()["id"])
    assert sent.json()["cost_item"] == item.pk
    assert sent.json() in call("get", address).json()
    problem(
        call("post", address, {"paper": "diploma", "file": pdf()}, format="multipart"),
        400,
        "unknown_paper",
        "paper",
    )
    problem(
        call("post", address, {"paper": "photo", "cost_item": 0, "file": pdf()}, format="multipart"),
        400,
        "not_found",
        "cost_item",
    )
    problem(call("post", address, {"paper": "photo"}, format="multipart"), 400, "invalid", "file")
    problem(call("post", address, {"paper": "photo", "file": "x"}), 415, "unsupported_media_type")
    assert call("delete", f"{address}{sent.json()['id']}/").status_code == 204
    problem(call("delete", f"{address}{sent.json()['id']}/"), 404, "not_found")


def test_withdrawing_discarding_and_choosing(admin, call):
    draft = making.draft(admin)
    problem(call("post", f"claims/{draft.number}/withdraw/", {}), 409, "wrong_state")
    assert call("post", f"claims/{draft.number}/discard/", {}).json()["state"] == "discarded"
    owner = making.project(admin)
    item = making.cost(admin, owner)
    first, second = (
        making.submitted(making.draft(admin, code, owner=owner, costs=[item])) for code in ("2a", "2b")
    )
    shown = call("get", f"claims/{second.number}/").json()
    assert [(one["cost_item"], one["held_by"]) for one in shown["conflicts"]] == [(item.pk, first.number)]
    chosen = call("post", f"claims/{second.number}/choose-holder/", {"cost_item": item.pk})
    assert chosen.json()["conflicts"] == []
    problem(
        call("post", f"claims/{second.number}/choose-holder/", {"cost_item": 0}),
        400,
        "not_found",
        "cost_item",
    )
    gone = call("post", f"claims/{second.number}/withdraw/", {"reason": "改报。"})
    assert gone.json()["state"] == "withdrawn"
    assert not Hold.objects.filter(released_at=None).exists()


def test_a_strangers_equal_invoice_shows_nothing_of_him(admin, call):
    stranger = making.organisation(name="哈尔滨隔壁机器人有限公司")
    filed = []
    for who in (stranger, admin):
        owner = making.project(who)
        item = making.cost(who, owner, document_number="88880001")
        filed.append(making.submitted(making.draft(who, owner=owner, costs=[item])))
    theirs, mine = filed
    shown = call("get", f"claims/{mine.number}/").json()
    assert shown["conflicts"][0]["held_by"] is None
    answers = [
        call("get", path).content.decode()
        for path in (f"claims/{mine.number}/", "claims/", f"projects/{mine.project_id}/costs/")
    ]
    answers.append(
        call(
            "post", f"claims/{mine.number}/choose-holder/", {"cost_item": shown["cost_items"][0]}
        ).content.decode()
    )
    for secret in (theirs.number, theirs.organisation.name, theirs.organisation.code, theirs.project.name):
        assert all(secret not in answer for answer in answers)


def test_the_queries_of_a_claim_do_not_grow_with_its_costs(admin, call, django_assert_max_num_queries):
    claim = making.draft(admin, amounts=["1.00"] * 30)
    with django_assert_max_num_queries(22):
        call("get", f"claims/{claim.number}/")


# the intake desk


@pytest.fixture
def desk():
    return Program(making.staff(Roles.INTAKE))


def test_the_desk_accepts_corrects_and_refuses(desk):
    one, two, three = (making.submitted() for _ in range(3))
    accepted = desk("post", f"desk/claims/{one.number}/accept/", {})
    assert accepted.json() == {
        "number": one.number,
        "state": "accepted",
        "correction_due_on": None,
        "document": None,
    }
    problem(desk("post", f"desk/claims/{one.number}/accept/", {}), 409, "wrong_state")
    faults = {"faults": [{"section": "papers", "text": "缺发票。"}]}
    asked = desk("post", f"desk/claims/{two.number}/correct/", faults).json()
    assert (asked["state"], asked["correction_due_on"]) == ("correction_due", "2023-10-30")
    assert asked["document"]["address"].startswith("http")
    seen = Program(making.admin_of(two))("get", f"claims/{two.number}/").json()
    assert (seen["unlocked"], seen["faults"]) == (["papers"], faults["faults"])
    refused = desk(
        "post", f"desk/claims/{three.number}/refuse/", {"code": "not_eligible", "note": "主体不符。"}
    ).json()
    assert (refused["state"], refused["document"]["number"][:4]) == ("refused", "BYSL")


def test_the_desk_says_what_is_wrong(desk):
    claim = making.submitted()
    root = f"desk/claims/{claim.number}/"
    problem(desk("post", root + "correct/", {"faults": []}), 400, "required", "faults")
    problem(desk("post", root + "correct/", {}), 400, "invalid", "faults")
    problem(
        desk("post", root + "correct/", {"faults": [{"section": "x", "text": "y"}]}),
        400,
        "bad_choice",
        "faults-0-section",
    )
    problem(desk("post", root + "refuse/", {"code": "mood", "note": "x"}), 400, "bad_choice", "code")
    problem(desk("post", root + "refuse/", {"code": "other", "note": ""}), 400, "reason_required", "reason")
    problem(desk("post", root + "accept/", {"quick": True}), 400, "invalid", "quick")
    assert Claim.objects.get().state == "submitted"


def test_the_desk_is_the_intake_desks_and_drafts_are_not_there(admin, desk):
    draft, filed = making.draft(admin), making.submitted()
    problem(desk("post", f"desk/claims/{draft.number}/accept/", {}), 404, "not_found")
    for person in (admin, making.staff(Roles.HANDLER), making.staff(Roles.AUDITOR)):
        body = problem(Program(person)("post", f"desk/claims/{filed.number}/accept/", {}), 403, "forbidden")
        assert "受理岗" in body["message"]


def test_reading_writes_nothing(admin, call):
    claim = making.submitted(making.draft(admin))
    before = (Document.objects.count(), Claim.objects.get(pk=claim.pk).version)
    for path in ("projects/", "claims/", f"claims/{claim.number}/", f"claims/{claim.number}/papers/"):
        assert call("get", path).status_code == 200
    assert (Document.objects.count(), Claim.objects.get(pk=claim.pk).version) == before


def test_uploads_read_from_memory_and_disk_alike(admin, call, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    claim = making.draft(admin)
    sent = call(
        "post",
        f"claims/{claim.number}/papers/",
        {"paper": "photo", "file": io.BytesIO(making.PDF)},
        format="multipart",
    )
    assert sent.status_code == 400  # a file without a name has no ending to trust
    sent = call(
        "post", f"claims/{claim.number}/papers/", {"paper": "photo", "file": pdf()}, format="multipart"
    )
    assert sent.json()["size"] == len(making.PDF)
