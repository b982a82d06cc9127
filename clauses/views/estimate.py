"""One question to the calculator, and the same question at other bases: where the limit is, and the curve."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses import selectors, services
from clauses.engine.money import MOST_YUAN, fen_from_yuan, yuan
from clauses.engine.policy import Item, Policy
from portal.kernel import clock
from portal.kernel.money import format_wan, format_yuan

MOST_FEN = MOST_YUAN * 100


def said(fen: int) -> str:
    """5,000万元 where that is short and exact, else 16,666,666.67元."""
    amount = Decimal(fen).scaleb(-2)
    return f"{format_wan(amount)}万元" if fen % 10_000 == 0 else f"{format_yuan(amount)}元"


@dataclass(frozen=True, slots=True)
class Point:
    """What a base is worth, in fen: by the rate alone, and as paid."""

    base: int
    computed: int
    amount: int


@dataclass(frozen=True, slots=True)
class Limit:
    """The least base from which more adds nothing; `is_cap` when it is the cap that stops it."""

    base: int
    amount: int
    is_cap: bool


class Estimate:
    """Every figure here is an answer of `services.calculate`; nothing is worked out beside it.

    InputErrors from the constructor name what is wrong with the claim.
    """

    def __init__(self, policy: Policy, item: Item, claim: dict[str, Any]) -> None:
        self.policy = policy
        self.item = item
        self.claim = {**claim, "filed_at": clock.now().isoformat()}
        self.settings = selectors.settings_source()
        (self.answer,) = self._ask([self.claim])
        self.limit = self._find_limit()

    def _ask(self, claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = services.calculate(
            {"policy": self.policy.id, "claims": claims}, settings_source=self.settings
        )
        found: list[dict[str, Any]] = answer["claims"]
        return found

    def _ask_at(self, bases: Iterable[int]) -> list[dict[str, Any]]:
        bare = {key: value for key, value in self.claim.items() if key not in ("costs", "base")}
        return self._ask([{**bare, "id": str(base), "base": yuan(base)} for base in bases])

    def points(self, bases: Iterable[int]) -> list[Point]:
        """The curve at `bases`, in rising order."""
        wanted = sorted(set(bases))
        return [
            Point(base, fen_from_yuan(answer["computed"] or "0"), fen_from_yuan(answer["amount"] or "0"))
            for base, answer in zip(wanted, self._ask_at(wanted), strict=True)
        ]

    @property
    def base(self) -> int | None:
        found = self.answer["base"]
        return None if found is None else fen_from_yuan(found)

    @property
    def amount(self) -> Decimal | None:
        found = self.answer["amount"]
        return None if found is None else Decimal(found)

    def _find_limit(self) -> Limit | None:
        """Halve the bases until the first with the greatest amount is left; amounts never fall as bases rise."""
        if self.base is None or not self.item.takes_costs:
            return None
        (top,) = self._ask_at([MOST_FEN])
        codes = {reason["code"] for reason in top["reasons"]}
        if not fen_from_yuan(top["amount"] or "0") or not codes & {"cap_applied", "lesser_taken"}:
            return None
        low, high = -1, MOST_FEN
        while high - low > 1:
            middle = (low + high) // 2
            if self._ask_at([middle])[0]["amount"] == top["amount"]:
                high = middle
            else:
                low = middle
        return Limit(high, fen_from_yuan(top["amount"]), "cap_applied" in codes)

    @property
    def noun(self) -> str:
        return "收入" if self.item.cost_side == "sale" else "投入"

    @property
    def limit_sentence(self) -> str:
        """How far the award can still grow, exact to the fen; empty when nothing limits it."""
        if self.limit is None or self.base is None:
            return ""
        if self.base >= self.limit.base:
            no_more = f"超出{said(self.limit.base)}的{self.noun}不再增加补助。"
            return f"达到上限，{no_more}" if self.limit.is_cap else no_more
        more = said(self.limit.base - self.base)
        return f"再增加{more}可达上限。" if self.limit.is_cap else f"再增加{more}以后，补助不再增加。"
