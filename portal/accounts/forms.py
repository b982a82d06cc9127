"""Forms about people and organisations. What they find is also checked by the services."""

from typing import Any

from django import forms

from portal.accounts import selectors, services
from portal.accounts.models import Unit
from portal.accounts.states import (
    DISTRICTS,
    ROLE_DESCRIPTIONS,
    OrganisationKinds,
    OrganisationStates,
    Roles,
)
from portal.kernel.forms import text_field
from portal.kernel.refusals import Refusal

CODE_HINT = "营业执照或法人证书上的18位代码"
USERNAME_HINT = "用来登录，字母和数字都可以，不分大小写"


def _code_field() -> forms.CharField:
    return text_field("统一社会信用代码", 40, help_text=CODE_HINT, autocomplete="off")


class TwicePassword(forms.Form):
    """A new password typed twice; never shown again."""

    password = forms.CharField(
        label="密码",
        strip=False,
        max_length=128,
        help_text="至少10个字符，不能全是数字",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="确认密码",
        help_text="再输入一次",
        strip=False,
        max_length=128,
        error_messages={"required": "请把密码再输入一次。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, second = values.get("password"), values.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一样，请重新输入。")
        elif first:
            faults = services.password_faults(
                first, username=values.get("username", ""), display_name=values.get("display_name", "")
            )
            for fault in faults:
                self.add_error("password", fault.message)
        return values


class PersonForm(TwicePassword):
    """Somebody who will sign in."""

    display_name = text_field("姓名", 40)
    username = text_field("登录名", 60, help_text=USERNAME_HINT, autocomplete="username")

    field_order = ("display_name", "username", "password", "password2")


class CodeForm(forms.Form):
    """The first question of a registration; its answer decides which kinds of organisation are offered."""

    code = _code_field()

    def clean_code(self) -> str:
        return _registrable(self.cleaned_data["code"])


class RegisterForm(PersonForm):
    """An organisation and its first 单位管理员."""

    code = _code_field()
    name = text_field("单位名称", 120, help_text="与营业执照或法人证书一致")
    kind = forms.ChoiceField(label="单位类型", choices=OrganisationKinds.choices, widget=forms.RadioSelect)
    district = forms.ChoiceField(
        label="注册地所在区县", choices=[("", "请选择"), *((name, name) for name in DISTRICTS)]
    )
    legal_person = text_field("法定代表人", 40)
    contact_phone = forms.RegexField(
        r"^[0-9+\-－（）() 转]{7,30}$",
        label="联系电话",
        help_text="例如0451-12345678，或手机号",
        error_messages={"invalid": "电话只写数字和短横线，例如0451-12345678。"},
    )

    field_order = (
        "code",
        "name",
        "kind",
        "district",
        "legal_person",
        "contact_phone",
        "display_name",
        "username",
        "password",
        "password2",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = _kinds_of(str(self["code"].value() or ""))
        if kinds:
            self.fields["kind"].choices = [
                (kind.value, kind.label) for kind in OrganisationKinds if kind in kinds
            ]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].initial = next(iter(kinds)).value
        self.fields["kind"].error_messages["invalid_choice"] = (
            "这个代码的单位不属于所选的类型，请在列出的类型里选择。"
        )

    def clean_code(self) -> str:
        return _registrable(self.cleaned_data["code"])


class StaffForm(PersonForm):
    """Somebody at an office."""

    unit = forms.ModelChoiceField(
        label="所在单位", queryset=Unit.objects.none(), required=False, empty_label="请选择"
    )
    roles = forms.MultipleChoiceField(
        label="角色", choices=Roles.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    employer_name = text_field("工作单位", 120, required=False)
    employer_code = text_field("工作单位的统一社会信用代码", 40, required=False)
    fields_of_work = text_field("研究方向", 200, required=False)

    field_order = ("display_name", "username", "unit", "roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.units()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if Roles.EXPERT in values.get("roles", []):
            for name in ("employer_name", "employer_code", "fields_of_work"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, f"评审专家要填写{self.fields[name].label}，用来查找应当回避的关系。")
        return values


class RolesForm(forms.Form):
    """Unit and roles of somebody who has an account."""

    unit = forms.ModelChoiceField(
        label="所在单位", queryset=Unit.objects.none(), required=False, empty_label="请选择"
    )
    roles = forms.MultipleChoiceField(
        label="角色", choices=Roles.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.units()  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What a key for programs is for."""

    label = text_field("用途", 60, help_text="写明给哪个程序用，例如“财务系统导入费用”")


class OrganisationFilter(forms.Form):
    """Which organisations the certification desk lists."""

    state = forms.ChoiceField(
        label="认证状态", choices=[*OrganisationStates.choices, ("", "全部")], required=False
    )
    text = text_field("名称或代码", 60, required=False)


class StaffFilter(forms.Form):
    """Which office users are listed."""

    text = text_field("姓名或登录名", 60, required=False)


def role_hints() -> dict[str, str]:
    """Each role's plain description, for the boxes."""
    return {role.value: ROLE_DESCRIPTIONS[role] for role in Roles}


def _kinds_of(code: str) -> set[OrganisationKinds]:
    try:
        return services.kinds_for(services.normal_code(code))
    except Refusal:
        return set()


def _registrable(text: str) -> str:
    """A code in its one spelling that may be registered now; the service says no again."""
    try:
        code = services.normal_code(text)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.message) from refusal
    if not services.kinds_for(code):
        raise forms.ValidationError("这类单位不在本政策的申报范围内（例如机关单位）。")
    if selectors.code_is_registered(code):
        raise forms.ValidationError("这个代码已经注册过。请联系你单位的管理员为你开通账号。")
    return code
