"""Check a policy pack against its official text."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

from clauses.pack_check import check, extent


class Command(BaseCommand):
    help = "Check the policy pack in DIR. Exit status 2 with file:line: message for every fault."
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        faults = check(directory)
        for fault in faults:
            self.stdout.write(f"{directory / fault.file}:{fault.line}: {fault.message}")
        if faults:
            sys.exit(2)
        self.stderr.write(self.style.NOTICE(f"通过：{extent(directory)}"))
