"""Pages about organisations, people and keys."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import selectors, services
from portal.accounts.forms import (
    CodeForm,
    OrganisationFilter,
    PersonForm,
    RegisterForm,
    RolesForm,
    StaffFilter,
    StaffForm,
    TokenForm,
    TwicePassword,
    role_hints,
)
from portal.accounts.models import ApiToken, User
from portal.accounts.permissions import (
    is_administrator,
    is_applicant,
    is_organisation_admin,
    may_certify,
    may_manage_person,
)
from portal.accounts.states import CERTIFICATION, ROLE_DESCRIPTIONS, MemberRoles, OrganisationStates, Roles
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only, public
from portal.kernel.paging import page_of
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
@never_cache
@sensitive_post_parameters("password", "password2")
def register(request: HttpRequest) -> HttpResponse:
    """Ask for the code first; with a code that may register, for the rest, and open the account."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method != "POST":
        asked = CodeForm(request.GET if "code" in request.GET else None)
        if asked.is_bound and asked.is_valid():
            form = RegisterForm(initial={"code": asked.cleaned_data["code"]})
            return render(request, "accounts/register.html", {"form": form})
        return render(request, "accounts/register_code.html", {"form": asked})
    form = RegisterForm(request.POST)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "password2"}
        try:
            organisation = services.register_organisation(**values)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            login(request, selectors.members_of(organisation)[0].user, backend=BACKEND)
            messages.success(request, "注册完成，已为你登录。", extra_tags="keep:register")
            return redirect("organisation")
    return render(request, "accounts/register.html", {"form": form})


@only(is_applicant)
def organisation(request: HttpRequest) -> HttpResponse:
    """The organisation's own page: data, certification, members."""
    user = _person(request)
    own = user.organisation
    assert own is not None and user.member is not None
    members = [
        {
            "person": one.user,
            "role": one.get_role_display(),
            "manageable": _manageable(user, one.user, one.role),
        }
        for one in selectors.members_of(own)
    ]
    context = {
        "own": own,
        "said": CERTIFICATION[OrganisationStates(own.state)],
        "pending": own.state == OrganisationStates.PENDING,
        "frozen": own.state == OrganisationStates.FROZEN,
        "members": members,
        "is_admin": user.member.role == MemberRoles.ADMIN,
    }
    return render(request, "accounts/organisation.html", context)


@only(is_organisation_admin)
@sensitive_post_parameters("password", "password2")
def member_new(request: HttpRequest) -> HttpResponse:
    """An account for a colleague who fills claims."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("username", "display_name", "password")}
        try:
            person = services.add_filler(actor=_person(request), **values)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已为{person.display_name}开通账号，登录名是{person.username}。")
            return redirect("organisation")
    return render(request, "accounts/member_new.html", {"form": form})


@only(is_organisation_admin)
@sensitive_post_parameters("password", "password2")
def member_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password for a colleague who forgot his."""
    own = _person(request).organisation
    assert own is not None
    person = get_object_or_404(selectors.members_to_manage(own), pk=pk)
    return _new_password(request, person, reverse("organisation"), "单位信息")


@only(is_organisation_admin)
def member_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a colleague's account, or open it again."""
    own = _person(request).organisation
    assert own is not None
    person = get_object_or_404(selectors.members_to_manage(own), pk=pk)
    return _switch(request, person, reverse("organisation"), "单位信息")


