"""Nobody approves his own step, and nobody tied to the applicant acts: through the services and the pages."""

from typing import Any

import pytest
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel.refusals import Forbidden
from review import services
from review.models import ReviewCase
from tests import making
from tests.review import stages

pytestmark = pytest.mark.django_db


def grant(person: User, *roles: Roles) -> User:
    """The same person with more roles, freshly loaded."""
    for role in roles:
        person.role_grants.get_or_create(role=role, defaults={"granted_at": making.clock.now()})
    return User.objects.get(pk=person.pk)


def state_of(case: ReviewCase) -> str:
    return ReviewCase.objects.get(pk=case.pk).state


def refused_page(client: Any, person: User, address: str, data: dict[str, Any] | None = None) -> None:
    client.force_login(person)
    assert client.post(address, data or {}).status_code == 403


def test_who_accepted_may_not_open(client):
    claim = making.submitted(code="2a")
    intake = grant(making.staff(Roles.INTAKE), Roles.HANDLER)
    claim = making.filing.accept(actor=intake, claim=claim)
    with pytest.raises(Forbidden, match="另一个人"):
        services.open_case(actor=intake, claim=claim)
    refused_page(client, intake, reverse("case_open", args=[claim.number]))
    assert not ReviewCase.objects.exists()


HANDLED = [
    ("case", {"act": "duplicates", "duplicate_note": "没有重复"}),
    ("case", {"act": "advance"}),
    ("case_reject", {"reason": "理由"}),
]


@pytest.mark.parametrize(("name", "data"), HANDLED)
def test_who_accepted_may_not_handle(client, name, data):
    case = making.case(code="2a")
    intake = grant(case.claim.accepted_by, Roles.HANDLER)
    with pytest.raises(Forbidden):
        services.record_duplicates(actor=intake, case=case, note="没有重复")
    refused_page(client, intake, reverse(name, args=[case.claim.number]), data)
    assert state_of(case) == "checking"
    assert ReviewCase.objects.get(pk=case.pk).duplicate_note == ""


def test_who_accepted_may_not_verify(client):
    case = stages.verifying(code="2a")
    intake = grant(case.claim.accepted_by, Roles.HANDLER)
    (cost,) = stages.costs(case)
    with pytest.raises(Forbidden):
        services.verify_cost(actor=intake, case=case, cost_item=cost, verified="1", cut_code="not_paid")
    data = {"cost": cost.pk, "verified": "1", "cut_code": "not_paid"}
    refused_page(client, intake, reverse("case_costs", args=[case.claim.number]), data)
    refused_page(client, intake, reverse("case_costs_rest", args=[case.claim.number]))
    assert not case.verifications.exists()


@pytest.mark.parametrize("who", ["handler", "proposer", "intake"])
def test_who_prepared_may_not_endorse(client, who):
    making.budget()
    case = making.verified(code="1")
    proposer = making.staff(Roles.HANDLER)
    services.propose(actor=proposer, case=case)
    person = {"handler": case.handler, "proposer": proposer, "intake": case.claim.accepted_by}[who]
    person = grant(person, Roles.LEADER)
    with pytest.raises(Forbidden):
        services.endorse(actor=person, case=case)
    with pytest.raises(Forbidden):
        services.send_back(actor=person, case=making.fresh(case), reason="理由")
    address = reverse("approval", args=[case.claim.number])
    refused_page(client, person, address, {"act": "endorse"})
    refused_page(client, person, address, {"act": "send_back", "reason": "理由"})
    client.force_login(person)
    client.post(reverse("approvals"), {"act": "endorse", "case": [case.claim.number]})
    assert state_of(case) == "proposed"


