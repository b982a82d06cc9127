"""Registration, the organisation's page, certification, staff and keys, each by the right and the wrong person."""

import pytest
from django.urls import reverse

from portal.accounts.models import ApiToken, Organisation, Unit, User
from portal.accounts.states import Roles
from tests import making

pytestmark = pytest.mark.django_db
STRONG = "a-long-enough-one"
CODE = "91230102MA1B001210"


def text(response):
    page = response.content.decode()
    assert "‼" not in page, page[page.index("‼") - 200 :][:400]
    return page


def registration(**values):
    return {
        "code": CODE,
        "name": "哈尔滨冰城智算科技有限公司",
        "kind": "enterprise",
        "district": "松北区",
        "legal_person": "赵一",
        "contact_phone": "0451-12345678",
        "username": "bingcheng",
        "display_name": "王宁",
        "password": STRONG,
        "password2": STRONG,
        **values,
    }


class TestRegister:
    def test_the_code_comes_first(self, client):
        page = text(client.get(reverse("register")))
        assert "注册单位" in page
        assert 'name="code"' in page
        assert 'name="password"' not in page

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "请填写统一社会信用代码"),
            ("9123", "统一社会信用代码是18位，现在是4位。"),
            ("91230102MA1B001211", "校验位不对"),
            ("9123O102MA1B001210", "不含I、O、S、V、Z"),
        ],
    )
    def test_a_bad_code_is_said_at_the_field_and_above_and_stays(self, client, typed, said):
        page = text(client.get(reverse("register"), {"code": typed}))
        assert page.count(said) == 2
        assert f'value="{typed}"' in page or not typed

    def test_a_code_that_may_not_file_or_is_taken_goes_no_further(self, client):
        office = making.credit_code(1, "11230100")
        assert "不在本政策的申报范围内" in text(client.get(reverse("register"), {"code": office}))
        taken = making.organisation().organisation.code
        assert "这个代码已经注册过" in text(client.get(reverse("register"), {"code": taken.lower()}))

    @pytest.mark.parametrize(
        ("code", "offered", "absent"),
        [
            (CODE.lower(), ["企业", "科研机构"], ["高校", "社会组织"]),
            ("12230100414000019W", ["高校", "科研机构"], ["企业"]),
            ("51230100414000000Y", ["社会组织"], ["企业", "高校"]),
        ],
    )
    def test_kinds_are_those_of_the_code(self, client, code, offered, absent):
        page = text(client.get(reverse("register"), {"code": code}))
        assert f'value="{code.upper()}"' in page
        kinds = page[page.index("单位类型") : page.index("注册地所在区县")]
        assert all(kind in kinds for kind in offered)
        assert not any(kind in kinds for kind in absent)

    def test_success_signs_in_and_says_what_to_do_meanwhile(self, client):
        response = client.post(reverse("register"), registration(), follow=True)
        assert response.redirect_chain == [(reverse("organisation"), 302)]
        page = text(response)
        assert "注册完成，已为你登录。" in page
        assert "等待认证" in page
        assert "认证后才能提交申报" in page
        assert "王宁" in page
        assert Organisation.objects.get().code == CODE
        assert client.get(reverse("register")).url == reverse("home")

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"code": "91230102MA1B001211"}, "校验位不对"),
            ({"kind": ""}, "请选择单位类型"),
            ({"kind": "university"}, "请在列出的类型里选择"),
            ({"district": ""}, "请选择注册地所在区县"),
            ({"name": ""}, "请填写单位名称"),
            ({"name": "名" * 121}, "最多120个字，现在是121个字。"),
            ({"contact_phone": "无"}, "电话只写数字和短横线"),
            ({"username": "有 空格"}, "中间不能有空格"),
            ({"password": "short", "password2": "short"}, "密码至少10个字符，现在是5个。"),
            ({"password": "9182736450123", "password2": "9182736450123"}, "密码不能全是数字"),
            ({"password": "password123", "password2": "password123"}, "这个密码太常见"),
            ({"password2": STRONG + "x"}, "两次输入的密码不一样"),
        ],
    )
    def test_faults_are_said_twice_and_nothing_is_lost_or_written(self, client, values, said):
        given = registration(**values)
        page = text(client.post(reverse("register"), given))
        assert page.count(said) == 2, page.count(said)
        for name in ("code", "name", "legal_person", "contact_phone", "username", "display_name"):
            assert f'value="{given[name]}"' in page or not given[name], name
        assert STRONG not in page
        assert "只有密码不保留" in page
        assert not Organisation.objects.exists()
        assert not User.objects.exists()

    def test_a_name_taken_by_somebody_else(self, client):
        making.accounts.create_user(username="bingcheng", display_name="甲", password=STRONG)
        page = text(client.post(reverse("register"), registration()))
        assert page.count("这个登录名已经有人用了") == 2
        assert not Organisation.objects.exists()

    def test_pressed_twice_it_is_one_organisation(self, client):
        client.post(reverse("register"), registration())
        client.logout()
        page = text(client.post(reverse("register"), registration()))
        assert "这个代码已经注册过" in page
        assert Organisation.objects.count() == 1


