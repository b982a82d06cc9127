"""Writes about people and organisations."""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError as Invalid
from django.db import IntegrityError, transaction
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from portal.accounts import selectors
from portal.accounts.models import ApiToken, ExpertProfile, Membership, Organisation, RoleGrant, Unit, User
from portal.accounts.permissions import (
    is_administrator,
    is_organisation_admin,
    may_certify,
    may_manage_person,
)
from portal.accounts.states import (
    DISTRICTS,
    LONELY_ROLES,
    MemberRoles,
    OrganisationKinds,
    OrganisationStates,
    Roles,
)
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work

TOKEN_DAYS = 90
_KINDS = {
    "91": {OrganisationKinds.ENTERPRISE, OrganisationKinds.INSTITUTE},
    "92": {OrganisationKinds.ENTERPRISE},
    "93": {OrganisationKinds.ENTERPRISE},
    "12": {OrganisationKinds.UNIVERSITY, OrganisationKinds.INSTITUTE},
    "51": {OrganisationKinds.SOCIAL},
    "52": {OrganisationKinds.SOCIAL, OrganisationKinds.UNIVERSITY, OrganisationKinds.INSTITUTE},
    "53": {OrganisationKinds.SOCIAL},
}


def normal_code(text: str, *, field: str = "code") -> str:
    """A 统一社会信用代码 in its one spelling (GB 32100-2015: half width, upper case, no spaces).

    Raises Refusal naming length, character or check character; letters are never guessed.
    """
    code = "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "")
    try:
        uscc.validate(code)
    except InvalidLength as error:
        raise Refusal(
            f"统一社会信用代码是18位，现在是{len(code)}位。", code="bad_code_length", field=field
        ) from error
    except InvalidChecksum as error:
        raise Refusal(
            "统一社会信用代码的校验位不对，请对照营业执照或法人证书逐位检查。",
            code="bad_code_check",
            field=field,
        ) from error
    except ValidationError as error:
        raise Refusal(
            "统一社会信用代码里有不会出现的字符。代码只用数字和大写字母，不含I、O、S、V、Z。",
            code="bad_code_character",
            field=field,
        ) from error
    return code


def kinds_for(code: str) -> set[OrganisationKinds]:
    """Kinds that a code's first two characters allow; empty for bodies that may not file."""
    return _KINDS.get(code[:2], set())


def register_organisation(
    *,
    code: str,
    name: str,
    kind: str,
    district: str,
    legal_person: str,
    contact_phone: str,
    username: str,
    display_name: str,
    password: str,
    demonstration: bool = False,
) -> Organisation:
    """Open the one account of an organisation with its first 单位管理员; it waits for certification.

    Raises Refusal: bad code, kind that the code does not allow, code or user name already in use.
    """
    code = normal_code(code)
    allowed = kinds_for(code)
    if not allowed:
        raise Refusal(
            "这类单位不在本政策的申报范围内（例如机关单位）。", code="kind_may_not_file", field="code"
        )
    if kind not in allowed:
        names = "或".join(OrganisationKinds(item).label for item in sorted(allowed))
        raise Refusal(f"按代码开头判断，单位类型应为{names}。", code="kind_mismatch", field="kind")
    if district not in DISTRICTS:
        raise Refusal("请选择注册地所在的区县。", code="bad_choice", field="district")
    _filled(
        name=(name, "单位名称"),
        legal_person=(legal_person, "法定代表人"),
        contact_phone=(contact_phone, "联系电话"),
    )
    with unit_of_work():
        try:
            with transaction.atomic():
                organisation = Organisation.objects.create(
                    code=code,
                    name=unicodedata.normalize("NFC", name).strip(),
                    kind=kind,
                    district=district.strip(),
                    legal_person=legal_person.strip(),
                    contact_phone=contact_phone.strip(),
                    registered_at=clock.now(),
                )
        except IntegrityError as error:
            raise Refusal(
                "这个代码已经注册过。请联系你单位的管理员为你开通账号。", code="code_taken", field="code"
            ) from error
        user = create_user(
            username=username, display_name=display_name, password=password, demonstration=demonstration
        )
        Membership.objects.create(user=user, organisation=organisation, role=MemberRoles.ADMIN)
        events.record("organisation.registered", organisation, actor=user, data={"code": code})
    return organisation