@pytest.mark.parametrize("who", ["handler", "intake"])
def test_who_prepared_may_not_approve_or_confirm(client, who):
    case = making.noticed(code="1")
    person = grant(case.handler if who == "handler" else case.claim.accepted_by, Roles.LEADER)
    ReviewCase.objects.filter(pk=case.pk).update(state="notice_over")
    with pytest.raises(Forbidden):
        services.approve(actor=person, case=case, document_number="哈科发〔2023〕30号")
    address = reverse("approval", args=[case.claim.number])
    refused_page(client, person, address, {"act": "approve", "document_number": "哈科发〔2023〕30号"})
    assert state_of(case) == "notice_over"
    ReviewCase.objects.filter(pk=case.pk).update(state="rejection_proposed")
    with pytest.raises(Forbidden):
        services.confirm_rejection(actor=person, case=case)
    refused_page(client, person, address, {"act": "confirm_rejection"})
    assert state_of(case) == "rejection_proposed"


def test_who_verified_a_cost_may_not_endorse(client):
    making.budget()
    case = stages.verifying(code="2a")
    helper = making.staff(Roles.HANDLER)
    services.verify_rest(actor=helper, case=case)
    case = making.proposed(making.fresh(case))
    helper = grant(helper, Roles.LEADER)
    with pytest.raises(Forbidden, match="由你核定过"):
        services.endorse(actor=helper, case=case)
    refused_page(client, helper, reverse("approval", args=[case.claim.number]), {"act": "endorse"})
    assert state_of(case) == "proposed"


def test_who_spoke_for_a_unit_may_not_endorse(client):
    case = making.proposed(code="2a")
    officer = grant(case.opinions.first().given_by, Roles.LEADER)
    with pytest.raises(Forbidden, match="出具过意见"):
        services.endorse(actor=officer, case=case)
    refused_page(client, officer, reverse("approval", args=[case.claim.number]), {"act": "endorse"})
    assert state_of(case) == "proposed"


def test_an_expert_may_not_handle_what_he_scores(client):
    case = stages.checked(code="2a")
    assignment, expert = stages.appointed(case)
    services.take_on(actor=expert, assignment=assignment)
    expert = grant(expert, Roles.HANDLER)
    with pytest.raises(Forbidden, match="评审过"):
        services.appoint(actor=expert, case=case, expert=making.expert())
    address = reverse("case_experts", args=[case.claim.number])
    refused_page(client, expert, address, {"expert": making.expert().pk})
    assert case.assignments.count() == 1


def test_an_expert_may_not_endorse_or_opine(client):
    case = making.verified(code="2a")
    making.budget()
    services.advance(actor=case.handler, case=case)
    expert = case.assignments.first().expert
    officer = making.staff(Roles.UNIT_OFFICER, unit="reform")
    User.objects.filter(pk=expert.pk).update(unit=officer.unit)
    expert.groups.add(*officer.groups.all())
    expert = grant(expert, Roles.UNIT_OFFICER, Roles.LEADER)
    with pytest.raises(Forbidden):
        services.give_opinion(actor=expert, case=making.fresh(case), opinion="agree", text="")
    refused_page(client, expert, reverse("opinion", args=[case.claim.number]), {"opinion": "agree"})
    assert not case.opinions.exclude(given_at=None).exists()


def test_a_recused_expert_is_nobody_special():
    case = stages.checked(code="2a")
    assignment, expert = stages.appointed(case)
    services.recuse(actor=expert, assignment=assignment, reason="曾任职")
    services.appoint(actor=grant(expert, Roles.HANDLER), case=case, expert=making.expert())


def test_a_handler_of_the_applicant_may_not_act(client):
    case = making.case(code="2a")
    person = stages.joined(making.staff(Roles.HANDLER), case)
    number = case.claim.number
    with pytest.raises(Forbidden, match="申报单位"):
        services.record_duplicates(actor=person, case=case, note="没有重复")
    with pytest.raises(Forbidden, match="申报单位"):
        services.propose_rejection(actor=person, case=case, reason="理由")
    refused_page(
        client, person, reverse("case", args=[number]), {"act": "duplicates", "duplicate_note": "没有"}
    )
    refused_page(client, person, reverse("case_reject", args=[number]), {"reason": "理由"})
    assert client.get(reverse("case", args=[number])).status_code == 403
    assert state_of(case) == "checking"


