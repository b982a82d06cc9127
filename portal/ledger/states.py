"""Accounts of a budget line and the moves between them."""

from django.db import models


class Accounts(models.TextChoices):
    """Where money of a line stands. APPROPRIATED is the contra account: minus what the line was given."""

    APPROPRIATED = "appropriated", "预算下达"
    AVAILABLE = "available", "可用"
    RESERVED = "reserved", "已预留"
    COMMITTED = "committed", "已批复待付"
    PAID = "paid", "已拨付"


class Kinds(models.TextChoices):
    APPROPRIATE = "appropriate", "下达预算"
    RESERVE = "reserve", "预留"
    UNRESERVE = "unreserve", "解除预留"
    COMMIT = "commit", "批复占用"
    RELEASE = "release", "释放占用"
    PAY = "pay", "拨付"
    RETURN = "return", "退票冲回"


MOVES: dict[Kinds, tuple[Accounts, Accounts]] = {
    Kinds.APPROPRIATE: (Accounts.APPROPRIATED, Accounts.AVAILABLE),
    Kinds.RESERVE: (Accounts.AVAILABLE, Accounts.RESERVED),
    Kinds.UNRESERVE: (Accounts.RESERVED, Accounts.AVAILABLE),
    Kinds.COMMIT: (Accounts.RESERVED, Accounts.COMMITTED),
    Kinds.RELEASE: (Accounts.COMMITTED, Accounts.AVAILABLE),
    Kinds.PAY: (Accounts.COMMITTED, Accounts.PAID),
    Kinds.RETURN: (Accounts.PAID, Accounts.COMMITTED),
}
BY_REFERENCE = frozenset({Accounts.RESERVED, Accounts.COMMITTED, Accounts.PAID})
