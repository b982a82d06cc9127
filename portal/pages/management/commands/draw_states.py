"""docs/states.md from the tables: `./run manage draw_states > docs/states.md`."""

from typing import Any

from django.core.management.base import BaseCommand

from applications.machine import claims
from applications.requests.machine import requests
from clauses.machine import setting_changes
from payouts.machine import batches, payments
from portal.kernel.machine import Machine
from review.machine import assignments, cases

MACHINES: tuple[tuple[str, str, Machine[Any]], ...] = (
    ("Change of a setting", "口径调整", setting_changes),
    ("Claim", "申报", claims),
    ("Request or referral", "需求和转办", requests),
    ("Review case", "审核件", cases),
    ("Expert's assignment", "评审任务", assignments),
    ("Payment", "拨付", payments),
    ("Batch", "拨付批次", batches),
)


class Command(BaseCommand):
    help = "Print the state machines as Mermaid diagrams, drawn from their tables."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(whole(), ending="")


def whole() -> str:
    """The text of docs/states.md."""
    parts = [
        "# States\n\nDrawn from the tables by `./run manage draw_states > docs/states.md`; a test keeps the two"
        " equal. ✎ marks acts that\nneed a reason. Guards are in the code of the tables (`<app>/machine.py`)."
    ]
    for title, name, machine in MACHINES:
        parts.append(f"## {title} ({name})\n\n```mermaid\n{diagram(machine)}\n```\n\n{table(machine)}")
    return "\n\n".join(parts) + "\n"


def diagram(machine: Machine[Any]) -> str:
    """A Mermaid stateDiagram: states in their own order, arrows in the order of the rows."""
    first = machine.model._meta.get_field("state").default
    order = list(machine.states)
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in order]
    lines.append(f"    [*] --> {first}")
    for row in machine.rows.values():
        mark = " ✎" if row.needs_reason else ""
        for source in sorted(row.sources, key=order.index):
            lines.append(f"    {source} --> {row.target}: {row.label}{mark}")
    left = {source for row in machine.rows.values() for source in row.sources}
    lines += [f"    {state.value} --> [*]" for state in order if state not in left]
    return "\n".join(lines)


def table(machine: Machine[Any]) -> str:
    lines = ["| act | 动作 | who, in the words of the refusal |", "|---|---|---|"]
    lines += [f"| `{row.name}` | {row.label} | {row.permission.sentence} |" for row in machine.rows.values()]
    return "\n".join(lines)
