"""An award computed again from what was frozen with it."""

from typing import Any

from clauses import selectors as programmes
from clauses import services as programme_services
from clauses.engine import VERSION
from clauses.pack_file import PackError
from clauses.services import InputErrors
from portal.kernel.canonical import digest
from portal.kernel.money import format_yuan
from review.models import Award

FIGURES = ("outcome", "base", "rate", "computed", "cap", "amount", "settings")
"""What must agree when the engine has another edition than the one that decided; words and steps may differ then."""


def recompute(award: Award) -> dict[str, Any]:
    """Ask the frozen question again, of the frozen edition and settings: both answers and every difference.

    With the engine's edition unchanged the whole verdict must be equal, else its figures and excluded costs.
    """
    decision = award.decision
    stored = decision["verdict"]
    differences: list[dict[str, Any]] = []

    def differ(path: str, before: Any, after: Any) -> None:
        if before != after:
            differences.append({"path": path, "decided": before, "recomputed": after})

    differ("decision_digest", award.decision_digest, digest(decision))
    differ("awarded", f"{award.amount:.2f}", stored["amount"])
    fresh: dict[str, Any] | None = None
    try:
        content = programmes.edition(decision["question"]["policy"], decision["pack_hash"])
        fresh = programme_services.calculate(
            decision["question"], content=content, recorded=decision.get("setting_sources")
        )["claims"][0]
    except KeyError:
        differ("pack_hash", decision["pack_hash"], "没有保存这个版本的政策文本")
    except (PackError, InputErrors) as error:
        differ("question", "可以计算", f"现在的程序不能读取：{error}")
    if fresh is not None:
        if decision["engine_version"] == VERSION:
            for name in sorted({*stored, *fresh}):
                differ(name, stored.get(name), fresh.get(name))
        else:
            for name in FIGURES:
                differ(name, stored.get(name), fresh.get(name))
            differ("excluded_costs", _excluded(stored), _excluded(fresh))
    return {
        "claim": decision["claim"],
        "same": not differences,
        "amount": None if fresh is None else fresh["amount"],
        "stored_amount": stored["amount"],
        "awarded": format_yuan(award.amount),
        "pack_hash": decision["pack_hash"],
        "engine_version": {"decided": decision["engine_version"], "now": VERSION},
        "settings": stored["settings"],
        "differences": differences,
        "fresh": fresh,
    }


def _excluded(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    return [(cost["id"], cost["code"]) for cost in verdict["excluded_costs"]]