class TestOrganisation:
    def test_its_people_see_it(self, client):
        admin = making.organisation()
        filler = making.filler(admin)
        client.force_login(admin)
        page = text(client.get(reverse("organisation")))
        for words in (
            admin.organisation.code,
            "已认证",
            filler.display_name,
            "经办人",
            "单位管理员",
            "开通经办人账号",
        ):
            assert words in page
        client.force_login(filler)
        page = text(client.get(reverse("organisation")))
        assert "开通经办人账号" not in page
        assert "重设密码" not in page

    def test_others_do_not(self, client):
        assert client.get(reverse("organisation")).url.startswith(reverse("account_login"))
        client.force_login(making.staff(Roles.INTAKE))
        assert client.get(reverse("organisation")).status_code == 403

    def test_a_colleague_gets_an_account(self, client):
        admin = making.organisation()
        client.force_login(admin)
        given = {"display_name": "钱二", "username": "qianer", "password": STRONG, "password2": STRONG}
        assert "请填写姓名" in text(client.post(reverse("member_new"), {**given, "display_name": ""}))
        page = text(client.post(reverse("member_new"), {**given, "password": "x", "password2": "x"}))
        assert "密码至少10个字符" in page
        assert 'value="qianer"' in page
        assert not User.objects.filter(username="qianer").exists()
        response = client.post(reverse("member_new"), given, follow=True)
        assert "已为钱二开通账号" in text(response)
        assert User.objects.get(username="qianer").member.role == "filler"
        assert "这个登录名已经有人用了" in text(client.post(reverse("member_new"), given))

    def test_only_the_admin_adds_and_only_to_his_own(self, client):
        admin = making.organisation()
        filler = making.filler(admin)
        client.force_login(filler)
        assert client.get(reverse("member_new")).status_code == 403
        stranger = making.organisation()
        client.force_login(stranger)
        for name in ("member_password", "member_active"):
            assert client.get(reverse(name, args=[filler.pk])).status_code == 404
            assert client.post(reverse(name, args=[filler.pk]), {}).status_code == 404
        assert client.get(reverse("member_password", args=[stranger.pk])).status_code == 403

    def test_password_and_closing(self, client):
        admin = making.organisation()
        filler = making.filler(admin)
        client.force_login(admin)
        address = reverse("member_password", args=[filler.pk])
        assert filler.display_name in text(client.get(address))
        assert "两次输入的密码不一样" in text(
            client.post(address, {"password": STRONG, "password2": "other-one-x"})
        )
        assert client.post(address, {"password": STRONG, "password2": STRONG}).url == reverse("organisation")
        filler.refresh_from_db()
        assert filler.check_password(STRONG)
        address = reverse("member_active", args=[filler.pk])
        assert "将不能登录" in text(client.get(address))
        assert "已停用" in text(client.post(address, {"active": "no"}, follow=True))
        assert not User.objects.get(pk=filler.pk).is_active
        assert "可以用原来的密码登录" in text(client.get(address))
        assert "已恢复" in text(client.post(address, {"active": "yes"}, follow=True))

    @pytest.mark.parametrize("fillers", [0, 3])
    def test_queries(self, client, fillers, django_assert_num_queries):
        admin = making.organisation()
        for _ in range(fillers):
            making.filler(admin)
        client.force_login(admin)
        with django_assert_num_queries(5):
            client.get(reverse("organisation"))


