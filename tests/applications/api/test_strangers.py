"""Two organisations typed the same invoice: no page and no answer tells one of the other."""

import pytest
from django.urls import NoReverseMatch, reverse

from applications import selectors
from applications import services as filing
from tests import making
from tests.applications.api.calling import Program

pytestmark = pytest.mark.django_db
PAGES = (
    "claim",
    "claim_overview",
    "claim_costs",
    "claim_public_money",
    "claim_papers",
    "claim_check",
    "claim_submitted",
    "claim_receipt",
    "claim_content",
    "claim_withdraw",
    "file",
)
LISTS = ("home", "claims", "projects", "dues", "notices", "rounds")


@pytest.fixture
def both():
    """The stranger's filed claim that holds the invoice, our filed claim and our draft that name the same one."""
    stranger = making.organisation(name="哈尔滨隔壁机器人有限公司")
    admin = making.organisation(name="哈尔滨本单位智能有限公司")
    mine = []
    for who in (stranger, admin):
        owner = making.project(who, name="隔壁机器人平台" if who is stranger else "本单位平台")
        item = making.cost(who, owner, "1000000.00", document_number="88880001", counterparty="同一家公司")
        mine.append(making.submitted(making.draft(who, owner=owner, costs=[item])))
    theirs, filed = mine
    draft = making.draft(admin, "2b", owner=filed.project, costs=selectors.nominated(filed))
    return theirs, filed, draft


def addresses(claim):
    for name in (*PAGES, *LISTS):
        try:
            yield reverse(name, args=[claim.number] if name in PAGES else [])
        except NoReverseMatch:
            continue
    yield reverse("project", args=[claim.project_id])
    yield reverse("cost_edit", args=[selectors.nominated(claim)[0].pk])


def test_no_page_shows_anything_of_the_other(both, client):
    theirs, filed, draft = both
    client.force_login(making.admin_of(filed))
    seen = 0
    for address in {*addresses(filed), *addresses(draft)}:
        answer = client.get(address)
        text = (
            b"".join(answer.streaming_content).decode("latin-1")
            if answer.streaming
            else answer.content.decode()
        )
        for secret in (
            theirs.number,
            theirs.organisation.name,
            theirs.organisation.code,
            theirs.project.name,
        ):
            assert secret not in text, address
        seen += answer.status_code == 200
    assert seen >= 12


def test_our_own_file_says_that_staff_compare(both, client):
    _, filed, draft = both
    client.force_login(making.admin_of(filed))
    assert "工作人员核对" in client.get(reverse("claim_costs", args=[draft.number])).content.decode()


def test_the_others_file_is_not_there(both, client):
    theirs, filed, _ = both
    client.force_login(making.admin_of(filed))
    for address in addresses(theirs):
        if theirs.number in address:
            assert client.get(address).status_code == 404, address
    call = Program(making.admin_of(filed))
    for part in ("", "papers/", "review/"):
        assert call("get", f"claims/{theirs.number}/{part}").status_code == 404


def test_a_withdrawal_by_the_other_is_no_news_either(both, client):
    theirs, filed, _ = both
    filing.withdraw(actor=making.admin_of(theirs), claim=theirs)
    client.force_login(making.admin_of(filed))
    assert selectors.conflicts(filed) == {}
    for name in ("claim", "file"):
        assert theirs.number not in client.get(reverse(name, args=[filed.number])).content.decode()
