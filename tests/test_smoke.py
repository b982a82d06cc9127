import pytest

from payouts import services as paying
from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Document
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("code", ["2a", "1", "2b", "2c", "3a", "4", "6a", "6b", "9b"])
def test_the_whole_way(code):
    payment = making.requested(code=code)
    clerk = making.staff(Roles.FINANCE_CLERK)
    batch = paying.create_batch(actor=clerk, title="首批")
    (line,) = paying.add_payments(actor=clerk, batch=batch, chosen=[payment])
    batch = paying.submit_batch(actor=clerk, batch=batch)
    batch = paying.release_batch(actor=making.staff(Roles.FINANCE_APPROVER), batch=batch)
    paying.record_result(actor=clerk, line=line, result="paid", bank_reference="B1")
    paying.settle_batch(actor=clerk, batch=batch)
    assert list(events.verify_chain()) == []
    assert set(Document.objects.values_list("state", flat=True)) == {"ready"}, [
        (d.kind, d.failure) for d in Document.objects.exclude(state="ready")
    ]
