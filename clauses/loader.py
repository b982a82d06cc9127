"""Policy packs by directory, by id and as stored, as the engine's frozen policies."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from clauses.engine import policy
from clauses.matching import Matching, Question, Topic
from clauses.pack_build import build_policy
from clauses.pack_check import content_faults
from clauses.pack_file import POLICY_FILE, SOURCE_FILE, PackError, parse_pack, read_pack, read_text

PACKS = Path(__file__).parent / "packs"
# Only what is in its final text can be filed for, matched, scheduled or budgeted.
FINAL = "final"


def load_pack(directory: Path) -> policy.Policy:
    """The policy in a directory. PackError lists the faults of a pack that is not in order."""
    with uncollected():
        pack = read_pack(directory)
        faults = content_faults(pack)
        if faults:
            raise PackError(faults)
        return build_policy(pack)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage while a pack is built: all of it is kept, and the search takes a tenth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def shipped_packs() -> dict[str, Path]:
    """The packs that come with the product, by id."""
    return {path.parent.name: path.parent for path in sorted(PACKS.glob(f"*/{POLICY_FILE}"))}


def texts_of(pack_id: str) -> tuple[str, str]:
    """The data and the official text of a shipped pack, as its files say. KeyError when there is none of that id."""
    directory = shipped_packs()[pack_id]
    return read_text(directory / POLICY_FILE), read_text(directory / SOURCE_FILE)


def policy_from(data: str, source: str) -> policy.Policy:
    """The policy of two stored texts. PackError when this version of the product cannot read them."""
    return build_policy(parse_pack(data, source))


@cache
def get_policy(pack_id: str) -> policy.Policy:
    """A shipped policy, read once. KeyError when there is none of that id."""
    return load_pack(shipped_packs()[pack_id])


@cache
def shipped(pack_id: str) -> policy.Policy | None:
    """A shipped policy; None when there is none of that id or its files are not in order."""
    try:
        return get_policy(pack_id)
    except (KeyError, PackError):
        return None


@cache
def get_matching(pack_id: str) -> Matching | None:
    """What the matching page asks about a shipped policy; None when its pack does not say. KeyError as above."""
    data = read_pack(shipped_packs()[pack_id]).data
    if data.matching is None:
        return None
    return Matching(
        questions=tuple(Question(one.fact, one.label, one.help) for one in data.matching.questions),
        topics={
            one.code: Topic(one.code, one.label, one.help, one.asks_money) for one in data.matching.topics
        },
        items={item.id: tuple(item.topics) for item in data.items},
        money={item.id: tuple(item.topic_money) for item in data.items},
    )
