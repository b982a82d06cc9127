"""Payments for programs: the pages' services behind tokens, errors in one shape."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from portal.accounts import services as accounts
from portal.accounts.states import Roles
from portal.kernel.models import Event
from portal.ledger.models import Entry
from portal.ledger.states import Kinds
from tests import making
from tests.payouts import desk

pytestmark = pytest.mark.django_db

BANK = {
    "bank_name": "中国银行哈尔滨松北支行",
    "bank_code": "104261000017",
    "account_number": "1672000000001234",
}


def program(user):
    """A client that signs in with a new token of `user`."""
    _, secret = accounts.create_token(actor=user, label=f"测试{user.pk}")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def at(name, *args):
    return reverse(f"api:api_{name}", args=args)


def ask(client, name, *args, body=None, status=200, method="post"):
    answer = (
        client.get(at(name, *args))
        if body is None
        else getattr(client, method)(at(name, *args), body, format="json")
    )
    assert answer.status_code == status, answer.content.decode()
    if status >= 400:
        assert set(answer.json()) == {"code", "message", "fields"}
    return answer.json()


def test_nobody_and_the_wrong_people():
    number = desk.drafted().batch.number
    calls = [("dues",), ("payable",), ("batches",), ("batch", number)]
    for call in calls:
        assert ask(APIClient(), *call, status=401)["code"] == "not_signed_in"
    applicant, handler = program(making.organisation()), program(making.staff(Roles.HANDLER))
    for call in calls[1:]:
        assert ask(applicant, *call, status=403)["code"] == "forbidden"
        assert ask(handler, *call, status=403)["code"] == "forbidden"
    assert ask(handler, "dues", status=403)["message"] == "这是申报单位的页面，请用申报单位的账号登录。"


def test_dues_and_account():
    award = making.awarded()
    claim = award.case.claim
    client = program(making.admin_of(claim))
    (due,) = ask(client, "dues")["results"]
    assert (due["claim"], due["amount"], due["state"]) == (claim.number, "10000000.00", "account_due")
    bad = {"account_name": "别家", **BANK, "bank_code": "12"}
    told = ask(client, "payee_account", claim.number, body=bad, status=400)
    assert set(told["fields"]) == {"account_name", "bank_code"}
    assert not Payment.objects.exists()
    good = {"account_name": claim.organisation.name, **BANK}
    for _ in range(2):
        told = ask(client, "payee_account", claim.number, body=good)
    assert told["state"] == "requested"
    assert told["account"]["masked"] == "···· 1234"
    assert "1672000000001234" not in str(told)
    assert PayeeAccount.objects.count() == 1
    offered = ask(client, "dues")["offered_account"]["id"]
    second = making.awarded(claim=making.submitted(making.draft(making.admin_of(claim), "2b"))).case.claim
    told = ask(client, "payee_account", second.number, body={"reuse": offered})
    assert told["account"]["id"] == offered
    stranger = program(making.organisation())
    assert ask(stranger, "payee_account", claim.number, body=good, status=404)["code"] == "not_found"
    assert ask(stranger, "dues")["results"] == []
    filler = program(making.filler(making.admin_of(claim)))
    assert ask(filler, "payee_account", second.number, body=good, status=403)["code"] == "forbidden"


def test_a_batch_from_nothing_to_settled():
    payments = [making.requested(), making.requested(code="9b")]
    numbers = [desk.claim_of(payment).number for payment in payments]
    clerk, approver = program(desk.clerk()), program(desk.approver())
    waiting = ask(clerk, "payable")
    assert (waiting["count"], waiting["total"]) == (2, "10500000.00")
    assert [one["claim"] for one in waiting["results"]] == numbers
    number = ask(clerk, "batches", body={"title": "首批"}, status=201)["number"]
    told = ask(clerk, "batch_payments", number, body={"claims": [*numbers, "没有"]}, status=400)
    assert "没有" in told["fields"]["claims"][0]
    for _ in range(2):
        told = ask(clerk, "batch_payments", number, body={"claims": numbers})
        assert (told["count"], told["total"]) == (2, "10500000.00")
    for _ in range(2):
        told = ask(clerk, "batch_payment", number, numbers[1], body={}, method="delete")
        assert [line["claim"] for line in told["lines"]] == numbers[:1]
    ask(clerk, "batch_payment", number, "没有", body={}, method="delete", status=404)
    ask(clerk, "batch_payments", number, body={"claims": numbers})
    for _ in range(2):
        frozen = ask(clerk, "batch_submit", number, body={})
    assert (frozen["state"], frozen["total"]) == ("submitted", "10500000.00")
    assert ask(clerk, "batch_release", number, body={}, status=403)["code"] == "forbidden"
    assert ask(approver, "batch_send_back", number, body={"reason": ""}, status=400)["fields"]["reason"]
    told = ask(approver, "batch_release", number, body={"total": "1.00"}, status=400)
    assert set(told["fields"]) == {"total"}
    assert ask(approver, "batch_release", number, body={"digest": "0" * 64}, status=409)["code"] == "stale"
    good = {"digest": frozen["digest"], "total": frozen["total"]}
    for _ in range(2):
        told = ask(approver, "batch_release", number, body=good)
    assert told["state"] == "released"
    assert [paper["kind"] for paper in told["papers"]].count("letter") == 2
    assert ask(clerk, "batch_settle", number, body={}, status=400)["code"] == "results_missing"
    results = [
        {"claim": numbers[0], "result": "paid", "bank_reference": "B1"},
        {"claim": numbers[1], "result": "paid", "bank_reference": "B1"},
        {"claim": "没有", "result": "paid", "bank_reference": "B3"},
    ]
    for _ in range(2):
        first, second, third = ask(clerk, "batch_results", number, body={"results": results})["results"]
        assert (first["done"], first["result"]) == (True, "paid")
        assert (second["done"], second["code"], set(second["fields"])) == (
            False,
            "already_done",
            {"bank_reference"},
        )
        assert (third["done"], third["code"]) == (False, "not_found")
    assert Entry.objects.filter(kind=Kinds.PAY).count() == 1
    last = [{"claim": numbers[1], "result": "returned", "return_reason": "账号有误"}]
    assert ask(clerk, "batch_results", number, body={"results": last})["results"][0]["done"]
    changed = [{"claim": numbers[0], "result": "returned", "return_reason": "账号有误"}]
    assert not ask(clerk, "batch_results", number, body={"results": changed})["results"][0]["done"]
    for _ in range(2):
        assert ask(clerk, "batch_settle", number, body={})["state"] == "settled"
    assert BatchLine.objects.filter(result="paid").count() == 1
    assert "1672000000001234" not in str(ask(clerk, "batch", number))


def test_the_maker_does_not_release_here_either():
    maker = making.staff(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER)
    made = desk.drafted(maker=maker)
    client = program(maker)
    ask(client, "batch_submit", made.batch.number, body={})
    told = ask(client, "batch_release", made.batch.number, body={}, status=403)
    assert told["message"] == "这个批次由你制单，复核放行要由另一个人办理。"


def test_a_taken_payment_is_a_conflict():
    payment = making.requested()
    desk.drafted([payment])
    made = desk.drafted([])
    told = ask(
        program(made.clerk),
        "batch_payments",
        made.batch.number,
        body={"claims": [desk.claim_of(payment).number]},
        status=409,
    )
    assert told["code"] == "wrong_state"


def test_cancel_and_lists():
    made = desk.drafted()
    client = program(made.clerk)
    for _ in range(2):
        assert ask(client, "batch_cancel", made.batch.number, body={})["state"] == "cancelled"
    (head,) = ask(program(making.staff(Roles.AUDITOR)), "batches")["results"]
    assert (head["count"], head["total"], head["checker"]) == (0, "0.00", None)
    assert ask(client, "batches", body={"title": ""}, status=400)["fields"]["title"]
    assert ask(client, "batches", body={}, status=400)["fields"]["title"]
    assert ask(client, "batch", "没有", status=404)["code"] == "not_found"
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("body", [{"claims": []}, {"claims": "x"}, {}, {"claims": [{}]}])
def test_a_body_of_another_shape(body):
    made = desk.drafted([])
    told = ask(program(made.clerk), "batch_payments", made.batch.number, body=body, status=400)
    assert told["code"] == "invalid"
    assert all(name.startswith("claims") for name in told["fields"])


@pytest.mark.parametrize("place", ["²", "９", "9" * 5000, "-1", "x"])
def test_a_place_in_a_list_that_is_none_starts_at_the_beginning(place):
    number = desk.drafted().batch.number
    clerk = program(desk.clerk())
    for name, key in (("batches", "before"), ("payable", "after")):
        answer = clerk.get(at(name), {key: place})
        assert answer.status_code == 200
    assert [one["number"] for one in clerk.get(at("batches"), {"before": place}).json()["results"]] == [
        number
    ]


def test_words_of_the_bank_that_are_too_long():
    made = desk.released([making.requested()])
    claim = desk.claim_of(made.lines[0].payment).number
    clerk = program(made.clerk)
    for word, limit in (("bank_reference", 60), ("return_reason", 200)):
        result = "paid" if word == "bank_reference" else "returned"
        results = [{"claim": claim, "result": result, word: "1" * (limit + 1)}]
        (told,) = ask(clerk, "batch_results", made.batch.number, body={"results": results})["results"]
        assert (told["done"], told["code"], set(told["fields"])) == (False, "too_long", {word})
    assert not BatchLine.objects.exclude(result="pending").exists()


def test_exports():
    made = desk.submitted()
    client = program(made.clerk)
    answer = client.post(at("batch_export", made.batch.number), {"kind": "payment"}, format="json")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.cell(row=3, column=4).value == "1672000000001234"
    ask(client, "batch_export", made.batch.number, body={"kind": "x"}, status=400)
    auditor = program(making.staff(Roles.AUDITOR))
    ask(auditor, "batch_export", made.batch.number, body={"kind": "payment"}, status=403)
    assert Event.objects.filter(verb="batch.exported").count() == 1


def test_lists_need_as_many_questions_for_three_as_for_one(django_assert_num_queries):
    clerk = desk.clerk()
    client = program(clerk)
    for codes in (("2a",), ("1", "3a")):
        for code in codes:
            desk.drafted([making.requested(code=code)], maker=clerk)
            making.requested(code=code)
        with django_assert_num_queries(5):
            client.get(at("batches"))
        with django_assert_num_queries(6):
            client.get(at("payable"))


def test_the_schema_names_every_address(client):
    text = client.get(reverse("schema")).content.decode()
    for path in (
        "/api/v1/dues/",
        "/api/v1/batches/{number}/results/",
        "/api/v1/payable/",
        "/api/v1/batches/{number}/exports/",
    ):
        assert path in text
