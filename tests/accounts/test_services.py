"""Who opens, changes and closes accounts; keys for programs."""

import pytest

from portal.accounts import selectors, services
from portal.accounts.models import ApiToken, RoleGrant, Unit, User
from portal.accounts.states import Roles
from portal.kernel import clock, events
from portal.kernel.models import Event
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db
STRONG = "a-long-enough-one"


@pytest.fixture
def administrator():
    return making.staff(Roles.ADMINISTRATOR)


@pytest.fixture
def unit():
    return Unit.objects.get_or_create(code="finance", defaults={"name": "财政局"})[0]


def new(actor, unit, *roles, **values):
    given = {"username": "chenli", "display_name": "陈立", "password": STRONG, "unit": unit, "roles": roles}
    return services.add_staff(actor=actor, **{**given, **values})


def test_an_administrator_adds_staff_and_it_is_recorded(administrator, unit):
    person = new(administrator, unit, Roles.HANDLER, Roles.INTAKE)
    assert person.roles == {Roles.HANDLER, Roles.INTAKE}
    assert not person.demonstration
    assert {grant.granted_by for grant in RoleGrant.objects.filter(user=person)} == {administrator}
    event = Event.objects.get(verb="staff.added")
    assert (event.actor, event.data["roles"]) == (administrator, ["handler", "intake"])
    assert list(events.verify_chain()) == []


@pytest.mark.parametrize("role", [role for role in Roles if role != Roles.ADMINISTRATOR])
def test_nobody_else_does(role, unit, administrator):
    other = making.staff(role)
    with refused("forbidden"):
        new(other, unit, Roles.HANDLER)
    with refused("forbidden"):
        services.change_roles(actor=other, user=administrator, unit=unit, roles=[Roles.HANDLER])


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ((), "bad_choice"),
        (("king",), "bad_choice"),
        ((Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER), "two_persons"),
        ((Roles.AUDITOR, Roles.HANDLER), "two_persons"),
        ((Roles.ADMINISTRATOR, Roles.LEADER), "two_persons"),
    ],
)
def test_roles_that_cannot_be_given(administrator, unit, roles, code):
    with refused(code, "roles"):
        new(administrator, unit, *roles)
    assert not User.objects.filter(username="chenli").exists()


def test_staff_has_a_unit_and_an_outside_expert_an_employer(administrator, unit):
    with refused("required", "unit"):
        new(administrator, None, Roles.HANDLER)
    with refused("required", "employer_name"):
        new(administrator, None, Roles.EXPERT)
    with refused("bad_code_length", "employer_code"):
        new(administrator, None, Roles.EXPERT, employer_name="大学", employer_code="1", fields="视觉")
    assert not User.objects.filter(username="chenli").exists()
    code = "12230100414000019w"
    person = new(administrator, None, Roles.EXPERT, employer_name=" 大学 ", employer_code=code, fields="视觉")
    assert (person.expert_profile.employer_name, person.expert_profile.employer_code) == (
        "大学",
        code.upper(),
    )


def test_a_unit_officer_speaks_for_his_unit_and_only_while_he_is_there(administrator, unit):
    person = new(administrator, unit, Roles.UNIT_OFFICER)
    assert [group.name for group in person.groups.all()] == ["unit:finance"]
    other = Unit.objects.create(code="science2", name="科技局")
    services.change_roles(actor=administrator, user=person, unit=other, roles=[Roles.UNIT_OFFICER])
    assert [group.name for group in person.groups.all()] == ["unit:science2"]
    services.change_roles(actor=administrator, user=person, unit=other, roles=[Roles.HANDLER])
    assert not person.groups.exists()


def test_nobody_changes_his_own_roles(administrator, unit):
    with refused("forbidden", "roles"):
        services.change_roles(
            actor=administrator, user=administrator, unit=unit, roles=[Roles.FINANCE_APPROVER]
        )
    assert selectors.office_users().get(pk=administrator.pk).roles == {Roles.ADMINISTRATOR}


