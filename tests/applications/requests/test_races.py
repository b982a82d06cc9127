"""Two people, or two presses, in the same instant."""

import pytest

from applications.requests import services
from applications.requests.models import ServiceRequest
from portal.kernel import issuing
from portal.kernel.refusals import Refusal
from tests import making
from tests.applications.requests import asking
from tests.racing import race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_the_same_request_pressed_twice_at_once_is_one():
    admin, item = making.organisation(), making.item("8a")
    answers = race(
        [lambda: services.file_request(actor=admin, item=item, **asking.given("8a"))[0].number] * 2
    )
    assert len(set(answers)) == 1 and ServiceRequest.objects.count() == 1
    assert issuing.papers_of(ServiceRequest.objects.get()).count() == 1


def test_two_officers_at_once_one_answers_and_the_other_is_told():
    asked = asking.filed()
    officers = [asking.officer("reform"), asking.officer("reform")]
    answers = race(
        [
            lambda one=one, text=text: services.answer(actor=one, asked=asked, text=text)
            for one, text in zip(officers, ("甲的答复。", "乙的答复。"), strict=True)
        ]
    )
    lost = [one for one in answers if isinstance(one, Refusal)]
    assert [one.code for one in lost] == ["wrong_state"] and len(answers) - len(lost) == 1


def test_a_withdrawal_and_a_hand_over_at_once_leave_one_of_them():
    asked = asking.referral()
    admin, officer = asking.owner_of(asked), asking.officer("investment")
    answers = race(
        [
            lambda: services.withdraw(actor=admin, asked=asked),
            lambda: services.hand_over(actor=officer, asked=asked, **asking.LETTER),
        ]
    )
    assert sum(isinstance(one, Refusal) for one in answers) == 1
    found = asking.fresh(asked)
    assert (found.state == "handed_over") == issuing.papers_of(found, "handover").exists()
