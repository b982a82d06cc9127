"""No cost is paid for twice: who holds it, who moves it, who settles a collision, and what frees it."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from applications import selectors, tasks
from applications import services as filing
from applications.models import Claim, Hold
from applications.states import ClaimStates
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.models import Document, Event
from review import services as reviewing
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db
AMOUNT = "1000000.00"
SAME = {"document_number": "88880001", "invoice_date": "2023-03-01", "paid_date": "2023-03-09"}


def pair(codes=("2a", "2b")):
    """Two filed claims of one organisation for one project that name the same cost: holder first."""
    admin = making.organisation()
    owner = making.project(admin)
    item = making.cost(admin, owner, AMOUNT)
    first, second = (making.submitted(making.draft(admin, code, owner=owner, costs=[item])) for code in codes)
    return admin, item, first, second


def strangers():
    """Filed claims of two organisations whose costs carry the same key: holder first."""
    filed = []
    for _ in range(2):
        admin = making.organisation()
        owner = making.project(admin)
        item = making.cost(admin, owner, AMOUNT, **SAME)
        filed.append(making.submitted(making.draft(admin, owner=owner, costs=[item])))
    return filed


def award(case):
    return making.awarded(making.noticed(making.proposed(making.verified(case))))


def holder(item):
    return [hold.claim for hold in Hold.objects.filter(evidence_key=item.evidence_key, released_at=None)]


def test_the_first_filed_claim_holds_what_it_names():
    claim = making.submitted(amounts=["100.00", "200.00"])
    assert selectors.live_holds(claim).count() == 2
    assert {hold.cost_item for hold in selectors.live_holds(claim)} == set(selectors.nominated(claim))


def test_an_item_without_costs_holds_nothing():
    assert not selectors.live_holds(making.submitted(code="1")).exists()


def test_a_second_claim_of_the_same_organisation_is_filed_with_the_item_marked():
    _, item, first, second = pair()
    assert second.state == ClaimStates.SUBMITTED
    assert holder(item) == [first]
    marked = selectors.conflicts(second)[item.pk]
    assert marked.own == first
    assert first.number in marked.text
    assert [out.reason.code for out in selectors.estimate(second).excluded_costs] == ["held_elsewhere"]
    assert selectors.conflicts(first) == {}
    assert Event.objects.get(verb="hold.contested").thread == second.number


def test_the_administrator_moves_the_hold_and_both_sides_show_it():
    admin, item, first, second = pair()
    moved = filing.choose_holder(actor=admin, claim=second, cost_item=item)
    assert (moved.claim, moved.taken_by) == (second, admin)
    assert holder(item) == [second]
    assert Hold.objects.get(claim=first).release_cause == "chosen"
    assert selectors.conflicts(second) == {}
    assert selectors.conflicts(first)[item.pk].own == second
    event = Event.objects.get(verb="hold.chosen")
    assert (event.actor, event.data) == (admin, {"cost_item": item.pk, "from": first.number})


def test_choosing_the_present_holder_changes_nothing():
    admin, item, first, _ = pair()
    assert filing.choose_holder(actor=admin, claim=first, cost_item=item).claim == first
    assert Hold.objects.count() == 1


def test_choosing_there_and_back():
    admin, item, first, second = pair()
    filing.choose_holder(actor=admin, claim=second, cost_item=item)
    filing.choose_holder(actor=admin, claim=first, cost_item=item)
    assert holder(item) == [first]
    assert Hold.objects.count() == 3


def test_who_may_choose_and_what():
    admin, item, first, second = pair()
    for actor in (making.filler(admin), making.organisation(), making.staff(Roles.HANDLER)):
        with refused("forbidden"):
            filing.choose_holder(actor=actor, claim=second, cost_item=item)
    with refused("not_nominated"):
        filing.choose_holder(actor=admin, claim=second, cost_item=making.cost(admin, first.project))
    draft = making.draft(admin, "3a", owner=first.project, costs=[item])
    with refused("wrong_state"):
        filing.choose_holder(actor=admin, claim=draft, cost_item=item)
    filing.withdraw(actor=admin, claim=second)
    with refused("wrong_state"):
        filing.choose_holder(actor=admin, claim=second, cost_item=item)
    assert holder(item) == [first]


def test_after_approval_the_hold_no_longer_moves():
    admin, item, first, second = pair()
    award(making.case(first))
    with refused("held") as parts:
        filing.choose_holder(actor=admin, claim=second, cost_item=item)
    assert f"{first.number}已经批复" in parts[0].message
    assert holder(item) == [first]


def test_an_amount_that_rests_on_a_cost_moved_away_is_not_approved():
    """The choice is made after the proposal: the old amount must not become an award."""
    admin, item, first, second = pair()
    noticed = making.noticed(making.proposed(making.verified(making.case(first))))
    filing.choose_holder(actor=admin, claim=second, cost_item=item)
    with refused("held") as parts:
        making.awarded(noticed)
    assert item.name in parts[0].message
    first.refresh_from_db()
    assert first.state == ClaimStates.UNDER_REVIEW
    assert not hasattr(making.fresh(noticed), "award")


def test_an_approved_claim_takes_no_further_costs():
    admin, item, first, second = pair()
    filing.choose_holder(actor=admin, claim=second, cost_item=item)
    other = making.cost(admin, first.project, AMOUNT)
    third = making.submitted(making.draft(admin, "3a", owner=first.project, costs=[item, other]))
    case = making.verified(making.case(third))
    reviewing.verify_cost(
        actor=case.handler,
        case=case,
        cost_item=item,
        verified="0",
        cut_code="duplicate",
        note="由另一份申报使用。",
    )
    making.awarded(making.noticed(making.proposed(case)))
    with refused("wrong_state"):
        filing.choose_holder(actor=admin, claim=third, cost_item=item)


def test_a_purchase_and_a_sale_of_one_paper_do_not_touch():
    platform, customer = making.organisation(), making.organisation()
    sold = making.project(platform)
    income = making.cost(
        platform,
        sold,
        AMOUNT,
        **SAME,
        side="sale",
        category="research_service",
        service_from="2023-01-01",
        service_to="2023-02-01",
    )
    claim = making.submitted(making.draft(platform, "2c", owner=sold, costs=[income]))
    owner = making.project(customer)
    bought = making.cost(customer, owner, AMOUNT, **SAME)
    other = making.submitted(making.draft(customer, owner=owner, costs=[bought]))
    assert (selectors.conflicts(claim), selectors.conflicts(other)) == ({}, {})


def test_a_cost_left_out_in_a_correction_is_freed():
    claim = making.submitted(amounts=["100.00", "200.00"])
    admin = making.admin_of(claim)
    kept, dropped = selectors.nominated(claim)
    claim, _ = filing.ask_correction(
        actor=making.staff(Roles.INTAKE),
        claim=claim,
        faults=[{"section": "costs", "text": "第二笔不属于本项目。"}],
    )
    claim = filing.nominate(actor=admin, claim=claim, cost_items=[kept], version=claim.version)
    making.submitted(claim)
    assert holder(kept) == [claim]
    assert holder(dropped) == []
    assert Hold.objects.get(cost_item=dropped).release_cause == "dropped"


# strangers


def test_a_strangers_equal_key_is_filed_and_marked_without_a_word_about_the_other():
    first, second = strangers()
    assert second.state == ClaimStates.SUBMITTED
    item = selectors.nominated(second)[0]
    marked = selectors.conflicts(second)[item.pk]
    assert marked.own is None
    assert "工作人员核对" in marked.text
    shown = json.dumps(
        [marked.text, second.content, Document.objects.get(subject_id=second.pk).decision], ensure_ascii=False
    )
    for secret in (first.number, first.organisation.name, first.organisation.code, first.project.name):
        assert secret not in shown


def test_an_applicant_cannot_take_a_strangers_hold():
    first, second = strangers()
    item = selectors.nominated(second)[0]
    with refused("held") as parts:
        filing.choose_holder(actor=making.admin_of(second), claim=second, cost_item=item)
    assert first.number not in parts[0].message
    assert holder(item) == [first]


def test_staff_settle_a_collision_with_a_reason():
    first, second = strangers()
    item, handler = selectors.nominated(second)[0], making.staff(Roles.HANDLER)
    with refused("reason_required", "reason"):
        filing.settle_collision(actor=handler, claim=second, cost_item=item, reason=" ")
    for actor in (making.admin_of(second), making.staff(Roles.LEADER)):
        with refused("forbidden"):
            filing.settle_collision(actor=actor, claim=second, cost_item=item, reason="票面购买方是它。")
    settled = filing.settle_collision(actor=handler, claim=second, cost_item=item, reason="票面购买方是它。")
    assert settled.claim == second
    assert holder(item) == [second]
    assert Hold.objects.get(claim=first).release_cause == "collision"
    assert (
        filing.settle_collision(actor=handler, claim=second, cost_item=item, reason="再按一次。").pk
        == settled.pk
    )
    event = Event.objects.get(verb="hold.settled")
    assert (event.reason, event.data["from"]) == ("票面购买方是它。", first.number)


def test_nobody_settles_a_collision_of_his_own_organisation():
    first, second = strangers()
    item = selectors.nominated(second)[0]
    handler = making.staff(Roles.HANDLER)
    making.Membership.objects.create(user=handler, organisation=first.organisation, role="filler")
    with refused("forbidden"):
        filing.settle_collision(actor=handler, claim=second, cost_item=item, reason="核对过。")


def test_a_collision_with_what_is_approved_stays_as_it_is():
    first, second = strangers()
    award(making.case(first))
    item = selectors.nominated(second)[0]
    with refused("held"):
        filing.settle_collision(
            actor=making.staff(Roles.HANDLER), claim=second, cost_item=item, reason="核对过。"
        )
    assert holder(item) == [first]


def test_a_collision_is_settled_for_a_claim_that_names_the_cost_and_is_alive():
    first, second = strangers()
    item, handler = selectors.nominated(second)[0], making.staff(Roles.HANDLER)
    elsewhere = making.submitted()
    with refused("not_nominated"):
        filing.settle_collision(actor=handler, claim=elsewhere, cost_item=item, reason="核对过。")
    filing.withdraw(actor=making.admin_of(second), claim=second)
    with refused("wrong_state"):
        filing.settle_collision(actor=handler, claim=second, cost_item=item, reason="核对过。")
    assert holder(item) == [first]


# what frees


def withdrawn(claim):
    filing.withdraw(actor=making.admin_of(claim), claim=claim)


def refused_claim(claim):
    filing.refuse(
        actor=making.staff(Roles.INTAKE), claim=claim, code="not_eligible", note="不是平台建设主体。"
    )


def lapsed(claim):
    filing.ask_correction(
        actor=making.staff(Roles.INTAKE), claim=claim, faults=[{"section": "papers", "text": "缺合同。"}]
    )
    claim.refresh_from_db()
    with clock.shifted_to(clock.at(claim.correction_due_on) + timedelta(days=1)):
        assert tasks.lapse_corrections() == 1


def rejected(claim):
    case = making.case(claim)
    case = reviewing.propose_rejection(actor=case.handler, case=case, reason="不属于共性技术平台。")
    reviewing.confirm_rejection(actor=making.staff(Roles.LEADER), case=case)


@pytest.mark.parametrize(
    ("end", "state", "cause"),
    [
        (withdrawn, "withdrawn", "withdrawn"),
        (refused_claim, "refused", "refused"),
        (lapsed, "lapsed", "lapsed"),
        (rejected, "rejected", "rejected"),
    ],
)
def test_every_way_to_end_frees_the_costs_for_the_next_claim(end, state, cause):
    claim = making.submitted()
    admin, item = making.admin_of(claim), selectors.nominated(claim)[0]
    end(claim)
    claim.refresh_from_db()
    assert (claim.state, claim.ended_at is not None) == (state, True)
    assert Hold.objects.get(claim=claim).release_cause == cause
    again = making.submitted(making.draft(admin, owner=claim.project, costs=[item]))
    assert holder(item) == [again]


def test_nothing_lapses_before_its_limit_is_over():
    claim = making.submitted()
    filing.ask_correction(
        actor=making.staff(Roles.INTAKE), claim=claim, faults=[{"section": "papers", "text": "缺合同。"}]
    )
    claim.refresh_from_db()
    with clock.shifted_to(clock.at(claim.correction_due_on).replace(hour=23, minute=50)):
        assert tasks.lapse_corrections() == 0
        with refused("correction_open"):
            filing.lapse(claim=claim)
    assert holder(selectors.nominated(claim)[0]) == [claim]


def test_a_freed_cost_goes_to_whom_the_administrator_chooses():
    admin, item, first, second = pair()
    filing.withdraw(actor=admin, claim=first)
    assert holder(item) == []
    assert selectors.conflicts(second) == {}
    assert filing.choose_holder(actor=admin, claim=second, cost_item=item).claim == second


def test_the_database_refuses_a_second_live_hold():
    first, second = strangers()
    hold = Hold.objects.get(claim=first)
    row = (
        "INSERT INTO applications_hold (claim_id, cost_item_id, evidence_key, overlap_group, taken_at,"
        " taken_by_id, released_at, release_cause) VALUES (%s, %s, %s, %s, now(), %s, %s, %s)"
    )
    values = [
        second.pk,
        selectors.nominated(second)[0].pk,
        hold.evidence_key,
        hold.overlap_group,
        hold.taken_by_id,
    ]
    with (
        pytest.raises(IntegrityError, match="hold_one_live"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(row, [*values, None, ""])
    with (
        pytest.raises(IntegrityError, match="hold_release_pair"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(row, [*values, None, "chosen"])
    with connection.cursor() as cursor:
        cursor.execute(row, [*values, clock.now(), "chosen"])


def test_a_hold_of_another_overlap_group_stands_beside_it():
    first, second = strangers()
    hold = Hold.objects.get(claim=first)
    Hold.objects.create(
        claim=second,
        cost_item=selectors.nominated(second)[0],
        evidence_key=hold.evidence_key,
        overlap_group="another-policy",
        taken_at=clock.now(),
        taken_by=hold.taken_by,
    )
    assert Claim.objects.filter(holds__evidence_key=hold.evidence_key, holds__released_at=None).count() == 2
