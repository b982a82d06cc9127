"""Every page by the right person, another organisation's, an office's and nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Claim
from portal.accounts.states import Roles
from tests import making

CODES = ["1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b"]
OF_A_DRAFT = ("claim", "claim_overview", "claim_public_money", "claim_papers", "claim_check", "claim_discard")
OF_A_FILED = ("claim_submitted", "claim_receipt", "claim_content", "claim_withdraw")


def addresses(claim: Claim) -> list[str]:
    """Every page that belongs to the organisation of a draft."""
    found = [reverse(name, args=[claim.number]) for name in OF_A_DRAFT]
    project = claim.project_id
    found += [reverse("project", args=[project]), reverse("project_edit", args=[project])]
    found.append(reverse("cost_new", args=[project]))
    for item in claim.project.cost_items.all():
        found += [reverse("cost_edit", args=[item.pk]), reverse("cost_remove", args=[item.pk])]
        found.append(reverse("claim_costs", args=[claim.number]))
    return found


@pytest.mark.parametrize("code", CODES)
def test_each_item_goes_through_every_page(see, code):
    claim = making.draft(code=code)
    admin = making.admin_of(claim)
    for address in [*addresses(claim), reverse("projects"), reverse("claims"), f"/claims/start/?item={code}"]:
        see(admin, address)
    see(making.filler(admin), reverse("claim_check", args=[claim.number]))
    making.submitted(claim)
    for name in OF_A_FILED:
        see(admin, reverse(name, args=[claim.number]))


def test_a_stranger_finds_nothing_and_an_office_is_shut_out(see, draft):
    stranger, clerk = making.organisation(), making.staff(Roles.INTAKE)
    for address in addresses(draft):
        see(stranger, address, status=404)
        see(clerk, address, status=403)
    for address in ("/projects/", "/claims/", "/claims/start/", "/projects/new/"):
        see(clerk, address, status=403)
    making.submitted(draft)
    for name in OF_A_FILED:
        see(stranger, reverse(name, args=[draft.number]), status=404)


def test_nobody_is_asked_to_sign_in(client: Client, draft):
    for address in [*addresses(draft), "/projects/", "/claims/", "/claims/start/?item=2a"]:
        answer = client.get(address)
        assert answer.status_code == 302 and answer["location"].startswith("/account/login/")


def test_a_stranger_cannot_post(send, draft):
    stranger = making.organisation()
    number, cost = draft.number, draft.project.cost_items.get()
    paper = draft.attachments.first()
    for address in (
        reverse("claim_overview", args=[number]),
        reverse("claim_costs", args=[number]),
        reverse("claim_papers", args=[number]),
        reverse("claim_check", args=[number]),
        reverse("claim_discard", args=[number]),
        reverse("claim_withdraw", args=[number]),
        reverse("claim_choose_holder", args=[number, cost.pk]),
        reverse("claim_autosave", args=[number, "overview"]),
        reverse("cost_edit", args=[cost.pk]),
        reverse("cost_remove", args=[cost.pk]),
        reverse("cost_new", args=[draft.project_id]),
        reverse("project_edit", args=[draft.project_id]),
        reverse("attachment_remove", args=[paper.pk]),
    ):
        assert send(stranger, address, {"version": draft.version}).status_code == 404, address
    assert Claim.objects.get(pk=draft.pk).version == draft.version
    assert Claim.objects.get(pk=draft.pk).state == "draft" and draft.attachments.filter(
        pk=paper.pk, removed_at=None
    )


def test_empty_lists_say_what_to_do(see):
    admin = making.organisation()
    assert "还没有项目" in see(admin, "/projects/")
    assert "还没有申报" in see(admin, "/claims/")
    project = making.project(admin)
    assert "还没有费用" in see(admin, reverse("project", args=[project.pk]))
    assert "现在没有开放的申报窗口" in see(admin, "/claims/start/") or "还没有可以申报的政策" in see(
        admin, "/claims/start/"
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_number_of_queries(client, django_assert_num_queries, rows):
    admin = making.organisation()
    window = making.window("2a")
    for _ in range(rows):
        making.draft(admin, round_=window)
    project = making.project(admin)
    for _ in range(rows):
        making.cost(admin, project, "100.00")
    client.force_login(admin)
    client.get("/claims/")
    with django_assert_num_queries(8):
        client.get("/claims/")
    with django_assert_num_queries(5):
        client.get("/projects/")
    with django_assert_num_queries(12):
        client.get(reverse("project", args=[project.pk]))
