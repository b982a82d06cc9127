"""The books: one function that posts, and a database that keeps the rules when it is passed by."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.accounts.states import Roles
from portal.kernel import events
from portal.kernel.models import Event
from portal.kernel.permissions import SYSTEM
from portal.ledger import selectors, services
from portal.ledger.models import BudgetLine, Entry, Posting
from portal.ledger.states import MOVES, Accounts, Kinds
from tests import making
from tests.racing import race
from tests.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return making.budget("100.00", codes=["2a"])


def post(line, kind, amount, *, key="", reference="2023-2A-0001"):
    return services.post(
        key=key or f"{kind}:{reference}:{amount}",
        kind=kind,
        line=line,
        amount=Decimal(amount),
        reference=reference,
        actor=SYSTEM,
    )


def standing(line):
    (one,) = selectors.balances(line=line)
    return tuple(str(getattr(one, name)) for name in ("available", "reserved", "committed", "paid"))


def test_a_line_opens_with_its_appropriation(line):
    assert standing(line) == ("100.00", "0.00", "0.00", "0.00")
    assert selectors.balance(line, Accounts.APPROPRIATED) == Decimal("-100.00")
    assert Entry.objects.get().memo == f"{line.document_number} 下达"
    assert Event.objects.filter(verb="ledger.appropriate").count() == 1


def test_money_goes_all_the_way_and_back_and_nothing_is_lost(line):
    post(line, Kinds.RESERVE, "60")
    assert standing(line) == ("40.00", "60.00", "0.00", "0.00")
    post(line, Kinds.UNRESERVE, "10")
    post(line, Kinds.COMMIT, "50")
    assert standing(line) == ("50.00", "0.00", "50.00", "0.00")
    post(line, Kinds.PAY, "30")
    post(line, Kinds.RETURN, "5")
    post(line, Kinds.RELEASE, "25")
    assert standing(line) == ("75.00", "0.00", "0.00", "25.00")
    assert sum(selectors.balance(line, account) for account in Accounts) == 0
    assert list(events.verify_chain()) == []


def test_a_key_posts_once(line):
    first = post(line, Kinds.RESERVE, "30", key="reserve:1")
    again = post(line, Kinds.RESERVE, "30.00", key="reserve:1")
    assert first == again
    assert standing(line)[1] == "30.00"
    assert Event.objects.filter(verb="ledger.reserve").count() == 1


@pytest.mark.parametrize(
    "other", [{"amount": "31"}, {"kind": Kinds.COMMIT}, {"reference": "2023-2A-0002"}, {"line": None}]
)
def test_a_key_with_other_content_is_refused(line, other):
    post(line, Kinds.RESERVE, "30", key="reserve:1")
    given = {"line": line, "kind": Kinds.RESERVE, "amount": "30", "reference": "2023-2A-0001", **other}
    given["line"] = given["line"] or making.budget("100.00")
    with refused("key_reused"):
        post(given["line"], given["kind"], given["amount"], key="reserve:1", reference=given["reference"])
    assert standing(line)[1] == "30.00"


@pytest.mark.parametrize("amount", ["0", "-1", "-0.01"])
def test_nothing_and_less_is_not_posted(line, amount):
    with refused("zero_amount"):
        post(line, Kinds.RESERVE, amount)


def test_no_more_is_reserved_than_is_available(line):
    post(line, Kinds.RESERVE, "100")
    with refused("insufficient_budget") as parts:
        post(line, Kinds.RESERVE, "0.01", reference="2023-2A-0002")
    assert "可用余额为0.00元" in parts[0].message


def test_no_more_is_committed_than_that_reference_reserved(line):
    post(line, Kinds.RESERVE, "30")
    post(line, Kinds.RESERVE, "40", reference="2023-2A-0002")
    with refused("insufficient_budget"):
        post(line, Kinds.COMMIT, "30.01")
    with refused("insufficient_budget"):
        post(line, Kinds.UNRESERVE, "30.01")
    post(line, Kinds.COMMIT, "30")
    assert standing(line) == ("30.00", "40.00", "30.00", "0.00")


def test_no_more_is_paid_than_committed_nor_returned_than_paid(line):
    post(line, Kinds.RESERVE, "30")
    post(line, Kinds.COMMIT, "30")
    post(line, Kinds.RESERVE, "40", reference="2023-2A-0002")
    post(line, Kinds.COMMIT, "40", reference="2023-2A-0002")
    for kind in (Kinds.PAY, Kinds.RELEASE):
        with refused("insufficient_budget"):
            post(line, kind, "30.01")
    post(line, Kinds.PAY, "20")
    with refused("insufficient_budget"):
        post(line, Kinds.RETURN, "20.01")
    with refused("insufficient_budget"):
        post(line, Kinds.PAY, "10.01")


def test_a_refused_posting_leaves_no_trace(line):
    before = (Entry.objects.count(), Posting.objects.count(), Event.objects.count())
    with refused("insufficient_budget"):
        post(line, Kinds.PAY, "1")
    assert (Entry.objects.count(), Posting.objects.count(), Event.objects.count()) == before


def test_every_move_has_two_different_accounts():
    assert set(MOVES) == set(Kinds)
    assert all(source != target for source, target in MOVES.values())


def test_references_and_lines_are_found(line):
    post(line, Kinds.RESERVE, "30")
    assert selectors.line_of("2023-2A-0001", Accounts.RESERVED) == line
    assert selectors.line_of("2023-2A-0001", Accounts.PAID) is None
    assert selectors.line_for(policy=line.policy, item="2a", year=2023) == line
    assert selectors.line_for(policy=line.policy, item="2a", year=2024) is None
    assert [one.account for one in selectors.postings_of("2023-2A-0001")] == ["available", "reserved"]


class TestOpening:
    def given(self, **values):
        return {
            "policy": "harbin-ai-2022",
            "year": 2023,
            "name": "人工智能专项",
            "source": "市级科技专项资金",
            "function_code": "2060499",
            "document_number": "哈财预〔2023〕12号",
            "items": ["2a"],
            "amount": Decimal("100.00"),
            **values,
        }

    @pytest.mark.parametrize("role", [role for role in Roles if role != Roles.ADMINISTRATOR])
    def test_by_nobody_but_the_administrator(self, role):
        with refused("forbidden"):
            services.open_line(**self.given(), actor=making.staff(role))

    @pytest.mark.parametrize(
        ("values", "code", "field"),
        [
            ({"name": " "}, "required", "name"),
            ({"document_number": ""}, "required", "document_number"),
            ({"items": []}, "required", "items"),
            ({"amount": Decimal(0)}, "zero_amount", "amount"),
        ],
    )
    def test_whole_or_not_at_all(self, values, code, field):
        with refused(code, field):
            services.open_line(**self.given(**values), actor=making.staff(Roles.ADMINISTRATOR))
        assert not BudgetLine.objects.exists()
        assert not Entry.objects.exists()

    def test_once(self):
        actor = making.staff(Roles.ADMINISTRATOR)
        services.open_line(**self.given(), actor=actor)
        with refused("already_done", "name"):
            services.open_line(**self.given(), actor=actor)
        assert BudgetLine.objects.count() == Entry.objects.count() == 1


class TestPastTheServices:
    """The database says no by itself, whoever writes."""

    @pytest.fixture
    def entry(self, line):
        return Entry.objects.create(
            key="by hand",
            request_digest="0" * 64,
            kind=Kinds.RESERVE,
            memo="手工",
            posted_at=making.clock.now(),
        )

    def insert(self, *rows):
        values = ", ".join(["(%s, %s, %s, %s, '')"] * len(rows))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO ledger_posting (entry_id, line_id, account, amount, reference) VALUES {values}",
                [value for row in rows for value in row],
            )

    def test_an_unbalanced_posting(self, line, entry):
        with pytest.raises(IntegrityError, match="does not balance"):
            self.insert((entry.pk, line.pk, "available", "10.00"))
        with pytest.raises(IntegrityError, match="does not balance"):
            self.insert((entry.pk, line.pk, "available", "-10.00"), (entry.pk, line.pk, "reserved", "10.01"))

    @pytest.mark.parametrize(
        ("source", "target"),
        [("available", "reserved"), ("reserved", "committed"), ("committed", "paid"), ("paid", "committed")],
    )
    def test_an_overdraft(self, line, entry, source, target):
        with pytest.raises(IntegrityError, match="would be overdrawn"):
            self.insert((entry.pk, line.pk, source, "-100.01"), (entry.pk, line.pk, target, "100.01"))
        assert standing(line) == ("100.00", "0.00", "0.00", "0.00")

    def test_a_leg_of_nothing_and_a_leg_twice(self, line, entry):
        with pytest.raises(IntegrityError, match="posting_not_zero"):
            self.insert((entry.pk, line.pk, "available", "0.00"))
        with pytest.raises(IntegrityError, match="posting_one_leg"):
            self.insert((entry.pk, line.pk, "reserved", "1.00"), (entry.pk, line.pk, "reserved", "-1.00"))

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entry SET memo = 'x'",
            "DELETE FROM ledger_entry",
            "UPDATE ledger_posting SET amount = amount * 2",
            "DELETE FROM ledger_posting",
            "UPDATE kernel_event SET reason = 'x'",
            "DELETE FROM kernel_event",
        ],
    )
    def test_nothing_written_is_changed_or_removed(self, line, statement):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert standing(line) == ("100.00", "0.00", "0.00", "0.00")
        assert list(events.verify_chain()) == []

    def test_nor_by_the_framework(self, line):
        for act in (
            lambda: Entry.objects.update(memo="x"),
            lambda: Posting.objects.all().delete(),
            lambda: Event.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                act()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_eight_reservations_of_thirty_on_a_hundred_pass_three_times(self):
        line = making.budget("100.00", codes=["2a"])
        acts = [lambda n=n: post(line, Kinds.RESERVE, "30", reference=f"2023-2A-{n:04d}") for n in range(8)]
        results = race(acts)
        assert sum(isinstance(one, Entry) for one in results) == 3
        assert {one.code for one in results if not isinstance(one, Entry)} == {"insufficient_budget"}
        assert standing(line) == ("10.00", "90.00", "0.00", "0.00")
        assert list(events.verify_chain()) == []

    def test_eight_presses_of_one_key_post_once(self):
        line = making.budget("100.00", codes=["2a"])
        results = race([lambda: post(line, Kinds.RESERVE, "30", key="reserve:1")] * 8)
        assert {one.pk for one in results} == {Entry.objects.get(key="reserve:1").pk}
        assert standing(line)[1] == "30.00"

    def test_eight_payments_of_one_commitment_pay_it_once(self):
        line = making.budget("100.00", codes=["2a"])
        post(line, Kinds.RESERVE, "30")
        post(line, Kinds.COMMIT, "30")
        results = race([lambda n=n: post(line, Kinds.PAY, "30", key=f"pay:{n}") for n in range(8)])
        assert sum(isinstance(one, Entry) for one in results) == 1
        assert standing(line) == ("70.00", "0.00", "0.00", "30.00")

    def test_raw_writers_cannot_overdraw_together_either(self):
        line = making.budget("100.00", codes=["2a"])

        def by_hand(number):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ledger_entry (key, request_digest, kind, memo, posted_at)"
                    " VALUES (%s, '', 'reserve', '', now()) RETURNING id",
                    [f"by hand {number}"],
                )
                entry = cursor.fetchone()[0]
                cursor.execute(
                    "INSERT INTO ledger_posting (entry_id, line_id, account, amount, reference) VALUES"
                    " (%s, %s, 'available', -30, ''), (%s, %s, 'reserved', 30, '')",
                    [entry, line.pk, entry, line.pk],
                )
            return number

        results = race([lambda n=n: by_hand(n) for n in range(8)])
        assert sum(isinstance(one, int) for one in results) == 3, results
        assert selectors.balance(line, Accounts.AVAILABLE) == Decimal("10.00")
