"""Many at once, on real connections: one wins, nobody is lost, nothing is half done."""

from collections import Counter
from threading import Thread

import pytest
from django.db import connections

from applications import selectors
from applications import services as filing
from applications.models import Claim, Hold
from applications.services import claims as submission
from applications.services.content import COST_FIELDS
from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Document, Event
from portal.kernel.refusals import Refusal, Stale
from tests import making
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SAME = {"document_number": "88880001", "invoice_date": "2023-03-01", "paid_date": "2023-03-09"}


def submitting(claim):
    admin = making.admin_of(claim)
    return lambda: filing.submit(actor=admin, claim=claim, version=claim.version, committed=True)


def unbroken():
    assert list(events.verify_chain()) == []


def test_submitting_eight_times_at_once_files_once_with_one_receipt():
    claim = making.draft()
    results = race([submitting(claim)] * 8)
    assert len({receipt.number for _, receipt in results}) == 1
    assert len({filed.filed_at for filed, _ in results}) == 1
    assert Document.objects.filter(kind="receipt").count() == 1
    assert Event.objects.filter(verb="applications.claim.submit").count() == 1
    assert Hold.objects.filter(released_at=None).count() == 1
    unbroken()


def test_two_claims_of_one_organisation_for_one_cost_are_both_filed_and_one_holds():
    admin = making.organisation()
    owner = making.project(admin)
    costs = [making.cost(admin, owner, "100.00"), making.cost(admin, owner, "200.00")]
    drafts = [
        making.draft(admin, "2a", owner=owner, costs=costs),
        making.draft(admin, "2b", owner=owner, costs=costs[::-1]),
    ]
    results = race([submitting(draft) for draft in drafts])
    assert [filed.state for filed, _ in results] == ["submitted", "submitted"]
    live = Counter(Hold.objects.filter(released_at=None).values_list("evidence_key", flat=True))
    assert live == {cost.evidence_key: 1 for cost in costs}
    unbroken()


def test_two_strangers_with_one_key_are_both_filed_and_one_holds():
    drafts = []
    for _ in range(2):
        admin = making.organisation()
        owner = making.project(admin)
        cost = making.cost(admin, owner, "100.00", **SAME)
        drafts.append(making.draft(admin, owner=owner, costs=[cost]))
    results = race([submitting(draft) for draft in drafts])
    assert [filed.state for filed, _ in results] == ["submitted", "submitted"]
    assert Hold.objects.filter(released_at=None).count() == 1
    assert sorted(len(selectors.conflicts(filed)) for filed, _ in results) == [0, 1]
    unbroken()


def test_starting_eight_times_at_once_makes_one_draft():
    admin, window, item = making.organisation(), making.window("2a"), making.item("2a")
    project = making.project(admin)
    results = race([lambda: filing.start_claim(actor=admin, project=project, item=item, window=window)] * 8)
    assert len({claim.pk for claim in results}) == 1
    assert Claim.objects.count() == 1


def test_of_eight_savers_of_one_version_one_wins_and_the_others_are_told():
    claim = making.draft()
    admin = making.admin_of(claim)

    def saving(number):
        return lambda: filing.save_section(
            actor=admin,
            claim=claim,
            section="overview",
            values={"platform_name": f"第{number}个窗口"},
            version=claim.version,
        )

    results = race([saving(number) for number in range(8)])
    saved = [one for one in results if isinstance(one, Claim)]
    assert (len(saved), sum(isinstance(one, Stale) for one in results)) == (1, 7)
    stored = Claim.objects.get(pk=claim.pk)
    assert (stored.version, stored.facts) == (claim.version + 1, saved[0].facts)


def test_saving_and_submitting_at_once_never_files_an_unseen_text():
    claim = making.draft()
    admin = making.admin_of(claim)

    def save():
        return filing.save_section(
            actor=admin,
            claim=claim,
            section="overview",
            values={"platform_name": "改过"},
            version=claim.version,
        )

    saved, submitted = race([save, submitting(claim)])
    stored = Claim.objects.get(pk=claim.pk)
    if isinstance(submitted, Refusal):
        assert (stored.state, stored.facts["platform_name"]) == ("draft", "改过")
    else:
        assert isinstance(saved, Refusal)
        assert stored.content["facts"] == stored.facts == claim.facts


