"""What a policy pack must satisfy beyond its form: quotes, numbers, dates, rules and references agree with the official text."""

from collections.abc import Callable, Iterator
from pathlib import Path

from clauses.pack_check.cases import CASES_FILE, case_faults, read_cases
from clauses.pack_check.document import (
    check_clauses,
    check_dates,
    check_draft_of,
    check_general,
    check_matching,
    check_money_conditions,
    check_names,
    check_offices,
    check_paths,
    check_settings,
)
from clauses.pack_check.items import check_items
from clauses.pack_file import Fault, Pack, PackError, read_pack


def check(directory: Path) -> list[Fault]:
    """Every fault of the pack in a directory, in the order of its lines; empty when it is in order."""
    try:
        pack = read_pack(directory)
    except PackError as error:
        return sorted(error.faults)
    return content_faults(pack) or sorted(case_faults(pack))


def extent(directory: Path) -> str:
    """How much a pack in order holds: its clauses, items and worked cases."""
    data = read_pack(directory).data
    path = directory / CASES_FILE
    cases = len(read_cases(path)[0].cases) if path.exists() else 0
    return f"{len(data.clauses)}条、{len(data.items)}个事项、{cases}个算例"


def content_faults(pack: Pack) -> list[Fault]:
    """The faults of content of a pack whose form is in order."""
    checks: list[Callable[[Pack], Iterator[Fault]]] = [
        check_dates,
        check_clauses,
        check_names,
        check_offices,
        check_draft_of,
        check_general,
        check_items,
        check_settings,
        check_paths,
        check_money_conditions,
        check_matching,
    ]
    return sorted({fault for one in checks for fault in one(pack)})
