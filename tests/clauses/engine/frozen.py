"""Answers of each edition of the engine to the worked cases of the packs, kept for good.

`./run manage shell -c "from tests.clauses.engine import frozen; frozen.write()"` writes the file of the present edition anew. Do
that only when cases are added, or together with a new VERSION; the files of earlier editions stay as they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clauses.engine import VERSION
from clauses.loader import PACKS, get_policy
from clauses.pack_check.cases import document, read_cases
from clauses.services.calculation import calculate
from portal.kernel.canonical import digest

FOLDER = Path(__file__).parent / "editions"
FIGURES = ("outcome", "base", "rate", "computed", "cap", "amount")
SHIPPED = ("harbin-ai-2022", "teaching")


def questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every worked case as a document of the interface, under a name that stays."""
    for pack in SHIPPED:
        policy = get_policy(pack)
        cases, _ = read_cases(PACKS / pack / "cases.yaml")
        for case in cases.cases:
            claim = document(policy.item(case.item), cases, case)
            yield f"{pack}: {case.name}", {"policy": pack, "claims": [claim]}


def answers() -> dict[str, dict[str, Any]]:
    """What the engine says now: question, figures, and a digest of every word."""
    found = {}
    for name, question in questions():
        (verdict,) = calculate(question)["claims"]
        figures = {key: verdict[key] for key in FIGURES}
        found[name] = {"question": question, "figures": figures, "words": digest(verdict)}
    return found


def edition(version: str) -> dict[str, dict[str, Any]]:
    return json.loads((FOLDER / f"{version}.json").read_text())


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(answers(), ensure_ascii=False, indent=1, sort_keys=True)
    (FOLDER / f"{VERSION}.json").write_text(text + "\n")
