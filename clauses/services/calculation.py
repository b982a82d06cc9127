"""Answers of the engine to a document. Pure: no database, no clock of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from clauses.engine import ClaimFacts, Policy, assess
from clauses.inputs import InputErrors, Reader, fail, parse_document
from clauses.loader import get_policy, load_pack, shipped_packs
from clauses.pack_file import PackError
from clauses.settings_book import Source

__all__ = ["InputErrors", "calculate", "parse_document"]


def calculate(
    document: object,
    *,
    allow_directory: bool = False,
    settings_source: Source | None = None,
    now: Callable[[], datetime] | None = None,
    content: Policy | None = None,
    recorded: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """The verdicts on the claims of a document, in its order; InputErrors lists every fault and nothing is answered.

    `settings_source(policy id, item id, filing time)` gives the settings in force; without it the pack's defaults
    hold. `now` stands in for a missing filing time. `content` is the policy to use instead of the shipped one of that
    name, `recorded` the documents of those settings of the question that were in force: for computing a decision again.
    """
    if not isinstance(document, dict):
        fail("输入应是一个JSON对象，包含policy和claims。")
    reader = Reader(recorded)
    reader.keys(document, {"policy", "pack", "claims"}, "")
    policy = content or find_policy(reader, document, allow_directory=allow_directory)
    claims: list[ClaimFacts] = []
    given = document.get("claims")
    if not isinstance(given, list) or not given:
        reader.fault("claims", "请至少写一项申报。" if given in (None, []) else "申报应是列表。")
    elif policy is not None:
        seen: set[str] = set()
        for index, one in enumerate(given):
            name = one.get("id") if isinstance(one, dict) else None
            if isinstance(name, str):
                if name in seen:
                    reader.fault(f"claims[{index}].id", f"申报编号“{name}”重复。")
                seen.add(name)
            claim = reader.claim(policy, one, f"claims[{index}]", now, settings_source)
            if claim is not None:
                claims.append(claim)
    if reader.errors or policy is None:
        raise InputErrors(reader.errors)
    return {
        "policy": policy.id,
        "claims": [with_documents(assess(policy, claim).to_json(), reader.documents) for claim in claims],
    }


def with_documents(
    verdict: dict[str, Any], documents: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> dict[str, Any]:
    """Each setting in force with its document number and the day it took effect."""
    known = documents.get(verdict["id"], {})
    for used in verdict["settings"]:
        if used["source"] == "in_force":
            used.update(known.get(used["id"], {}))
    return verdict


def find_policy(reader: Reader, document: Mapping[str, Any], *, allow_directory: bool) -> Policy | None:
    """The shipped policy a document names, or, where that is allowed, the pack in a directory."""
    if "pack" in document:
        if not allow_directory:
            reader.fault("pack", "这里只接受已发布的政策，写在policy里；pack是目录，只在命令行使用。")
        elif "policy" in document:
            reader.fault("pack", "policy和pack只能写一个。")
        elif not isinstance(document["pack"], str) or not document["pack"]:
            reader.fault("pack", "政策目录要写成文字。")
        else:
            try:
                return load_pack(Path(document["pack"]))
            except PackError as error:
                for one in error.faults:
                    reader.fault("pack", str(one))
        return None
    name = document.get("policy")
    if isinstance(name, str) and name in shipped_packs():
        return get_policy(name)
    if name is None:
        reader.fault("policy", "缺少政策编号。")
    else:
        reader.fault("policy", f"没有这个政策，可用的有：{'、'.join(shipped_packs())}。")
    return None