def test_roles_change_keeps_those_that_stay(administrator, unit):
    person = new(administrator, unit, Roles.HANDLER, Roles.INTAKE)
    kept = RoleGrant.objects.get(user=person, role=Roles.HANDLER)
    second = making.staff(Roles.ADMINISTRATOR)
    services.change_roles(actor=second, user=person, unit=unit, roles=[Roles.HANDLER, Roles.LEADER])
    assert RoleGrant.objects.get(user=person, role=Roles.HANDLER).pk == kept.pk
    assert RoleGrant.objects.get(user=person, role=Roles.LEADER).granted_by == second
    assert not RoleGrant.objects.filter(user=person, role=Roles.INTAKE).exists()
    with refused("no_employer", "roles"):
        services.change_roles(actor=second, user=person, unit=unit, roles=[Roles.EXPERT])


def test_passwords_are_reset_by_whoever_looks_after_the_person(administrator):
    admin = making.organisation()
    filler = making.filler(admin)
    stranger = making.organisation()
    staff = making.staff(Roles.HANDLER)
    for actor, user in [(admin, filler), (administrator, admin), (administrator, staff)]:
        services.reset_password(actor=actor, user=user, password=STRONG + "2")
        user.refresh_from_db()
        assert user.check_password(STRONG + "2")
    for actor, user in [
        (stranger, filler),
        (filler, admin),
        (admin, admin),
        (administrator, filler),
        (administrator, administrator),
        (staff, filler),
        (admin, staff),
    ]:
        with refused("forbidden"):
            services.reset_password(actor=actor, user=user, password=STRONG)
        with refused("forbidden"):
            services.set_active(actor=actor, user=user, active=False)
    with refused("weak_password", "password"):
        services.reset_password(actor=admin, user=filler, password="short")


def test_a_closed_account_takes_its_keys_with_it():
    admin = making.organisation()
    filler = making.filler(admin)
    _, secret = services.create_token(actor=filler, label="财务系统")
    services.set_active(actor=admin, user=filler, active=False)
    services.set_active(actor=admin, user=filler, active=False)
    assert Event.objects.filter(verb="user.closed").count() == 1
    assert selectors.live_token(secret) is None
    services.set_active(actor=admin, user=filler, active=True)
    assert selectors.live_token(secret) is None
    assert User.objects.get(pk=filler.pk).is_active


def test_nobody_certifies_his_own_organisation():
    admin = making.organisation(certified=False)
    clerk = making.staff(Roles.INTAKE)
    making.Membership.objects.create(user=clerk, organisation=admin.organisation, role="filler")
    with refused("forbidden"):
        services.certify_organisation(organisation=admin.organisation, actor=clerk)
    with refused("forbidden"):
        services.certify_organisation(organisation=admin.organisation, actor=admin)
    done = services.certify_organisation(organisation=admin.organisation, actor=making.staff(Roles.INTAKE))
    assert done.state == "certified"
    assert done.certified_at is not None
    with refused("wrong_state"):
        services.certify_organisation(organisation=done, actor=making.staff(Roles.INTAKE))


def test_a_key_is_kept_as_a_digest_ends_in_time_and_belongs_to_one():
    admin = making.organisation()
    token, secret = services.create_token(actor=admin, label=" 财务系统 ")
    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))
    assert selectors.live_token(secret) == token
    with refused("already_done", "label"):
        services.create_token(actor=admin, label="财务系统")
    with refused("required", "label"):
        services.create_token(actor=admin, label="  ")
    with refused("forbidden"):
        services.revoke_token(actor=making.organisation(), token=token)
    with clock.shifted_to(token.expires_at):
        assert selectors.live_token(secret) is None
    services.revoke_token(actor=admin, token=token)
    services.revoke_token(actor=admin, token=token)
    assert selectors.live_token(secret) is None
    assert Event.objects.filter(verb="token.revoked").count() == 1
    services.create_token(actor=admin, label="财务系统")
