"""Signing in and out, the lock after wrong passwords, the second factor, the read-only admin, the API's me."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.states import Roles
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


def text(response):
    page = response.content.decode()
    assert "‼" not in page, page[page.index("‼") - 200 :][:400]
    return page


def sign_in(client, person, password=making.PASSWORD, **more):
    given = {"login": person if isinstance(person, str) else person.username, "password": password, **more}
    return client.post(reverse("account_login"), given)


def code_of(secret):
    """What an authenticator shows now (RFC 6238, 30 seconds, six digits)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def real(*roles):
    person = making.staff(*roles)
    User.objects.filter(pk=person.pk).update(demonstration=False)
    return User.objects.get(pk=person.pk)


def test_signing_in_goes_home_and_out_needs_a_press(client):
    person = making.organisation()
    page = text(client.get(reverse("account_login")))
    assert reverse("register") in page
    assert sign_in(client, person).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("home")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("home")).url.startswith(reverse("account_login"))


def test_names_are_without_case_and_the_way_back_is_kept(client):
    person = making.organisation()
    response = sign_in(client, person.username.upper(), next=reverse("tokens"))
    assert response.url == reverse("tokens")


def test_a_wrong_password_says_so_and_keeps_the_name(client):
    person = making.organisation()
    page = text(sign_in(client, person, "wrong-wrong-wrong"))
    assert f'value="{person.username}"' in page
    assert "wrong-wrong-wrong" not in page
    assert "密码" in page


def test_a_closed_account_stays_out(client):
    person = making.organisation()
    User.objects.filter(pk=person.pk).update(is_active=False)
    response = sign_in(client, person)
    assert client.get(reverse("home")).status_code == 302
    assert response.status_code in (200, 302)


def test_eight_wrong_passwords_lock_the_name_out(client, settings):
    settings.AXES_ENABLED = True
    person, other = making.organisation(), making.organisation()
    for _ in range(7):
        assert sign_in(client, person, "wrong-wrong-wrong").status_code == 200
    locked = sign_in(client, person, "wrong-wrong-wrong")
    assert locked.status_code == 429
    assert "15分钟" in text(locked)
    again = sign_in(client, person)
    assert again.status_code == 429
    assert "暂时不能登录" in text(again)
    assert client.get(reverse("home")).status_code == 302
    assert sign_in(client, other).status_code == 302


@pytest.mark.parametrize("role", [role for role in Roles if role not in (Roles.EXPERT, Roles.AUDITOR)])
def test_who_decides_sets_up_a_second_factor_before_anything_else(client, role):
    sign_in(client, real(role))
    for name in ("home", "tokens"):
        assert client.get(reverse(name)).url == reverse("mfa_activate_totp")
    assert client.post(reverse("tokens"), {"label": "x"}).url == reverse("mfa_activate_totp")
    said = client.get(reverse("api:api_me"))
    assert (said.status_code, said.json()["code"]) == (403, "second_factor_needed")


@pytest.mark.parametrize("role", [Roles.EXPERT, Roles.AUDITOR])
def test_who_only_looks_or_advises_need_not(client, role):
    sign_in(client, real(role))
    assert client.get(reverse("home")).status_code == 200


def test_demonstration_accounts_and_applicants_need_not(client):
    sign_in(client, making.staff(Roles.LEADER))
    assert client.get(reverse("home")).status_code == 200
    applicant = making.organisation()
    User.objects.filter(pk=applicant.pk).update(demonstration=False)
    client.post(reverse("account_logout"))
    sign_in(client, applicant)
    assert client.get(reverse("home")).status_code == 200


def test_the_second_factor_by_a_real_code(client):
    person = real(Roles.FINANCE_APPROVER)
    sign_in(client, person)
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert asked.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
    assert "确认身份" in text(asked)
    again = {"password": making.PASSWORD, "next": reverse("mfa_activate_totp")}
    page = text(client.post(reverse("account_reauthenticate"), again, follow=True))
    assert "启用验证器" in page
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    refused = text(client.post(reverse("mfa_activate_totp"), {"code": "000000"}))
    assert "启用验证器" in refused
    assert not Authenticator.objects.filter(user=person).exists()
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert client.get(reverse("home")).status_code == 200

    client.post(reverse("account_logout"))
    cache.clear()
    asked = sign_in(client, person)
    assert asked.url == reverse("mfa_authenticate")
    assert client.get(reverse("home")).url.startswith(reverse("account_login"))
    assert "输入验证码" in text(client.get(reverse("mfa_authenticate")))
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("home")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("home")).status_code == 200


