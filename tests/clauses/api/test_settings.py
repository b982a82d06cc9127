"""Settings for programs: what holds for anyone, changes for the office."""

import json

import pytest

from portal.accounts.states import Roles
from tests import making

CHANGES = "/api/v1/setting-changes/"
GIVEN = {
    "policy": making.PACK,
    "setting": "Q35",
    "value": "fen",
    "items": ["2a"],
    "effective_from": "2023-11-01",
    "document_number": "哈科规〔2023〕5号",
}
pytestmark = pytest.mark.usefixtures("policy")


def post(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def test_anyone_reads_what_holds(client, on, django_assert_num_queries):
    making.set_to(items=["2a"])
    listed = {one["id"]: one for one in client.get(f"/api/v1/policies/{making.PACK}/settings/").json()}
    assert len(listed) == 40
    assert listed["Q35"]["in_force"] == [
        {
            "value": "yuan",
            "reading": "精确计算，最后向下取整到元，不高于上限",
            "items": listed["Q35"]["items"],
            "source": "default",
            "document_number": None,
            "effective_from": None,
        }
    ]
    on(making.datetime(2023, 11, 1))
    with django_assert_num_queries(3):
        answer = client.get(f"/api/v1/policies/{making.PACK}/settings/")
    (one,) = [point for point in answer.json() if point["id"] == "Q35"]
    ours = [held for held in one["in_force"] if held["source"] == "in_force"]
    assert [
        (held["value"], held["items"], held["document_number"], held["effective_from"]) for held in ours
    ] == [("fen", ["2a"], "哈科规〔2023〕5号", "2023-11-01")]
    assert listed["Q39"]["default"] == "0.00"
    assert client.get("/api/v1/policies/none/settings/").status_code == 404


def test_propose_read_and_decide(client):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    made = post(client, CHANGES, GIVEN)
    assert made.status_code == 201, made.json()
    change = made.json()
    assert (change["state"], change["items"], change["reading"]) == (
        "proposed", ["2a"], "精确计算，最后向下取整到分，不高于上限",
    )  # fmt: skip
    assert post(client, CHANGES, GIVEN).status_code == 409
    address = f"{CHANGES}{change['id']}/"
    own = post(client, f"{address}decide/", {"act": "approve"})
    assert (own.status_code, own.json()["message"]) == (
        403, "这项口径调整由你提出，批准或不批准要由另一个人决定。",
    )  # fmt: skip
    client.force_login(making.staff(Roles.LEADER))
    assert post(client, f"{address}decide/", {"act": "refuse"}).json()["code"] == "reason_required"
    assert post(client, f"{address}decide/", {"act": "maybe"}).status_code == 400
    done = post(client, f"{address}decide/", {"act": "approve"})
    assert (done.status_code, done.json()["state"]) == (200, "in_force")
    assert post(client, f"{address}decide/", {"act": "approve"}).status_code == 409
    assert client.get(address).json()["decided_by"] == done.json()["decided_by"] != change["proposed_by"]
    revoked = post(client, f"{address}decide/", {"act": "revoke", "reason": "文号有误"})
    assert (revoked.json()["state"], revoked.json()["reason"]) == ("withdrawn", "文号有误")
    assert client.get(f"{CHANGES}999999/").status_code == 404


def test_the_proposer_withdraws(client):
    change = making.setting_change()
    client.force_login(change.proposed_by)
    answer = post(client, f"{CHANGES}{change.pk}/decide/", {"act": "withdraw"})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"value": "jiao"}, "bad_value", "value"),
        ({"policy": "none"}, "not_found", "policy"),
        ({"effective_from": "2023-10-01"}, "too_early", "effective_from"),
        ({"effective_from": "明天"}, "invalid", "effective_from"),
        ({"items": ["5a"]}, "bad_choice", "items"),
        ({"backdated": True}, "invalid", "backdated"),
        ({"document_number": ""}, "invalid", "document_number"),
    ],
)
def test_bad_input_names_its_field(client, changes, code, field):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    answer = post(client, CHANGES, {**GIVEN, **changes})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert field in answer.json()["fields"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_questions(client, django_assert_num_queries, count):
    for day in range(1, count + 1):
        making.setting_change(starts=making.date(2023, 11, day))
    client.force_login(making.staff(Roles.AUDITOR))
    with django_assert_num_queries(5):
        answer = client.get(f"{CHANGES}?policy={making.PACK}")
    assert len(answer.json()["results"]) == count and answer.json()["next"] is None


def test_the_calculation_says_which_document_set_a_point(client):
    making.set_to()
    claim = {"id": "c1", "item": "2a", "base": "1.99", "filed_at": "2023-11-01T00:00:00"}

    def ask(**given):
        body = {"policy": making.PACK, "claims": [{**claim, **given}]}
        return post(client, "/api/v1/calculate/", body).json()["claims"][0]

    answer = ask()
    assert answer["amount"] == "0.39"
    assert {
        "id": "Q35",
        "value": "fen",
        "source": "in_force",
        "document_number": "哈科规〔2023〕5号",
        "effective_from": "2023-11-01",
    } in answer["settings"]
    before = ask(filed_at="2023-10-31T23:59:59")
    assert before["amount"] == "0.00"
    assert {"id": "Q35", "value": "yuan", "source": "default"} in before["settings"]
    assert ask(settings={"Q35": "yuan"})["amount"] == "0.00"


def test_a_claim_says_which_document_set_a_point(client, on):
    making.set_to(starts=making.date(2023, 10, 17))
    on(making.datetime(2023, 10, 17, 9))
    claim = making.draft(amounts=["1000001.99"])
    client.force_login(making.admin_of(claim))
    told = client.get(f"/api/v1/claims/{claim.number}/").json()["estimate"]
    assert told["amount"] == "200000.39"
    (one,) = [point for point in told["settings"] if point["id"] == "Q35"]
    assert (one["source"], one["document_number"], one["effective_from"]) == (
        "in_force", "哈科规〔2023〕5号", "2023-10-17",
    )  # fmt: skip
