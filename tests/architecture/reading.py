"""The house's own source, as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("portal", "clauses", "applications", "review", "payouts")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module below `folders` (default: the house) with its path from the root; migrations are left out."""
    for folder in folders or HOUSE:
        place = ROOT / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), tree(path)


def places(found: Iterator[tuple[str, ast.AST]]) -> list[str]:
    """path:line of what was found, for the message of a failing test."""
    return [f"{path}:{node.lineno}" for path, node in found]  # type: ignore[attr-defined]