def test_one_cost_entered_eight_times_at_once_is_entered_once():
    admin = making.organisation()
    project = making.project(admin)
    results = race([lambda: making.cost(admin, project, **SAME)] * 8)
    refusals = [one for one in results if isinstance(one, Refusal)]
    assert [one.code for one in refusals] == ["already_entered"] * 7
    assert project.cost_items.count() == 1


def test_the_limit_of_an_item_holds_against_two_claims_filed_at_once():
    admin = making.organisation()
    owner = making.project(admin)
    drafts = [making.draft(admin, owner=owner) for _ in range(4)]
    results = race([submitting(draft) for draft in drafts])
    codes = [one.code if isinstance(one, Refusal) else "filed" for one in results]
    assert sorted(codes) == ["filed", "limit_used", "limit_used", "limit_used"]
    unbroken()


def test_a_hold_chosen_by_three_claims_at_once_ends_with_one():
    admin = making.organisation()
    owner = making.project(admin)
    item = making.cost(admin, owner, "100.00")
    filed = [
        making.submitted(making.draft(admin, code, owner=owner, costs=[item])) for code in ("2a", "2b", "3a")
    ]
    results = race(
        [
            lambda claim=claim: filing.choose_holder(actor=admin, claim=claim, cost_item=item)
            for claim in filed * 2
        ]
    )
    assert all(isinstance(one, Hold) or one.code == "held" for one in results), results
    assert any(isinstance(one, Hold) for one in results)
    assert Hold.objects.filter(evidence_key=item.evidence_key, released_at=None).count() == 1
    unbroken()


def test_moving_a_hold_and_withdrawing_its_holder_at_once_never_lock_each_other():
    admin = making.organisation()
    owner = making.project(admin)
    item = making.cost(admin, owner, "100.00")
    first, second = (
        making.submitted(making.draft(admin, code, owner=owner, costs=[item])) for code in ("2a", "2b")
    )
    results = race(
        [
            lambda: filing.choose_holder(actor=admin, claim=second, cost_item=item),
            lambda: filing.withdraw(actor=admin, claim=first),
        ]
    )
    assert all(isinstance(one, Hold | Claim) or one.code == "held" for one in results), results
    assert not Hold.objects.filter(claim=first, released_at=None).exists()


def test_approval_and_a_moved_hold_at_once_do_not_both_count_the_cost():
    admin = making.organisation()
    owner = making.project(admin)
    item = making.cost(admin, owner, "1000000.00")
    first, second = (
        making.submitted(making.draft(admin, code, owner=owner, costs=[item])) for code in ("2a", "2b")
    )
    noticed = making.noticed(making.proposed(making.verified(making.case(first))))
    award, moved = race(
        [
            lambda: making.awarded(noticed),
            lambda: filing.choose_holder(actor=admin, claim=second, cost_item=item),
        ]
    )
    holder = Hold.objects.get(evidence_key=item.evidence_key, released_at=None).claim
    assert (holder == first) == (not isinstance(award, Refusal)) == isinstance(moved, Refusal), (award, moved)
    unbroken()


def test_two_clerks_deciding_at_once_decide_once():
    claim = making.submitted()
    clerks = [making.staff(Roles.INTAKE) for _ in range(4)]
    acts = [lambda who=who: filing.accept(actor=who, claim=claim) for who in clerks[:2]]
    acts += [
        lambda who=who: filing.refuse(actor=who, claim=claim, code="other", note="原因。")
        for who in clerks[2:]
    ]
    results = race(acts)
    assert sorted(one.code if isinstance(one, Refusal) else "done" for one in results) == [
        "done",
        "wrong_state",
        "wrong_state",
        "wrong_state",
    ]
    unbroken()


def test_a_cost_changed_while_it_is_filed_stays_as_it_was_filed(monkeypatch):
    claim = making.draft()
    admin, (item,) = making.admin_of(claim), selectors.nominated(claim)
    said, freeze = [], submission.filed_content

    def change():
        try:
            values = {name: getattr(item, name) for name in COST_FIELDS} | {"amount": "1.00"}
            said.append(filing.update_cost_item(actor=admin, item=item, values=values))
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    other = Thread(target=change, daemon=True)

    def slowly(found):
        content = freeze(found)
        other.start()
        other.join(timeout=1)
        return content

    monkeypatch.setattr(submission, "filed_content", slowly)
    filed, _ = submitting(claim)()
    other.join(timeout=20)
    assert said == ["in_use"]
    item.refresh_from_db()
    assert filed.content["costs"][0]["amount"] == f"{item.amount:.2f}" == "60000000.00"