def create_user(
    *,
    username: str,
    display_name: str,
    password: str,
    unit: Unit | None = None,
    roles: tuple[Roles, ...] = (),
    demonstration: bool = False,
    granted_by: User | None = None,
) -> User:
    """A person who can sign in, by a name without regard to case.

    Raises Refusal: name empty, malformed or taken, weak password (that of a demonstration account is public
    and not judged).
    """
    username = username.strip().lower()
    _filled(username=(username, "登录名"), display_name=(display_name, "姓名"))
    try:
        UnicodeUsernameValidator()(username)
    except Invalid as error:
        raise Refusal(
            "登录名只能用字母、数字和@ . + - _，中间不能有空格。", code="bad_username", field="username"
        ) from error
    if not demonstration:
        raise_any(password_faults(password, username=username, display_name=display_name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username,
                password=password,
                display_name=display_name.strip(),
                unit=unit,
                demonstration=demonstration,
            )
    except IntegrityError as error:
        raise Refusal(
            "这个登录名已经有人用了，请换一个。", code="username_taken", field="username"
        ) from error
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=clock.now(), granted_by=granted_by) for role in roles
    )
    _speak_for_unit(user, roles)
    return user


def password_faults(password: str, *, username: str = "", display_name: str = "") -> list[Refusal]:
    """What is wrong with a new password, each with what to do; field `password`."""
    try:
        validate_password(password, User(username=username, display_name=display_name))
    except Invalid as error:
        said = {
            "password_too_short": f"密码至少10个字符，现在是{len(password)}个。",
            "password_too_common": "这个密码太常见，容易被猜到，请换一个。",
            "password_entirely_numeric": "密码不能全是数字，请加上字母或符号。",
        }
        return [
            Refusal(said.get(part.code or "", "".join(part.messages)), code="weak_password", field="password")
            for part in error.error_list
        ]
    return []


def add_staff(
    *,
    actor: User,
    username: str,
    display_name: str,
    password: str,
    unit: Unit | None,
    roles: Iterable[str],
    employer_name: str = "",
    employer_code: str = "",
    fields: str = "",
) -> User:
    """An administrator opens an account for somebody at an office, or an expert with his employer.

    Raises Refusal: no role, roles that two people must hold, no unit, employer's code wrong.
    """
    require(is_administrator, actor, None)
    given = _roles(roles, unit)
    with unit_of_work():
        user = create_user(
            username=username,
            display_name=display_name,
            password=password,
            unit=unit,
            roles=given,
            granted_by=actor,
        )
        if Roles.EXPERT in given:
            _filled(employer_name=(employer_name, "工作单位"), fields=(fields, "研究方向"))
            describe_expert(
                user=user,
                employer_name=employer_name.strip(),
                employer_code=employer_code,
                fields=fields.strip(),
            )
        events.record(
            "staff.added",
            user,
            actor=actor,
            data={"username": user.username, "unit": unit.code if unit else "", "roles": sorted(given)},
        )
    return user


def change_roles(*, actor: User, user: User, unit: Unit | None, roles: Iterable[str]) -> User:
    """Give an office user other roles or another unit; nobody changes his own."""
    require(is_administrator, actor, None)
    if actor.pk == user.pk:
        raise Refusal("不能改动你自己的角色，请另一名系统管理员办理。", code="forbidden", field="roles")
    given = _roles(roles, unit)
    if Roles.EXPERT in given and not ExpertProfile.objects.filter(user=user).exists():
        raise Refusal(
            "专家要有工作单位的登记才能回避，请另开一个专家账号。", code="no_employer", field="roles"
        )
    with unit_of_work():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        before = set(locked.role_grants.values_list("role", flat=True))
        locked.role_grants.exclude(role__in=given).delete()
        RoleGrant.objects.bulk_create(
            RoleGrant(user=locked, role=role, granted_at=clock.now(), granted_by=actor)
            for role in given
            if role not in before
        )
        locked.unit = unit
        locked.save(update_fields=["unit"])
        _speak_for_unit(locked, given)
        events.record(
            "staff.roles_changed",
            locked,
            actor=actor,
            data={"from": sorted(before), "to": sorted(given), "unit": unit.code if unit else ""},
        )
    return locked


def reset_password(*, actor: User, user: User, password: str) -> None:
    """A new password for somebody who forgot his; every session of his ends. Raises Refusal for a weak one."""
    require(may_manage_person, actor, user)
    raise_any(password_faults(password, username=user.username, display_name=user.display_name))
    with unit_of_work():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        locked.set_password(password)
        locked.save(update_fields=["password"])
        events.record("user.password_reset", locked, actor=actor, data={"username": locked.username})


def set_active(*, actor: User, user: User, active: bool) -> User:
    """Close an account of somebody who left, or open it again; his keys for programs end with it."""
    require(may_manage_person, actor, user)
    with unit_of_work():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if locked.is_active == active:
            return locked
        locked.is_active = active
        locked.save(update_fields=["is_active"])
        if not active:
            ApiToken.objects.filter(user=locked, revoked_at=None).update(revoked_at=clock.now())
        events.record(
            "user.opened" if active else "user.closed",
            locked,
            actor=actor,
            data={"username": locked.username},
        )
    return locked