@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """One's keys for programs. A new one is shown in this answer only, so there is no redirect."""
    user = _person(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = services.create_token(actor=user, label=form.cleaned_data["label"])
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            form = TokenForm()
    now = clock.now()
    page = page_of(request, selectors.tokens_of(user), newest_first=True)
    rows = [
        {"token": token, "said": _token_state(token, now), "live": _alive(token, now)} for token in page.rows
    ]
    context = {"form": form, "rows": rows, "page": page, "secret": secret, "days": services.TOKEN_DAYS}
    return render(request, "accounts/tokens.html", context)


def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then end a key."""
    user = _person(request)
    token = get_object_or_404(selectors.tokens_of(user), pk=pk)
    if request.method == "POST":
        services.revoke_token(actor=user, token=token)
        messages.success(request, f"已停用令牌“{token.label}”。")
        return redirect("tokens")
    return render(request, "accounts/token_revoke.html", {"token": token})


@only(may_certify)
def certifications(request: HttpRequest) -> HttpResponse:
    """Organisations to certify; by the filter also all others."""
    asked = OrganisationFilter(
        request.GET if request.GET.keys() & {"state", "text"} else {"state": OrganisationStates.PENDING}
    )
    chosen = asked.cleaned_data if asked.is_valid() else {"state": OrganisationStates.PENDING, "text": ""}
    found = selectors.organisations(state=chosen["state"], text=chosen["text"])
    page = page_of(request, found)
    rows = [{"one": one, "said": CERTIFICATION[OrganisationStates(one.state)]} for one in page.rows]
    context = {
        "form": asked,
        "rows": rows,
        "page": page,
        "only_pending": chosen["state"] == OrganisationStates.PENDING and not chosen["text"],
    }
    return render(request, "accounts/certifications.html", context)


@only(may_certify)
def certification(request: HttpRequest, pk: int) -> HttpResponse:
    """What to compare before certifying one organisation, and the button."""
    user = _person(request)
    one = get_object_or_404(selectors.organisations(), pk=pk)
    if request.method == "POST":
        services.certify_organisation(organisation=one, actor=user)
        messages.success(request, f"已认证{one.name}，从现在起它可以提交申报。")
        return redirect("certifications")
    members = list(selectors.members_of(one))
    context = {
        "one": one,
        "said": CERTIFICATION[OrganisationStates(one.state)],
        "pending": one.state == OrganisationStates.PENDING,
        "own": any(member.user_id == user.pk for member in members),
        "members": [
            {
                "person": one.user,
                "role": one.get_role_display(),
                "manageable": _manageable(user, one.user, one.role),
            }
            for one in members
        ],
        "register": _registers(one.code),
        "area": one.code[2:8],
        "city": settings.CITY,
        "area_in_city": one.code[2:].startswith(settings.REGION_PREFIX),
    }
    return render(request, "accounts/certification.html", context)


@only(is_administrator)
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody at an office, with roles and unit."""
    asked = StaffFilter(request.GET)
    text = asked.cleaned_data["text"] if asked.is_valid() else ""
    page = page_of(request, selectors.office_users(text=text))
    rows = [
        {"person": person, "roles": [Roles(grant.role).label for grant in person.role_grants.all()]}
        for person in page.rows
    ]
    context = {
        "form": asked,
        "rows": rows,
        "page": page,
    }
    return render(request, "accounts/staff.html", context)


@only(is_administrator)
@sensitive_post_parameters("password", "password2")
def staff_new(request: HttpRequest) -> HttpResponse:
    """An account for somebody at an office, or an expert."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = services.add_staff(
                actor=_person(request),
                username=given["username"],
                display_name=given["display_name"],
                password=given["password"],
                unit=given["unit"],
                roles=given["roles"],
                employer_name=given["employer_name"],
                employer_code=given["employer_code"],
                fields=given["fields_of_work"],
            )
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已为{person.display_name}开通账号，登录名是{person.username}。")
            return redirect("staff_member", person.pk)
    return render(request, "accounts/staff_new.html", {"form": form, "hints": role_hints()})


@only(is_administrator)
def staff_member(request: HttpRequest, pk: int) -> HttpResponse:
    """One person at an office: what he may do, who gave it, and the change of it."""
    user = _person(request)
    person = get_object_or_404(selectors.office_users(), pk=pk)
    grants = list(person.role_grants.all())
    stored = {"unit": person.unit_id, "roles": [grant.role for grant in grants]}
    form = RolesForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_roles(actor=user, user=person, **form.cleaned_data)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已保存{person.display_name}的单位和角色。")
            return redirect("staff_member", person.pk)
    context = {
        "person": person,
        "form": form,
        "hints": role_hints(),
        "grants": [
            {"label": Roles(grant.role).label, "does": ROLE_DESCRIPTIONS[Roles(grant.role)], "grant": grant}
            for grant in grants
        ],
        "profile": getattr(person, "expert_profile", None),
        "own": person.pk == user.pk,
    }
    return render(request, "accounts/staff_member.html", context)


@only(is_administrator)
@sensitive_post_parameters("password", "password2")
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password for somebody at an office, or for the first person of an organisation."""
    person, back, place = _managed(request, pk)
    return _new_password(request, person, back, place)


@only(is_administrator)
def staff_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account of somebody who left, or open it again."""
    person, back, place = _managed(request, pk)
    return _switch(request, person, back, place)


def _managed(request: HttpRequest, pk: int) -> tuple[User, str, str]:
    """The person an administrator looks after, with the page he was found on."""
    person = get_object_or_404(selectors.people(), pk=pk)
    require(may_manage_person, request.user, person)
    if person.member is not None:
        return (
            person,
            reverse("certification", args=[person.member.organisation_id]),
            person.member.organisation.name,
        )
    return person, reverse("staff_member", args=[person.pk]), person.display_name


def _new_password(request: HttpRequest, person: User, back: str, place: str) -> HttpResponse:
    require(may_manage_person, request.user, person)
    form = TwicePassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reset_password(
                actor=_person(request), user=person, password=form.cleaned_data["password"]
            )
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已重设{person.display_name}的密码，请用安全的方式告诉本人。")
            return redirect(back)
    return render(
        request, "accounts/password.html", {"form": form, "person": person, "back": back, "place": place}
    )


def _switch(request: HttpRequest, person: User, back: str, place: str) -> HttpResponse:
    require(may_manage_person, request.user, person)
    if request.method == "POST":
        opened = services.set_active(
            actor=_person(request), user=person, active=request.POST.get("active") == "yes"
        )
        done = "恢复" if opened.is_active else "停用"
        messages.success(request, f"已{done}{person.display_name}的账号。")
        return redirect(back)
    return render(request, "accounts/active.html", {"person": person, "back": back, "place": place})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _manageable(actor: User, person: User, role: str) -> bool:
    """As `may_manage_person`, on rows that are loaded already."""
    if actor.pk == person.pk:
        return False
    return actor.member is not None or (Roles.ADMINISTRATOR in actor.roles and role == MemberRoles.ADMIN)


def _alive(token: ApiToken, now: Any) -> bool:
    return token.revoked_at is None and token.expires_at > now


def _token_state(token: ApiToken, now: Any) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "已停用", "calm"
    return ("有效", "done") if token.expires_at > now else ("已到期", "calm")


def _registers(code: str) -> str:
    """The public register in which a code of this kind is looked up."""
    return {
        "9": "国家企业信用信息公示系统",
        "1": "事业单位登记管理网（机关赋码和事业单位登记）",
        "5": "全国社会组织信用信息公示平台",
    }.get(code[:1], "登记机关的公示系统")