class TestTokens:
    def test_shown_once_listed_and_revoked(self, client):
        admin = making.organisation()
        client.force_login(admin)
        assert "还没有令牌" in text(client.get(reverse("tokens")))
        response = client.post(reverse("tokens"), {"label": "财务系统"})
        page = text(response)
        assert "no-store" in response["Cache-Control"]
        token = ApiToken.objects.get()
        secret = page[page.index("<code>") + 6 : page.index("</code>")]
        assert secret.endswith(token.tail)
        page = text(client.get(reverse("tokens")))
        assert secret not in page
        assert token.tail in page
        assert "你已有一个同样用途的令牌" in text(client.post(reverse("tokens"), {"label": "财务系统"}))
        assert "请填写用途" in text(client.post(reverse("tokens"), {"label": ""}))
        assert ApiToken.objects.count() == 1
        assert "不能恢复" in text(client.get(reverse("token_revoke", args=[token.pk])))
        assert "已停用" in text(client.post(reverse("token_revoke", args=[token.pk]), follow=True))

    def test_a_strangers_key_is_not_there(self, client):
        token, _ = making.accounts.create_token(actor=making.organisation(), label="甲")
        client.force_login(making.organisation())
        assert client.get(reverse("token_revoke", args=[token.pk])).status_code == 404
        assert client.post(reverse("token_revoke", args=[token.pk])).status_code == 404
        token.refresh_from_db()
        assert token.revoked_at is None

    def test_anonymous_signs_in_first(self, client):
        assert client.get(reverse("tokens")).status_code == 302


class TestCertifications:
    @pytest.mark.parametrize("role", [Roles.INTAKE, Roles.ADMINISTRATOR])
    def test_the_desk_compares_and_certifies(self, client, role):
        admin = making.organisation(certified=False)
        one = admin.organisation
        client.force_login(making.staff(role))
        assert one.name in text(client.get(reverse("certifications")))
        address = reverse("certification", args=[one.pk])
        page = text(client.get(address))
        for words in (one.code, "国家企业信用信息公示系统", "230102", "属于哈尔滨市", "赵一", "认证这个单位"):
            assert words in page
        assert ("重设密码" in page) == (role == Roles.ADMINISTRATOR)
        assert f"已认证{one.name}" in text(client.post(address, follow=True))
        one.refresh_from_db()
        assert one.state == "certified"
        again = client.post(address)
        assert again.status_code == 409
        assert "不需要再认证" in text(again)
        assert "认证这个单位" not in text(client.get(address))

    def test_nobody_certifies_his_own(self, client):
        admin = making.organisation(certified=False)
        clerk = making.staff(Roles.INTAKE)
        making.Membership.objects.create(user=clerk, organisation=admin.organisation, role="filler")
        client.force_login(clerk)
        address = reverse("certification", args=[admin.organisation.pk])
        page = text(client.get(address))
        assert "不能由你认证" in page
        assert "认证这个单位" not in page
        assert client.post(address).status_code == 409
        assert Organisation.objects.get(pk=admin.organisation.pk).state == "pending"

    @pytest.mark.parametrize("role", [Roles.HANDLER, Roles.AUDITOR, Roles.LEADER, Roles.FINANCE_CLERK])
    def test_other_roles_do_not(self, client, role):
        one = making.organisation(certified=False).organisation
        client.force_login(making.staff(role))
        assert client.get(reverse("certifications")).status_code == 403
        assert client.post(reverse("certification", args=[one.pk])).status_code == 403

    def test_applicants_and_visitors_do_not(self, client):
        admin = making.organisation(certified=False)
        address = reverse("certification", args=[admin.organisation.pk])
        assert client.get(address).status_code == 302
        client.force_login(admin)
        assert client.post(address).status_code == 403

    def test_the_list_empty_filtered_and_paged(self, client, monkeypatch):
        client.force_login(making.staff(Roles.INTAKE))
        assert "没有等待认证的单位" in text(client.get(reverse("certifications")))
        done = making.organisation().organisation
        assert done.name not in text(client.get(reverse("certifications")))
        assert done.name in text(client.get(reverse("certifications"), {"state": "", "text": done.code[:10]}))
        assert "没有找到单位" in text(client.get(reverse("certifications"), {"state": "", "text": "\\%_"}))
        waiting = [making.organisation(certified=False).organisation for _ in range(3)]
        monkeypatch.setattr(
            "portal.kernel.paging.page_of.__kwdefaults__", {"key": "pk", "newest_first": False, "size": 2}
        )
        page = text(client.get(reverse("certifications"), {"state": "pending"}))
        assert waiting[1].name in page
        assert waiting[2].name not in page
        following = f"?state=pending&amp;after={waiting[1].pk}"
        assert following in page
        page = text(client.get(reverse("certifications"), {"state": "pending", "after": waiting[1].pk}))
        assert waiting[2].name in page
        assert waiting[0].name not in page
        assert "回到第一页" in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, client, rows, django_assert_num_queries):
        for _ in range(rows):
            making.organisation(certified=False)
        client.force_login(making.staff(Roles.INTAKE))
        with django_assert_num_queries(5):
            client.get(reverse("certifications"))


