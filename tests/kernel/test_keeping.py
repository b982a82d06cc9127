"""What tables keep: text nobody reads without the key, data in one spelling, numbers without gaps."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from payouts.models import PayeeAccount
from portal.kernel.canonical import canonical, digest, plain
from portal.kernel.fields import EncryptedTextField
from portal.kernel.models import NumberSeries
from portal.kernel.numbers import next_number
from tests import making
from tests.racing import race


@pytest.mark.django_db
def test_a_bank_account_is_ciphertext_in_the_table_and_plain_to_us(settings):
    making.requested(code="2a")
    account = PayeeAccount.objects.get()
    assert account.account_number == "1672000000001234"
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM payouts_payeeaccount")
        (stored,) = cursor.fetchone()
    assert "1672" not in stored
    assert stored.startswith("gAAAA")
    settings.FIELD_KEY = "another key"
    with pytest.raises(InvalidToken):
        PayeeAccount.objects.get()


def test_the_same_text_is_another_ciphertext_each_time_and_nothing_stays_nothing():
    field = EncryptedTextField()
    first, second = (field.get_prep_value("秘密") for _ in range(2))
    assert first != second
    assert field.from_db_value(first, None, None) == "秘密"
    assert [field.get_prep_value(nothing) for nothing in (None, "")] == [None, ""]
    assert [field.from_db_value(nothing, None, None) for nothing in (None, "")] == [None, ""]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON))
def test_the_order_of_keys_does_not_matter(data):
    backward = dict(reversed(list(data.items())))
    assert canonical(data) == canonical(backward)
    assert digest(data) == digest(backward)


def test_amounts_and_times_have_one_spelling_and_floats_none():
    assert plain({"a": Decimal("1.50"), "b": date(2023, 3, 1), "c": datetime(2023, 3, 1, tzinfo=UTC)}) == {
        "a": "1.50",
        "b": "2023-03-01",
        "c": "2023-03-01T00:00:00+00:00",
    }
    assert canonical({"字": "文", "a": 1}) == '{"a":1,"字":"文"}'.encode()
    for odd in (1.5, {1, 2}, b"x", object()):
        with pytest.raises(TypeError, match="canonical"):
            canonical({"a": odd})


@pytest.mark.django_db
def test_a_number_given_back_by_a_rollback_is_given_again():
    assert next_number("t") == 1
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        assert next_number("t") == 2
        raise ValueError("no")
    assert [next_number("t"), next_number("t"), next_number("u")] == [2, 3, 1]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_without_a_gap():
    def take():
        with transaction.atomic():
            return next_number("race")

    assert sorted(race([take] * 8)) == list(range(1, 9))
    assert NumberSeries.objects.get(pk="race").last == 8
