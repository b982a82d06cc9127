"""The words of an edition that a comparison looks at, and how like two of them are."""

from difflib import SequenceMatcher

from clauses import sentences, wordwise
from clauses.engine.policy import Item, Policy


def text_of(policy: Policy, clause: str) -> str:
    return (
        "".join(one.text for one in sentences.sentences(policy, clause)) if clause in policy.clauses else ""
    )


def law_of(policy: Policy, item: Item) -> str:
    """The words of the text an item stands on, in half-width punctuation."""
    return wordwise.folded("".join(one.text for one in sentences.of_item(policy, item)) or item.sentence)


def sentence_of(policy: Policy, role: str) -> str:
    try:
        found = policy.sentence(role)
    except KeyError:
        return ""
    return "".join(one.text for one in sentences.of_quote(policy, found.quote)) or found.quote


def likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, wordwise.folded(one), wordwise.folded(other), autojunk=False).ratio()


def only_in(text: str, own: str, other: str) -> list[str]:
    """Words of a text that its own law has and the other law has not: what rests on a reading alone has none."""
    words = [one for one in wordwise.tokens(wordwise.folded(text)) if len(one) > 1]
    return [one for one in words if one in own and one not in other]