class TestStaff:
    @pytest.fixture
    def administrator(self, client):
        person = making.staff(Roles.ADMINISTRATOR)
        client.force_login(person)
        return person

    def given(self, **values):
        unit = Unit.objects.get_or_create(code="finance", defaults={"name": "财政局"})[0]
        return {
            "display_name": "陈立",
            "username": "chenli",
            "unit": unit.pk,
            "roles": [Roles.HANDLER],
            "password": STRONG,
            "password2": STRONG,
            **values,
        }

    def test_list_and_plain_descriptions(self, client, administrator):
        expert = making.expert("外地大学")
        page = text(client.get(reverse("staff")))
        assert expert.display_name in page
        assert "评审专家" in page
        page = text(client.get(reverse("staff_new")))
        assert "复核并放行批次" in page
        assert "没有找到用户" in text(client.get(reverse("staff"), {"text": "没有这个人"}))

    def test_adding(self, client, administrator):
        response = client.post(reverse("staff_new"), self.given(), follow=True)
        assert "已为陈立开通账号" in text(response)
        person = User.objects.get(username="chenli")
        assert person.roles == {Roles.HANDLER}
        assert "这个登录名已经有人用了" in text(client.post(reverse("staff_new"), self.given()))

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"roles": []}, "请至少选择一个角色。"),
            ({"roles": ["finance_clerk", "finance_approver"]}, "制单和复核要由两个人担任"),
            ({"roles": ["administrator", "leader"]}, "不能同时有别的角色"),
            ({"unit": ""}, "请选择所在单位。"),
            ({"roles": ["expert"], "unit": ""}, "评审专家要填写工作单位"),
            (
                {
                    "roles": ["expert"],
                    "employer_name": "大学",
                    "employer_code": "1",
                    "fields_of_work": "视觉",
                },
                "统一社会信用代码是18位，现在是1位。",
            ),
            ({"password": "1", "password2": "1"}, "密码至少10个字符"),
        ],
    )
    def test_faults(self, client, administrator, values, said):
        page = text(client.post(reverse("staff_new"), self.given(**values)))
        assert page.count(said) >= 2
        assert 'value="陈立"' in page
        assert STRONG not in page
        assert not User.objects.filter(username="chenli").exists()

    def test_roles_change_but_never_ones_own(self, client, administrator):
        other = making.staff(Roles.HANDLER)
        address = reverse("staff_member", args=[other.pk])
        assert "查重、请专家" in text(client.get(address))
        response = client.post(address, {"unit": other.unit_id, "roles": [Roles.LEADER]}, follow=True)
        assert "已保存" in text(response)
        assert User.objects.get(pk=other.pk).roles == {Roles.LEADER}
        own = reverse("staff_member", args=[administrator.pk])
        assert "这是你自己的账号" in text(client.get(own))
        page = text(client.post(own, {"unit": administrator.unit_id, "roles": [Roles.FINANCE_APPROVER]}))
        assert "不能改动你自己的角色" in page
        assert User.objects.get(pk=administrator.pk).roles == {Roles.ADMINISTRATOR}

    def test_password_and_closing(self, client, administrator):
        other = making.staff(Roles.HANDLER)
        address = reverse("staff_password", args=[other.pk])
        assert client.post(address, {"password": STRONG, "password2": STRONG}).url == reverse(
            "staff_member", args=[other.pk]
        )
        assert "已停用" in text(
            client.post(reverse("staff_active", args=[other.pk]), {"active": "no"}, follow=True)
        )
        first = making.organisation()
        response = client.post(
            reverse("staff_password", args=[first.pk]), {"password": STRONG, "password2": STRONG}
        )
        assert response.url == reverse("certification", args=[first.organisation.pk])
        assert client.get(reverse("staff_password", args=[administrator.pk])).status_code == 403
        assert client.get(reverse("staff_password", args=[making.filler(first).pk])).status_code == 403

    @pytest.mark.parametrize("role", [Roles.INTAKE, Roles.AUDITOR, Roles.FINANCE_APPROVER])
    def test_nobody_else(self, client, role):
        person = making.staff(role)
        client.force_login(person)
        for address in (
            reverse("staff"),
            reverse("staff_new"),
            reverse("staff_member", args=[person.pk]),
            reverse("staff_password", args=[person.pk]),
        ):
            assert client.get(address).status_code == 403
            assert client.post(address, self.given()).status_code == 403

    def test_an_applicant_is_no_staff(self, client, administrator):
        assert client.get(reverse("staff_member", args=[making.organisation().pk])).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, client, administrator, rows, django_assert_num_queries):
        for _ in range(rows):
            making.expert()
        with django_assert_num_queries(6):
            client.get(reverse("staff"))
