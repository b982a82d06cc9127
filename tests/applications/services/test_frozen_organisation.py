"""What an organisation was when it filed is what its claim is judged by."""

import pytest

from applications import selectors
from portal.accounts.models import Organisation
from portal.accounts.states import ELSEWHERE
from tests import making

pytestmark = pytest.mark.django_db


def test_a_move_after_filing_changes_nothing_and_before_filing_counts() -> None:
    filed, draft = making.submitted(), making.draft()
    Organisation.objects.update(district=ELSEWHERE, kind="social")
    filed, draft = (selectors.claims().get(pk=claim.pk) for claim in (filed, draft))
    assert selectors.estimate(filed).is_payable
    assert not selectors.estimate(draft).is_payable


def test_the_check_page_of_a_receipt_does_not_name_the_organisation() -> None:
    from portal.kernel import issuing

    claim = making.submitted()
    receipt = issuing.papers_of(claim, "receipt")[0]
    assert claim.organisation.name not in str(receipt.public_summary)
