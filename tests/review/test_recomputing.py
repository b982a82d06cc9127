"""A decision keeps its settings: what is set later never changes it, and it can be computed again by anyone with its number."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from clauses.loader import get_policy
from clauses.models import PackEdition
from clauses.services import calculate
from portal.kernel import clock
from portal.kernel.canonical import digest
from review import selectors, services
from review.models import Award
from tests import making

pytestmark = pytest.mark.django_db


def recomputed(number):
    out = io.StringIO()
    try:
        call_command("recompute", number, stdout=out)
    except SystemExit as stop:
        return stop.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def award():
    return making.awarded(amounts=["1000001.99"])


def test_a_later_setting_leaves_a_decision_as_it_was(award):
    before = (award.amount, award.decision, award.decision_digest)
    making.set_to(starts=date(2023, 11, 1))
    making.set_to("Q37", "not_checked", starts=clock.today())
    with clock.shifted_to(clock.at(date(2023, 12, 1))):
        award = Award.objects.get(pk=award.pk)
        assert (award.amount, award.decision, award.decision_digest) == before
        assert services.recompute(award)["same"]
        assert recomputed(award.case.claim.number)[0] == 0


def test_a_claim_filed_before_the_day_is_decided_as_it_was_filed():
    case = making.verified(amounts=["1000001.99"])
    making.set_to(starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 20))):
        making.proposed(case)
        assert making.fresh(case).determinations.get().amount == 200000


def test_a_claim_filed_after_the_day_carries_the_document_into_its_decision():
    making.set_to(starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 18))):
        noticed = making.noticed(amounts=["1000001.99"])
        award = making.awarded(noticed)
    document = {"document_number": "哈科规〔2023〕5号", "effective_from": "2023-10-17"}
    assert str(award.amount) == "200000.39"
    assert award.decision["setting_sources"] == {"Q35": document}
    assert {"id": "Q35", "value": "fen", "source": "in_force", **document} in award.decision["verdict"][
        "settings"
    ]
    assert calculate(award.decision["question"])["claims"][0]["amount"] == "200000.39"
    status, answer = recomputed(award.case.claim.number)
    assert (status, answer["same"], answer["awards"][0]["amount"]) == (0, True, "200000.39")
    assert (
        document.items() <= next(one for one in answer["awards"][0]["settings"] if one["id"] == "Q35").items()
    )


def test_every_page_of_a_decision_tells_the_settings_it_used(client):
    making.set_to("Q35", "wan_yuan", starts=date(2023, 10, 17))
    making.set_to("Q39", "100000", starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 18))):
        making.budget()
        case = making.verified(amounts=["1000001.99"])
        number = case.claim.number
        handler, leader, auditor = (
            case.handler,
            making.staff(making.Roles.LEADER),
            making.staff(making.Roles.AUDITOR),
        )
        told(client, handler, f"/desk/cases/{number}/")
        case = making.fresh(services.advance(actor=handler, case=case))
        told(client, handler, f"/desk/cases/{number}/propose/")
        for unit in selectors.named_units(case):
            officer = making.staff(making.Roles.UNIT_OFFICER, unit=unit.code)
            told(client, officer, reverse("opinion", args=[number]))
            services.give_opinion(actor=officer, case=case, opinion="agree", text="")
        proposed = making.proposed(making.fresh(case))
        told(client, handler, f"/desk/cases/{number}/")
        told(client, auditor, f"/files/{number}/")
        told(client, leader, reverse("approval", args=[number]))
        award = making.awarded(making.noticed(proposed))
    used = len(award.decision["verdict"]["settings"])
    text = told(client, making.admin_of(award.case.claim), f"/files/{number}/")
    assert f"用到的细则口径{used}条" in text
    text = told(client, auditor, f"/files/{number}/recompute/")
    listed = [one["id"] for one in award.decision["verdict"]["settings"]]
    assert len(listed) > 2 and all(f"<dt>{name}　" in text for name in listed)


def told(client, person, address):
    """A page that lists settings: their words and where they come from, not the codes of the values."""
    client.force_login(person)
    text = client.get(address).content.decode()
    words = {spec.id: spec for spec in making.policy().content.settings.values()}
    assert words["Q35"].reading("wan_yuan") in text and "wan_yuan" not in text
    assert "100,000.00元" in text and "默认" in text
    assert text.count("哈科规〔2023〕5号，自2023年10月17日起") == 2
    return text


@pytest.mark.parametrize("count", [0, 2])
def test_settings_in_words_cost_no_questions(award, count, django_assert_num_queries):
    for name, value in (("Q35", "wan_yuan"), ("Q39", "100000"))[:count]:
        making.set_to(name, value, starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 18))):
        case = making.verified(amounts=["1000001.99"])
        case = making.fresh(case)
        with django_assert_num_queries(4):
            selectors.measured(case)
    with django_assert_num_queries(0):
        selectors.settings_used(
            case.claim.item.policy, award.decision["pack_hash"], award.decision["verdict"]["settings"]
        )


def test_a_money_point_in_force_goes_the_whole_way():
    making.set_to("Q39", "100000", starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 18))):
        award = making.awarded(making.noticed(amounts=["1000001.99"]))
    assert award.decision["question"]["claims"][0]["settings"] == {"Q39": "100000.00"}
    assert services.recompute(award)["same"]


def test_by_the_number_of_the_approval_or_the_claim(award):
    claim = award.case.claim.number
    for number in (claim, award.document_number, f" {claim} "):
        status, answer = recomputed(number)
        assert (status, answer["same"], [one["claim"] for one in answer["awards"]]) == (0, True, [claim])
    assert set(answer["awards"][0]["engine_version"]) == {"decided", "now"}


def test_an_unknown_number_and_a_claim_without_an_award(award):
    for number in ("2099-2A-0001", "", making.draft().number):
        status, answer = recomputed(number)
        assert status == 2 and answer["errors"][0]["path"] == "number"


@pytest.mark.parametrize("part", ["amount", "question", "edition", "version"])
def test_what_was_altered_is_named(award, part):
    decision = award.decision
    if part == "amount":
        decision["verdict"]["amount"] = "300000.00"
    elif part == "question":
        decision["question"]["claims"][0]["costs"][0]["amount"] = "2000000.00"
    elif part == "edition":
        decision["pack_hash"] = "0" * 64
    else:
        decision["engine_version"] = "0"
        decision["verdict"]["steps"] = []
    seal = award.decision_digest if part != "version" else digest(decision)
    Award.objects.filter(pk=award.pk).update(decision=decision, decision_digest=seal)
    status, answer = recomputed(award.case.claim.number)
    paths = {one["path"] for one in answer["awards"][0]["differences"]}
    if part == "version":
        assert (status, paths) == (0, set())
    else:
        wanted = {"amount": "amount", "question": "base", "edition": "pack_hash"}[part]
        assert status == 1 and {"decision_digest", wanted} <= paths


def test_the_auditors_page_names_them_too(award, client):
    Award.objects.filter(pk=award.pk).update(decision={**award.decision, "pack_hash": "0" * 64})
    client.force_login(making.staff(making.Roles.AUDITOR))
    text = client.get(f"/files/{award.case.claim.number}/recompute/").content.decode()
    assert "不同之处" in text and "没有保存这个版本的政策文本" in text and "不能计算" in text


def test_an_award_of_an_edition_no_longer_shipped_is_computed_from_the_kept_texts(award, monkeypatch):
    assert PackEdition.objects.filter(hash=award.decision["pack_hash"]).exists()
    monkeypatch.setattr("clauses.loader.shipped", lambda pack_id: None)
    answer = services.recompute(Award.objects.get(pk=award.pk))
    assert answer["same"], answer["differences"]


def test_a_decision_rests_on_the_loaded_edition_when_the_folder_has_changed(monkeypatch):
    case = making.verified(amounts=["1000000.00"])
    loaded = get_policy(making.PACK)
    emptied = replace(loaded, hash="0" * 64, items={})
    for name in ("shipped", "get_policy"):
        monkeypatch.setattr(f"clauses.loader.{name}", lambda pack_id: emptied)
    monkeypatch.setattr("clauses.services.calculation.get_policy", lambda pack_id: emptied)
    making.proposed(case)
    found = making.fresh(case).determinations.get()
    assert (found.pack_hash, found.amount) == (loaded.hash, 200000)
