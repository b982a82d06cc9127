"""A decision and the applicant's withdrawal at once: one waits for the other, and the budget stays whole."""

from threading import Thread
from typing import Any

import pytest
from django.db import connections

from applications import services as filing
from portal.kernel.refusals import Refusal
from portal.ledger import selectors as books
from portal.ledger import services as ledger
from review import services
from tests import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def withdrawing_during(monkeypatch: pytest.MonkeyPatch, claim: Any) -> tuple[Thread, list[str]]:
    """A withdrawal that starts just before the decision books its money."""
    said: list[str] = []
    admin, post = making.admin_of(claim), ledger.post

    def withdraw() -> None:
        try:
            filing.withdraw(actor=admin, claim=claim)
            said.append("withdrawn")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    other = Thread(target=withdraw, daemon=True)

    def slowly(**given: Any) -> Any:
        if not other.ident:
            other.start()
            other.join(timeout=1)
        return post(**given)

    monkeypatch.setattr("review.services.decisions.ledger.post", slowly)
    return other, said


def test_a_withdrawal_during_a_proposal_leaves_nothing_reserved(monkeypatch):
    line = making.budget("100000000.00", codes=["8e", "2a", "1"])
    case = making.verified(code="1")
    other, said = withdrawing_during(monkeypatch, case.claim)
    making.proposed(case)
    other.join(timeout=20)
    assert said == ["withdrawn"]
    (sums,) = books.balances(line=line)
    assert (sums.available, sums.reserved) == (100000000, 0)


def test_a_withdrawal_during_an_approval_is_told_no(monkeypatch):
    case = making.noticed()
    other, said = withdrawing_during(monkeypatch, case.claim)
    award = making.awarded(case)
    other.join(timeout=20)
    assert said == ["wrong_state"]
    (sums,) = books.balances(line=award.budget_line)
    assert (sums.reserved, sums.committed) == (0, award.amount)
    assert services.recompute(award)["same"]
