"""What budget may be given for. The books know no policy; apps above say which there are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """A policy and those of its items that are paid from a budget: (code, title)."""

    policy: str
    title: str
    items: tuple[tuple[str, str], ...]


Source = Callable[[], Iterable[Use]]
_sources: list[Source] = []


def uses_from(source: Source) -> None:
    """Register where uses come from; an app does so once, when it is ready."""
    if source not in _sources:
        _sources.append(source)


def uses() -> list[Use]:
    return [use for source in _sources for use in source()]


def item_titles(policy: str) -> dict[str, str]:
    """The items of one policy by code; empty for a policy nobody knows any more."""
    return dict(next((use.items for use in uses() if use.policy == policy), ()))