def _roles(roles: Iterable[str], unit: Unit | None) -> tuple[Roles, ...]:
    """Roles as asked for, checked: known, at least one, none that must stand alone, with their unit."""
    chosen = set(roles)
    if not chosen or not chosen <= set(Roles.values):
        raise Refusal("请至少选择一个角色。", code="bad_choice", field="roles")
    if {Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER} <= chosen:
        raise Refusal("制单和复核要由两个人担任，不能给同一个人。", code="two_persons", field="roles")
    for role in LONELY_ROLES:
        if role in chosen and len(chosen) > 1:
            raise Refusal(f"“{role.label}”不能同时有别的角色。", code="two_persons", field="roles")
    if unit is None and chosen != {Roles.EXPERT}:
        raise Refusal("请选择所在单位。", code="required", field="unit")
    return tuple(role for role in Roles if role in chosen)


def _speak_for_unit(user: User, roles: Iterable[str]) -> None:
    """Put the person into the group of the unit he speaks for, and into no other."""
    groups = []
    if user.unit is not None and Roles.UNIT_OFFICER in roles:
        groups = [Group.objects.get_or_create(name=unit_group_name(user.unit))[0]]
    user.groups.set(groups)


def _filled(**values: tuple[str, str]) -> None:
    """Refusals for every empty text: field=(value, label)."""
    raise_any(
        Refusal(f"请填写{label}。", code="required", field=field)
        for field, (value, label) in values.items()
        if not value.strip()
    )


def unit_group_name(unit: Unit) -> str:
    """The group that holds a unit's per-object rights."""
    return f"unit:{unit.code}"


def describe_expert(*, user: User, employer_name: str, employer_code: str, fields: str) -> ExpertProfile:
    """Put an expert into the pool with the employer that conflicts are checked against."""
    profile, _ = ExpertProfile.objects.update_or_create(
        user=user,
        defaults={
            "employer_name": employer_name,
            "employer_code": normal_code(employer_code, field="employer_code"),
            "fields": fields,
        },
    )
    return profile


def certify_organisation(*, organisation: Organisation, actor: Any) -> Organisation:
    """Staff confirm that the organisation is who it says; from then on it may submit."""
    require(may_certify, actor, organisation)
    with unit_of_work():
        locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        if locked.state != OrganisationStates.PENDING:
            raise Refusal(f"这个单位现在是“{locked.get_state_display()}”，不需要再认证。", code="wrong_state")
        if Membership.objects.filter(organisation=locked, user=actor).exists():
            raise Refusal("你是这个单位的成员，不能由你认证。", code="forbidden")
        Organisation.objects.filter(pk=locked.pk).update(
            state=OrganisationStates.CERTIFIED, certified_at=clock.now(), certified_by=actor
        )
        locked.refresh_from_db()
        events.record("organisation.certified", locked, actor=actor, data={"code": locked.code})
    return locked


def add_filler(*, actor: User, username: str, display_name: str, password: str) -> User:
    """The 单位管理员 opens an account for a colleague who fills claims."""
    require(is_organisation_admin, actor, None)
    own = actor.organisation
    assert own is not None
    with unit_of_work():
        user = create_user(
            username=username,
            display_name=display_name,
            password=password,
            demonstration=actor.demonstration,
        )
        Membership.objects.create(user=user, organisation=own, role=MemberRoles.FILLER)
        events.record("membership.added", own, actor=actor, data={"user": user.username})
    return user


def create_token(*, actor: User, label: str) -> tuple[ApiToken, str]:
    """A key for programs, shown once; it ends after 90 days. One live key for one purpose, so that a second
    press makes no second key."""
    if not label.strip():
        raise Refusal("请写明令牌的用途，方便以后辨认。", code="required", field="label")
    secret = secrets.token_urlsafe(32)
    with unit_of_work():
        User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
        if selectors.live_tokens(actor).filter(label=label.strip()[:60]).exists():
            raise Refusal(
                "你已有一个同样用途的令牌，请先停用它，或换一个用途名称。", code="already_done", field="label"
            )
        token = ApiToken.objects.create(
            user=actor,
            organisation=actor.organisation,
            label=label.strip()[:60],
            digest=selectors.token_digest(secret),
            tail=secret[-4:],
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=TOKEN_DAYS),
        )
        events.record("token.created", token, actor=actor, data={"label": token.label})
    return token, secret


def revoke_token(*, actor: User, token: ApiToken) -> None:
    """End a key of one's own at once; ending it twice is nothing."""
    if token.user_id != actor.pk:
        raise Refusal("这不是你的令牌。", code="forbidden")
    with unit_of_work():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
            events.record("token.revoked", token, actor=actor, data={"label": token.label})
