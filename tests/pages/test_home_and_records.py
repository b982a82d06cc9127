"""To-do lists, the moved clock, the auditor's records."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

import portal
from applications import services as filing
from applications.machine import claims
from payouts.machine import batches, payments
from portal.accounts.states import Roles
from portal.kernel import clock, moving
from portal.kernel.models import ClockShift
from portal.kernel.refusals import Refusal
from portal.ledger.states import Kinds
from portal.pages.states import record_words
from review.machine import assignments, cases
from tests import making

pytestmark = pytest.mark.django_db


def home(client: Client, user: object) -> str:
    client.force_login(user)
    text = client.get("/home/").content.decode()
    assert "‼undefined" not in text
    return text


def test_each_role_opens_on_what_waits_for_it(client: Client) -> None:
    claim = making.submitted()
    assert claim.number in home(client, making.staff(Roles.INTAKE))
    accepted = filing.accept(actor=making.staff(Roles.INTAKE), claim=claim)
    assert accepted.number in home(client, making.staff(Roles.HANDLER))
    proposed = making.proposed()
    assert proposed.claim.number in home(client, making.staff(Roles.LEADER))
    payment = making.requested()
    assert payment.award.case.claim.number in home(client, making.staff(Roles.FINANCE_CLERK))
    assert "现在没有要办的事" in home(client, making.staff(Roles.AUDITOR))


def test_an_applicant_sees_drafts_corrections_and_accounts_due(client: Client) -> None:
    draft = making.draft()
    text = home(client, making.admin_of(draft))
    assert "2023年12月31日 24:00截止" in text
    claim = making.submitted()
    filing.ask_correction(
        actor=making.staff(Roles.INTAKE), claim=claim, faults=[{"section": "papers", "text": "合同缺页"}]
    )
    assert "补正1处" in home(client, making.admin_of(claim))
    award = making.awarded()
    assert "待提供" in home(client, making.admin_of(award.case.claim))


def test_the_date_moves_forward_only_and_scheduled_work_follows(client: Client) -> None:
    moving.pin(clock.at(date(2023, 10, 16)).replace(hour=9))
    clock.forget()
    client.post("/clock/", {"days": "1", "next": "/help/"})
    clock.forget()
    assert clock.today() == date(2023, 10, 17)
    answer = client.post("/clock/", {"date": "2023-10-01", "next": "https://elsewhere.example/"})
    assert answer["location"] == "/"
    clock.forget()
    assert clock.today() == date(2023, 10, 17)
    with pytest.raises(Refusal, match="只能往后调"):
        moving.move_to(date(2023, 10, 17), actor=making.staff(Roles.ADMINISTRATOR))


def test_without_demonstration_there_is_no_moving(client: Client, settings: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    assert client.post("/clock/", {"days": "1"}).status_code == 404
    assert not ClockShift.objects.exists()


def test_the_auditor_walks_the_chain(client: Client) -> None:
    claim = making.submitted()
    client.force_login(making.staff(Roles.AUDITOR))
    text = client.get("/events/", {"thread": claim.number}).content.decode()
    assert "提交申报" in text
    assert "没有改动、缺失、插入或截断" in client.get("/events/check/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kernel_event DISABLE TRIGGER event_append_only")
        cursor.execute("UPDATE kernel_event SET reason = 'x' WHERE sequence = 2")
        cursor.execute("ALTER TABLE kernel_event ENABLE TRIGGER event_append_only")
    assert "第2条记录的内容被改动" in client.get("/events/check/").content.decode()


@pytest.mark.parametrize("path", ["/events/", "/events/check/"])
def test_records_are_the_auditors(client: Client, path: str) -> None:
    client.force_login(making.staff(Roles.LEADER))
    assert client.get(path).status_code == 403
    client.logout()
    assert client.get(path)["location"].startswith("/account/login/")


def test_every_recorded_act_has_words_for_the_auditor() -> None:
    machines = (claims, cases, assignments, payments, batches)
    root = Path(portal.__file__).parents[1]
    verbs = {f"{one.model._meta.label_lower}.{name}" for one in machines for name in one.rows}
    verbs |= {f"ledger.{kind.value}" for kind in Kinds}
    for app in ("portal", "clauses", "applications", "review", "payouts"):
        for source in (root / app).rglob("*.py"):
            verbs |= set(re.findall(r'events\.record\(\s*"([a-z_.]+)"', source.read_text()))
    assert "batch.exported" in verbs
    assert sorted(verb for verb in verbs if record_words(verb) == verb) == []