def test_an_officer_of_the_applicant_may_not_act(client):
    case = stages.consulting(code="2a")
    person = stages.joined(making.staff(Roles.UNIT_OFFICER, unit="reform"), case)
    with pytest.raises(Forbidden, match="申报单位"):
        services.give_opinion(actor=person, case=case, opinion="agree", text="")
    refused_page(client, person, reverse("opinion", args=[case.claim.number]), {"opinion": "agree"})
    assert not case.opinions.exclude(given_at=None).exists()


def test_an_expert_who_works_for_the_applicant_may_not_handle():
    case = making.case(code="2a")
    person = making.staff(Roles.HANDLER)
    accounts.describe_expert(
        user=person,
        employer_name=case.claim.organisation.name,
        employer_code=case.claim.organisation.code,
        fields="人工智能",
    )
    with pytest.raises(Forbidden, match="申报单位"):
        services.record_duplicates(actor=User.objects.get(pk=person.pk), case=case, note="没有重复")


def test_a_leader_of_the_applicant_may_not_endorse(client):
    case = making.proposed(code="1")
    leader = stages.joined(making.staff(Roles.LEADER), case)
    with pytest.raises(Forbidden, match="申报单位"):
        services.endorse(actor=leader, case=case)
    refused_page(client, leader, reverse("approval", args=[case.claim.number]), {"act": "endorse"})
    assert state_of(case) == "proposed"


def test_an_officer_of_another_unit_is_a_stranger(client):
    case = stages.consulting(code="2a")
    other = making.staff(Roles.UNIT_OFFICER, unit="health")
    with pytest.raises(Forbidden, match="没有列明"):
        services.give_opinion(actor=other, case=case, opinion="agree", text="")
    client.force_login(other)
    assert client.post(reverse("opinion", args=[case.claim.number]), {"opinion": "agree"}).status_code == 404
    assert not case.opinions.exclude(given_at=None).exists()


@pytest.mark.parametrize("who", ["handler", "intake"])
def test_an_officer_who_handled_may_not_opine(client, who):
    case = stages.consulting(code="2a")
    officer = making.staff(Roles.UNIT_OFFICER, unit="reform")
    person = case.handler if who == "handler" else case.claim.accepted_by
    User.objects.filter(pk=person.pk).update(unit=officer.unit)
    person.groups.add(*officer.groups.all())
    person = grant(person, Roles.UNIT_OFFICER)
    with pytest.raises(Forbidden, match="办理过"):
        services.give_opinion(actor=person, case=case, opinion="agree", text="")
    refused_page(client, person, reverse("opinion", args=[case.claim.number]), {"opinion": "agree"})
    assert not case.opinions.exclude(given_at=None).exists()


def test_the_pages_of_one_role_are_shut_to_the_others(client):
    case = making.case(code="2a")
    number = case.claim.number
    pages = {
        Roles.HANDLER: ["cases", "notice_desk"],
        Roles.LEADER: ["approvals"],
        Roles.UNIT_OFFICER: ["opinions"],
        Roles.EXPERT: ["assignments"],
    }
    people = {role: making.staff(role) for role in Roles}
    applicant = making.admin_of(case.claim)
    for owner, names in pages.items():
        for name in names:
            address = reverse(name)
            client.logout()
            assert client.get(address).status_code == 302
            for role, person in people.items():
                client.force_login(person)
                assert client.get(address).status_code == (200 if role == owner else 403), (name, role)
            client.force_login(applicant)
            assert client.get(address).status_code == 403
    for name in ("case", "case_experts", "case_costs", "case_propose", "case_reject", "approval", "opinion"):
        address = reverse(name, args=[number])
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(applicant)
        assert client.get(address).status_code == 403
        client.force_login(people[Roles.FINANCE_CLERK])
        assert client.get(address).status_code == 403
