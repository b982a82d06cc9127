"""Makers of batches at each stage, for the tests of payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from payouts import selectors
from payouts import services as paying
from payouts.models import Batch, BatchLine, Payment
from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel import clock
from tests import making

MARCH_2024 = clock.at(date(2024, 3, 11))


def clerk() -> User:
    return making.staff(Roles.FINANCE_CLERK)


def approver() -> User:
    return making.staff(Roles.FINANCE_APPROVER)


@dataclass
class Desk:
    """A batch with those who work on it."""

    batch: Batch
    clerk: User
    approver: User
    lines: list[BatchLine]

    def fresh(self) -> Batch:
        return selectors.batch_of(self.batch.number)


def drafted(payments: Iterable[Payment] | None = None, *, maker: User | None = None) -> Desk:
    maker = maker or clerk()
    chosen = list(payments) if payments is not None else [making.requested()]
    batch = paying.create_batch(actor=maker, title="首批")
    lines = paying.add_payments(actor=maker, batch=batch, chosen=chosen) if chosen else []
    return Desk(batch, maker, approver(), lines)


def submitted(payments: Iterable[Payment] | None = None) -> Desk:
    desk = drafted(payments)
    desk.batch = paying.submit_batch(actor=desk.clerk, batch=desk.batch)
    return desk


def released(payments: Iterable[Payment] | None = None) -> Desk:
    desk = submitted(payments)
    desk.batch = paying.release_batch(actor=desk.approver, batch=desk.batch)
    return desk


def claim_of(payment: Payment) -> Any:
    return payment.award.case.claim