def test_the_admins_own_sign_in_is_not_a_way_round(client):
    person = real(Roles.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    response = client.post(reverse("admin:login"), {"username": person.username, "password": making.PASSWORD})
    assert response.url.startswith(reverse("account_login"))
    assert client.get(reverse("admin:index")).status_code == 302


def test_the_admin_shows_and_never_writes(client):
    person = User.objects.create_superuser("root", password=making.PASSWORD, display_name="超级管理员")
    User.objects.filter(pk=person.pk).update(demonstration=True)
    client.force_login(person)
    made = making.organisation().organisation
    line = making.budget()
    ours = [
        model for model in admin.site._registry if model.__module__.split(".")[0] not in ("allauth", "axes")
    ]
    named = {model._meta.label for model in ours}
    assert named >= {
        "kernel.Event",
        "kernel.Document",
        "kernel.ChainHead",
        "accounts.Organisation",
        "accounts.User",
        "ledger.BudgetLine",
        "ledger.Entry",
        "ledger.Posting",
    }
    for model in ours:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{base}_changelist")).status_code == 200, model
        for path in ("add",):
            assert client.get(reverse(f"{base}_{path}")).status_code == 403, model
    for one in (made, line):
        base = f"admin:{one._meta.app_label}_{one._meta.model_name}"
        shown = client.get(reverse(f"{base}_change", args=[one.pk]))
        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        assert client.post(reverse(f"{base}_change", args=[one.pk]), {"name": "x"}).status_code == 403
        assert client.post(reverse(f"{base}_delete", args=[one.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"}
    client.post(reverse("admin:accounts_organisation_changelist"), chosen)
    made.refresh_from_db()
    line.refresh_from_db()
    assert made.name != "x"
    assert line.name != "x"


class TestMe:
    def test_by_token(self, client):
        admin = making.organisation()
        _, secret = making.accounts.create_token(actor=admin, label="财务系统")
        said = client.get(reverse("api:api_me"), HTTP_AUTHORIZATION=f"Bearer {secret}").json()
        assert said["username"] == admin.username
        assert said["organisation"]["code"] == admin.organisation.code
        assert (said["organisation"]["role"], said["roles"], said["unit"]) == ("admin", [], None)
        assert said["token"]["label"] == "财务系统"

    def test_by_session(self, client):
        person = making.staff(Roles.HANDLER, Roles.INTAKE)
        client.force_login(person)
        said = client.get("/api/v1/me/").json()
        assert said["organisation"] is None
        assert said["roles"] == [
            {"code": "intake", "label": "受理岗"},
            {"code": "handler", "label": "处室经办"},
        ]
        assert (said["unit"], said["token"]) == (person.unit.name, None)

    @pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer "])
    def test_nobody(self, client, header):
        given = {"HTTP_AUTHORIZATION": header} if header else {}
        said = client.get("/api/v1/me/", **given)
        assert (said.status_code, said.json()["code"]) == (401, "not_signed_in")

    def test_a_revoked_key_and_a_post(self, client):
        admin = making.organisation()
        token, secret = making.accounts.create_token(actor=admin, label="财务系统")
        client.force_login(admin)
        assert client.post("/api/v1/me/").status_code == 405
        client.logout()
        making.accounts.revoke_token(actor=admin, token=token)
        assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401

    def test_a_deciding_persons_key_needs_the_second_factor_too(self, client):
        person = making.staff(Roles.LEADER)
        _, secret = making.accounts.create_token(actor=person, label="程序")
        User.objects.filter(pk=person.pk).update(demonstration=False)
        said = client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert (said.status_code, said.json()["code"]) == (403, "forbidden")
