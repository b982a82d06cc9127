"""Filing: complete, by the right person, once, in time, within the item's limit."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import selectors
from applications import services as filing
from applications.models import Claim, Nomination
from applications.services.content import filed_content
from applications.states import ClaimStates
from portal.accounts.states import Roles
from portal.kernel import clock, issuing
from portal.kernel.canonical import digest
from portal.kernel.models import Document, Event
from portal.kernel.refusals import Refusal
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db
MONEY = ["1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b"]
WITH_COSTS = [code for code in MONEY if code != "1"]
LAST_SECOND = datetime(2023, 12, 31, 23, 59, 59, tzinfo=clock.SHANGHAI)
FIRST_LATE = datetime(2024, 1, 1, 0, 0, 0, tzinfo=clock.SHANGHAI)


def submit(claim, *, actor=None, version=None, committed=True):
    return filing.submit(
        actor=actor or making.admin_of(claim),
        claim=claim,
        version=claim.version if version is None else version,
        committed=committed,
    )


def long_window(*codes):
    """A round that stays open beyond the term, so that only the term can close it."""
    return making.window(*codes, closes=clock.at(date(2024, 7, 1)))


@pytest.mark.parametrize("code", MONEY)
def test_the_missing_list_is_the_guard(code):
    """What the page lists as missing, one by one, is what submission refuses; nothing else does."""
    admin = making.organisation("university" if code == "1" else "enterprise")
    claim = filing.start_claim(
        actor=admin, project=making.project(admin), item=making.item(code), window=making.window(code)
    )
    listed = selectors.missing_actions(claim)
    assert listed
    with refused("missing") as parts:
        submit(claim)
    assert [(part.field, part.message) for part in parts] == [
        (one.section, one.text + "。") for one in listed
    ]
    complete = making.draft(admin, code)
    assert selectors.missing_actions(complete) == []
    assert submit(complete)[0].state == ClaimStates.SUBMITTED


@pytest.mark.parametrize("code", MONEY)
def test_every_required_fact_is_asked_for(code):
    claim = making.draft(code=code)
    admin = making.admin_of(claim)
    _, rules = making.programmes.rules_of(claim.item)
    for fact in selectors.asked_facts(rules):
        if not fact.required:
            continue
        stored = claim.facts[fact.key]
        claim = filing.save_section(
            actor=admin, claim=claim, section="overview", values={fact.key: ""}, version=claim.version
        )
        claim = selectors.claim_by_number(claim.number)
        assert any(one.anchor == fact.key for one in selectors.missing_actions(claim)), fact.key
        claim = filing.save_section(
            actor=admin, claim=claim, section="overview", values={fact.key: stored}, version=claim.version
        )
    assert selectors.missing_actions(selectors.claim_by_number(claim.number)) == []


@pytest.mark.parametrize("code", MONEY)
def test_every_required_paper_is_asked_for(code):
    claim = making.draft(code=code)
    admin = making.admin_of(claim)
    for paper in selectors.attachments(claim):
        filing.remove_attachment(actor=admin, attachment=paper)
        assert [one.anchor for one in selectors.missing_actions(claim)] == [f"paper-{paper.paper}"]
        making.upload(admin, claim, paper.paper)


@pytest.mark.parametrize("code", WITH_COSTS)
def test_costs_and_their_dates_are_asked_for(code):
    claim = making.draft(code=code)
    admin = making.admin_of(claim)
    item = selectors.nominated(claim)[0]
    _, rules = making.programmes.rules_of(claim.item)
    values = {name: getattr(item, name) for name in filing.projects.TEXTS}
    values |= {"amount": item.amount, "side": item.side}
    filing.update_cost_item(actor=admin, item=item, values=values)
    assert len(selectors.missing_actions(claim)) == len(rules.cost_dates) > 0
    filing.nominate(actor=admin, claim=claim, cost_items=[], version=claim.version)
    assert any(one.section == "costs" for one in selectors.missing_actions(claim))


def test_public_money_must_be_answered_and_a_yes_explained():
    claim = making.draft()
    admin = making.admin_of(claim)
    claim = filing.save_section(
        actor=admin, claim=claim, section="public_money", values={"public_money": True}, version=claim.version
    )
    with refused("missing", "public_money"):
        submit(claim)
    filing.save_section(
        actor=admin,
        claim=claim,
        section="public_money",
        version=claim.version,
        values={"public_money": True, "public_money_note": "省级技改资金，300万元，不含本次费用。"},
    )
    assert selectors.missing_actions(selectors.claim_by_number(claim.number)) == []


@pytest.mark.parametrize(("code", "kind"), [("3a", "university"), ("2b", "social"), ("9b", "social")])
def test_an_item_closed_to_the_organisations_kind_says_so(code, kind):
    admin = making.organisation("enterprise")
    claim = making.draft(admin, code)
    claim.organisation.kind = kind
    claim.organisation.save(update_fields=["kind"])
    with refused("missing", "organisation") as parts:
        submit(selectors.claim_by_number(claim.number))
    assert "申报主体" in parts[0].message


def test_an_organisation_that_is_not_certified_fills_but_does_not_file():
    admin = making.organisation(certified=False)
    claim = making.draft(admin)
    with refused("forbidden") as parts:
        submit(claim)
    assert "认证" in parts[0].message
    assert Claim.objects.get().state == ClaimStates.DRAFT


def test_a_filler_a_stranger_and_staff_do_not_file():
    claim = making.draft()
    admin = making.admin_of(claim)
    for actor in (making.filler(admin), making.organisation(), making.staff(Roles.INTAKE)):
        with refused("forbidden"):
            submit(claim, actor=actor)
    assert not Document.objects.exists()


def test_without_the_commitment_nothing_is_filed():
    claim = making.draft()
    with refused("commitment_required", "committed"):
        submit(claim, committed=False)


def test_an_older_version_than_the_stored_one_is_not_filed():
    claim = making.draft()
    with refused("stale"):
        submit(claim, version=claim.version - 1)


def test_pressing_twice_gives_the_one_receipt():
    claim = making.draft()
    (first, receipt), (second, again) = submit(claim), submit(claim)
    assert receipt.pk == again.pk
    assert (first.filed_at, first.content_digest) == (second.filed_at, second.content_digest)
    assert Document.objects.filter(kind="receipt").count() == 1
    assert Event.objects.filter(verb="applications.claim.submit").count() == 1


def test_filing_freezes_the_content_and_the_receipt_carries_its_digest():
    claim = making.draft(amounts=["100.00", "250.50"])
    filed, receipt = submit(claim)
    filed = Claim.objects.get(pk=filed.pk)
    assert (
        digest(filed.content)
        == filed.content_digest
        == digest(filed_content(selectors.claims().get(pk=filed.pk)))
    )
    decision = receipt.decision
    assert decision["content_digest"] == filed.content_digest
    assert decision["claim_number"] == filed.number
    assert (decision["cost_count"], decision["claimed_total"]) == (2, "350.50")
    assert (
        decision["submitted_at"]
        == filed.filed_at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat()
    )
    assert receipt.decision_digest == digest(decision)
    assert (filed.filed_by, filed.committed_by) == (making.admin_of(claim), making.admin_of(claim))


def test_the_database_servers_clock_governs(monkeypatch):
    claim = making.draft()
    moment = datetime(2023, 11, 11, 11, 11, 11, tzinfo=clock.SHANGHAI)
    monkeypatch.setattr(clock, "legal_now", lambda: moment)
    assert submit(claim)[0].filed_at == moment


def test_the_round_must_be_open_at_the_moment_of_filing():
    claim = making.draft(round_=making.window("2a", closes=clock.at(date(2023, 10, 20)).replace(hour=17)))
    with (
        clock.shifted_to(datetime(2023, 10, 20, 17, 0, tzinfo=clock.SHANGHAI)),
        refused("round_closed") as parts,
    ):
        submit(claim)
    assert "2023年10月20日 17:00截止" in parts[0].message
    assert "系统收到的时间是2023年10月20日 17:00:0" in parts[0].message


# the term, to the second


def test_in_the_last_second_of_the_term_a_filing_is_in_time(monkeypatch):
    claim = making.draft(round_=long_window("2a"))
    monkeypatch.setattr(clock, "legal_now", lambda: LAST_SECOND.replace(microsecond=999_999))
    assert submit(claim)[0].filed_at.astimezone(clock.SHANGHAI).year == 2023


def test_on_the_moved_clock_too():
    claim = making.draft(round_=long_window("2a"))
    with clock.shifted_to(LAST_SECOND - timedelta(seconds=30)):
        assert submit(claim)[0].state == ClaimStates.SUBMITTED


@pytest.mark.parametrize("code", MONEY)
def test_a_second_later_it_is_refused_with_the_sentence_that_governs(code):
    claim = making.draft(code=code, round_=long_window(code))
    with clock.shifted_to(FIRST_LATE), refused("filed_late") as parts:
        submit(claim)
    assert "有效期至2023年12月31日" in parts[0].message
    assert "提交时间为2024年1月1日00:00:0" in parts[0].message
    assert "申报截止到2023年12月31日24:00" in parts[0].message
    claim.refresh_from_db()
    assert (claim.state, claim.filed_at, claim.limit_key) == (ClaimStates.DRAFT, None, "")
    assert not Document.objects.exists()


def test_before_the_policy_nothing_is_filed(monkeypatch):
    claim = making.draft(round_=making.window("2a", opens=clock.at(date(2022, 1, 1))))
    monkeypatch.setattr(clock, "legal_now", lambda: datetime(2022, 8, 23, 23, 59, 59, tzinfo=clock.SHANGHAI))
    with refused("filed_early"):
        submit(claim)


def corrected(section="papers", *, filed=datetime(2023, 12, 28, 10, 0, tzinfo=clock.SHANGHAI), **kwargs):
    """A claim filed on 2023-12-28 and sent back the next day, answerable into January."""
    with clock.shifted_to(filed):
        claim = making.submitted(
            making.draft(round_=making.window("2a", closes=clock.at(date(2024, 1, 1))), **kwargs)
        )
    with clock.shifted_to(filed + timedelta(days=1)):
        filing.ask_correction(
            actor=making.staff(Roles.INTAKE), claim=claim, faults=[{"section": section, "text": "请补正。"}]
        )
    return selectors.claim_by_number(claim.number)


JANUARY = datetime(2024, 1, 10, 10, 0, tzinfo=clock.SHANGHAI)


def test_a_correction_answered_after_the_term_keeps_the_first_filing_time():
    claim = corrected()
    first, number = claim.filed_at, issuing.papers_of(claim, "receipt")[0].number
    with clock.shifted_to(JANUARY):
        making.upload(making.admin_of(claim), claim, "photo")
        answered, receipt = submit(claim)
    assert (answered.state, answered.filed_at, answered.faults) == (ClaimStates.SUBMITTED, first, [])
    assert receipt.number != number
    assert receipt.decision["submitted_at"].startswith("2024-01-10T10:00:")
    assert digest(answered.content) == answered.content_digest


def test_a_correction_after_the_term_may_lower_but_not_raise():
    claim = corrected("costs", amounts=["300.00", "200.00"])
    admin = making.admin_of(claim)
    first, second = selectors.nominated(claim)
    texts = {name: getattr(first, name) for name in filing.projects.TEXTS + filing.projects.DATES}
    with clock.shifted_to(JANUARY):
        filing.update_cost_item(actor=admin, item=first, values={**texts, "amount": "300.01"})
        with refused("raised_after_term") as parts:
            submit(claim)
        assert "到期" in parts[0].message
        filing.update_cost_item(actor=admin, item=first, values={**texts, "amount": "299.00"})
        added = making.cost(admin, claim.project, "1.00")
        claim = filing.nominate(
            actor=admin, claim=claim, cost_items=[first, second, added], version=claim.version
        )
        with refused("raised_after_term"):
            submit(claim)
        claim = filing.nominate(actor=admin, claim=claim, cost_items=[first], version=claim.version)
        assert submit(claim)[0].content["claimed_total"] == "299.00"


def test_the_requested_sum_of_clause_one_is_not_raised_after_the_term_either():
    with clock.shifted_to(datetime(2023, 12, 28, 10, 0, tzinfo=clock.SHANGHAI)):
        claim = making.submitted(code="1")
    with clock.shifted_to(datetime(2023, 12, 29, 10, 0, tzinfo=clock.SHANGHAI)):
        claim, _ = filing.ask_correction(
            actor=making.staff(Roles.INTAKE),
            claim=claim,
            faults=[{"section": "overview", "text": "核对金额。"}],
        )
    admin = making.admin_of(claim)
    with clock.shifted_to(JANUARY):
        claim = filing.save_section(
            actor=admin,
            claim=claim,
            section="overview",
            values={"requested_amount": "8000000.01"},
            version=claim.version,
        )
        with refused("raised_after_term"):
            submit(claim)


def test_within_the_term_a_correction_may_raise():
    claim = making.submitted(amounts=["300.00"])
    claim, _ = filing.ask_correction(
        actor=making.staff(Roles.INTAKE), claim=claim, faults=[{"section": "costs", "text": "漏了一笔。"}]
    )
    admin = making.admin_of(claim)
    added = making.cost(admin, claim.project, "1.00")
    claim = filing.nominate(
        actor=admin, claim=claim, cost_items=[*selectors.nominated(claim), added], version=claim.version
    )
    assert submit(claim)[0].content["claimed_total"] == "301.00"


def test_a_correction_past_its_own_limit_is_refused():
    claim = corrected()
    assert claim.correction_due_on is not None
    with clock.shifted_to(clock.at(claim.correction_due_on) + timedelta(days=1)), refused("correction_late"):
        submit(claim)


def test_on_the_last_day_of_its_limit_a_correction_is_taken():
    claim = corrected()
    with clock.shifted_to(clock.at(claim.correction_due_on).replace(hour=23, minute=50)):
        assert submit(claim)[0].state == ClaimStates.SUBMITTED


def test_who_withdraws_after_the_term_cannot_file_again():
    window = long_window("2a")
    with clock.shifted_to(datetime(2023, 12, 28, 10, 0, tzinfo=clock.SHANGHAI)):
        claim = making.submitted(making.draft(round_=window))
    admin = making.admin_of(claim)
    with clock.shifted_to(datetime(2024, 1, 5, 10, 0, tzinfo=clock.SHANGHAI)):
        filing.withdraw(actor=admin, claim=claim)
        again = making.draft(admin, owner=claim.project, round_=window, costs=selectors.nominated(claim))
        with refused("filed_late"):
            submit(again)


def test_a_cost_from_before_the_policy_is_left_out_and_the_others_stay():
    admin = making.organisation()
    owner = making.project(admin)
    early = making.cost(admin, owner, "40000000.00", invoice_date="2022-08-23", paid_date="2022-09-01")
    first = making.cost(admin, owner, "20000000.00", invoice_date="2022-08-24", paid_date="2022-08-24")
    claim = making.draft(admin, owner=owner, costs=[early, first])
    verdict = selectors.estimate(claim)
    assert [(out.id, out.reason.code) for out in verdict.excluded_costs] == [(str(early.pk), "outside_term")]
    assert (verdict.base, verdict.amount) == (2_000_000_000, 400_000_000)
    filed, receipt = submit(claim)
    assert receipt.decision["estimate"] == "4000000.00"
    assert Nomination.objects.filter(claim=filed).count() == 2


# what an item may be paid once for


def test_a_platform_is_filed_for_once_whatever_the_round():
    claim = making.submitted()
    admin = making.admin_of(claim)
    again = making.draft(admin, owner=claim.project)
    with refused("limit_used") as parts:
        submit(again)
    assert claim.number in parts[0].message
    assert "一次性" in parts[0].message
    assert submit(making.draft(admin))[0].state == ClaimStates.SUBMITTED


def test_after_withdrawal_the_platform_is_free_again():
    claim = making.submitted()
    admin = making.admin_of(claim)
    filing.withdraw(actor=admin, claim=claim)
    assert submit(making.draft(admin, owner=claim.project))[0].state == ClaimStates.SUBMITTED


@pytest.mark.parametrize(("code", "key"), [("2c", "service_year"), ("6b", "expense_year")])
def test_a_yearly_item_is_filed_for_once_a_year_and_again_for_another_year(code, key):
    claim = making.submitted(code=code)
    admin = making.admin_of(claim)
    with refused("limit_used"):
        submit(making.draft(admin, code, owner=claim.project))
    assert submit(making.draft(admin, code, owner=claim.project, answers={key: "2022"}))[0].filed_at


def test_an_event_is_filed_for_once_even_from_another_project():
    claim = making.submitted(code="9b")
    admin = making.admin_of(claim)
    again = making.draft(admin, "9b")
    with refused("limit_used") as parts:
        submit(again)
    assert "每场活动一次" in parts[0].message
    assert submit(making.draft(admin, "9b", answers={"event_name": "另一场论坛"}))[0].filed_at


def test_an_event_that_another_organises_is_not_claimed():
    making.submitted(code="9b")
    stranger = making.draft(code="9b", answers={"event_name": "自办的论坛"})
    admin = making.admin_of(stranger)
    name = making.facts(stranger)["event_name"]
    stranger = filing.save_section(
        actor=admin, claim=stranger, section="overview", values={"event_name": name}, version=stranger.version
    )
    with refused("missing", "overview"):
        submit(stranger)


def test_the_database_itself_refuses_a_second_filing_within_the_limit():
    first, second = making.submitted(), making.submitted()
    with pytest.raises(IntegrityError, match="claim_within_limit"), transaction.atomic():
        Claim.objects.filter(pk=second.pk).update(limit_key=first.limit_key)


def test_a_cost_without_a_category_keeps_the_claim_from_being_filed():
    claim = making.draft()
    cost = selectors.nominated(claim)[0]
    cost.category = ""
    cost.save(update_fields=["category"])
    wanted = f"给“{cost.name}”选择费用类别"
    assert [missing.text for missing in selectors.missing_actions(claim)] == [wanted]
    with pytest.raises(Refusal, match=wanted):
        filing.submit(actor=making.admin_of(claim), claim=claim, version=claim.version, committed=True)
