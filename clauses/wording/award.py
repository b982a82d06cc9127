"""What an award is reckoned from and how it is paid out, in short."""

from clauses.engine import rules
from clauses.engine.policy import Item
from clauses.wording.phrases import say
from clauses.wording.speech import Number, speech_of

JUDGED = "评审核定"
BY_RULE = "按规则计算"
_EVENTS = {
    "approval": "批准后支付",
    "milestone": "达到阶段目标后支付",
    "assessment": "考核合格后支付",
    "date": "到期支付",
}


def basis(item: Item) -> str:
    """What the amount is reckoned from, in short: the base, or what the first rate is taken of."""
    if item.base_label or item.rule is None:
        return item.base_label
    rated = [node for node in rules.walk(item.rule) if isinstance(node, rules.RateOf)]
    if rated:
        return say(rated[0].of, speech_of(item))
    judged = any(isinstance(node, rules.JudgedAmount) for node in rules.walk(item.rule))
    return JUDGED if judged else BY_RULE


def instalments(item: Item) -> list[tuple[str, str, tuple[Number, ...]]]:
    """How an award is paid out: the name of each part, what it is and when, and the numbers of the text in it."""
    found: list[tuple[str, str, tuple[Number, ...]]] = []
    for part in item.instalments:
        share = f"总额的{part.share.literal}" if part.share is not None else "其余部分"
        later = f"，第{part.years_later + 1}年" if part.years_later else ""
        numbers = (Number(part.share.literal, part.share.words, part.share.quote),) if part.share else ()
        found.append((part.label, f"{share}{later}，{_EVENTS.get(part.on, '按规定支付')}", numbers))
    return found
