"""Every money item goes the whole way through the services: filed, reviewed, noticed, approved, paid, proved."""

import time
from decimal import Decimal

import pytest

from payouts import services as paying
from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Document
from portal.ledger import selectors as books
from portal.ledger.states import Accounts
from review import services as reviewing
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = {
    "1": "6000000.00",
    "2a": "10000000.00",
    "2b": "5000000.00",
    "2c": "1000000.00",
    "3a": "6000000.00",
    "4": "2400000.00",
    "6a": "1000000.00",
    "6b": "1000000.00",
    "9b": "500000.00",
}


def all_drawn() -> set[str]:
    """States of the papers once the worker has had its time."""
    deadline = time.monotonic() + 60
    while Document.objects.filter(state="pending").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    return set(Document.objects.values_list("state", flat=True))


@pytest.mark.parametrize(("code", "amount"), ITEMS.items())
def test_the_whole_way(worker: None, code: str, amount: str) -> None:
    payment = making.requested(code=code)
    award = payment.award
    assert award.amount == Decimal(amount)
    clerk = making.staff(Roles.FINANCE_CLERK)
    batch = paying.create_batch(actor=clerk, title="首批")
    (line,) = paying.add_payments(actor=clerk, batch=batch, chosen=[payment])
    batch = paying.submit_batch(actor=clerk, batch=batch)
    batch = paying.release_batch(actor=making.staff(Roles.FINANCE_APPROVER), batch=batch)
    paying.record_result(actor=clerk, line=line, result="paid", bank_reference="B1")
    batch = paying.settle_batch(actor=clerk, batch=batch)
    award.case.claim.refresh_from_db()
    assert (award.case.claim.state, batch.state) == ("closed", "settled")
    assert books.balance(award.budget_line, Accounts.PAID) == Decimal(amount)
    assert reviewing.recompute(award)["same"]
    assert list(events.verify_chain()) == []
    assert all_drawn() == {"ready"}
