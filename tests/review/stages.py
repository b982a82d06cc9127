"""Cases at the steps that the tests of this folder start from."""

from typing import Any

from applications import selectors as filings
from portal.accounts.models import Membership, User
from review import services
from review.models import Assignment, ReviewCase
from tests import making

UNDEFINED = "‼undefined"


def checked(found: ReviewCase | None = None, **kwargs: Any) -> ReviewCase:
    """A case past the duplicate check, on the next step of its path."""
    found = found or making.case(**kwargs)
    services.record_duplicates(actor=found.handler, case=found, note="没有发现重复。")
    services.advance(actor=found.handler, case=making.fresh(found))
    return making.fresh(found)


def verifying(**kwargs: Any) -> ReviewCase:
    """A case in verification with nothing settled."""
    found = checked(**kwargs)
    if found.state == "expert_review":
        making.scored(found)
        services.advance(actor=found.handler, case=making.fresh(found))
    return making.fresh(found)


def consulting(**kwargs: Any) -> ReviewCase:
    """A case whose units are being asked."""
    found = making.verified(**kwargs)
    services.advance(actor=found.handler, case=found)
    return making.fresh(found)


def appointed(found: ReviewCase | None = None) -> tuple[Assignment, User]:
    """An invitation on a case in expert review, and the expert."""
    found = found or checked(code="2a")
    expert = making.expert()
    return services.appoint(actor=found.handler, case=found, expert=expert), expert


def costs(found: ReviewCase) -> list[Any]:
    return filings.nominated(found.claim)


def joined(person: User, found: ReviewCase) -> User:
    """`person` also files for the applicant of this case."""
    Membership.objects.create(user=person, organisation=found.claim.organisation, role="filler")
    return User.objects.get(pk=person.pk)


def page(response: Any) -> str:
    """The text of a page that must be there and whole."""
    assert response.status_code == 200, response.status_code
    text: str = response.content.decode()
    assert UNDEFINED not in text
    return text
