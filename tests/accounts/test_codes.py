"""The 统一社会信用代码: the table of known codes, its one spelling, and one account for each."""

import pytest
from django.db import connection

from portal.accounts import services
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.states import OrganisationKinds as K
from portal.kernel.models import Event
from tests import making
from tests.racing import race
from tests.refusing import refused

VALID = [
    "91350100M000100Y43",
    "91512081MA62K0260E",
    "91110000600037341L",
    "91110108551385082Q",
    "91230102MA1B001210",
    "91230102MA1B000091",
    "91230102MA1B00076Y",
    "91230102MA1B0005X4",
    "91230102MA1B0072XQ",
    "122301004140000000",
    "12230100414000019W",
    "52230100414000000U",
    "51230100414000000Y",
]
WRONG_CHECK = ["91350100M000100Y4Z", "91310115MA1H8R7C6D", "91310115MA1G4L1WXK"]


@pytest.mark.parametrize("code", VALID)
def test_known_codes_are_taken(code):
    assert services.normal_code(code) == code


@pytest.mark.parametrize("code", WRONG_CHECK)
def test_a_wrong_check_character_is_named(code):
    """Two of them also hold a letter outside the alphabet; they are refused all the same."""
    with refused("bad_code_character" if set(code) & set("IOSVZ") else "bad_code_check", "code"):
        services.normal_code(code)


@pytest.mark.parametrize(
    "typed",
    [
        "91230102ma1b001210",
        "９１２３０１０２ＭＡ１Ｂ００１２１０",
        "９１２３０１０２ｍａ１ｂ００１２１０",
        " 9123 0102 MA1B 0012 10 ",
        "91230102-MA1B00121-0",
        "91230102\u3000MA1B001210\n",
    ],
)
def test_width_case_and_spaces_are_folded(typed):
    assert services.normal_code(typed) == "91230102MA1B001210"


@pytest.mark.parametrize("typed", ["9123O1O2MA1B001210", "9I230102MA1B001210", "91230102MA1BOO1210"])
def test_letters_are_never_guessed(typed):
    with refused("bad_code_character", "code") as parts:
        services.normal_code(typed)
    assert "不含I、O、S、V、Z" in parts[0].message


@pytest.mark.parametrize("typed", ["", "9", "91230102MA1B00121", "91230102MA1B0012100"])
def test_length_is_said(typed):
    with refused("bad_code_length", "code") as parts:
        services.normal_code(typed)
    assert parts[0].message == f"统一社会信用代码是18位，现在是{len(typed)}位。"


@pytest.mark.parametrize(
    ("prefix", "kinds"),
    [
        ("91", {K.ENTERPRISE, K.INSTITUTE}),
        ("92", {K.ENTERPRISE}),
        ("93", {K.ENTERPRISE}),
        ("12", {K.UNIVERSITY, K.INSTITUTE}),
        ("51", {K.SOCIAL}),
        ("52", {K.SOCIAL, K.UNIVERSITY, K.INSTITUTE}),
        ("53", {K.SOCIAL}),
        ("11", set()),
        ("A1", set()),
    ],
)
def test_the_first_characters_tell_the_kind(prefix, kinds):
    assert services.kinds_for(f"{prefix}230102MA1B0012") == kinds


def registration(code="91230102MA1B001210", **values):
    return {
        "code": code,
        "name": "哈尔滨冰城智算科技有限公司",
        "kind": "enterprise",
        "district": "松北区",
        "legal_person": "赵一",
        "contact_phone": "0451-12345678",
        "username": "bingcheng",
        "display_name": "王宁",
        "password": "a-long-enough-one",
        **values,
    }


@pytest.mark.django_db
def test_registration_waits_for_certification_and_is_recorded():
    made = services.register_organisation(**registration(code="９１２３０１０２ma1b001210"))
    assert (made.code, made.state, made.certified_at) == ("91230102MA1B001210", "pending", None)
    member = Membership.objects.get(organisation=made)
    assert (member.role, member.user.username, member.user.check_password("a-long-enough-one")) == (
        "admin",
        "bingcheng",
        True,
    )
    assert Event.objects.get(verb="organisation.registered").actor == member.user


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"code": "11230100414000000K"}, "kind_may_not_file", "code"),
        ({"kind": "university"}, "kind_mismatch", "kind"),
        ({"kind": "nonsense"}, "kind_mismatch", "kind"),
        ({"district": "朝阳区"}, "bad_choice", "district"),
        ({"name": "  "}, "required", "name"),
        ({"legal_person": ""}, "required", "legal_person"),
        ({"contact_phone": ""}, "required", "contact_phone"),
        ({"username": ""}, "required", "username"),
        ({"username": "王 宁"}, "bad_username", "username"),
        ({"display_name": " "}, "required", "display_name"),
        ({"password": "short"}, "weak_password", "password"),
        ({"password": "1234567890123"}, "weak_password", "password"),
        ({"password": "password123"}, "weak_password", "password"),
    ],
)
def test_a_bad_registration_leaves_nothing(values, code, field):
    given = registration(**values)
    if code == "kind_may_not_file":
        given["code"] = making.credit_code(1, "11230100")
    with refused(code, field):
        services.register_organisation(**given)
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_one_account_for_one_code_and_one_name_for_one_person():
    services.register_organisation(**registration())
    with refused("code_taken", "code"):
        services.register_organisation(**registration(username="other", code="91230102ma1b001210"))
    with refused("username_taken", "username"):
        services.register_organisation(**registration(code="91230102MA1B000091", username="BingCheng"))
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_table_itself_refuses_a_second_and_a_malformed_code():
    from django.db import IntegrityError, transaction

    services.register_organisation(**registration())
    copy = (
        "INSERT INTO accounts_organisation (code, name, kind, district, legal_person, contact_phone, state,"
        " registered_at) SELECT %s, name, kind, district, legal_person, contact_phone, 'pending',"
        " registered_at FROM accounts_organisation"
    )
    for code in ("91230102MA1B001210", "9123O102MA1B001210"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(copy, [code])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_registered_by_eight_at_once_it_is_one_account():
    acts = [
        lambda n=n: services.register_organisation(**registration(username=f"person{n}")) for n in range(8)
    ]
    results = race(acts)
    made = [one for one in results if isinstance(one, Organisation)]
    assert len(made) == 1
    assert {one.code for one in results if one is not made[0]} == {"code_taken"}
    assert Organisation.objects.count() == 1
    assert User.objects.count() == Membership.objects.count() == 1
