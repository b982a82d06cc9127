"""Write the JSON Schemas of policy packs, for editors, beside the shipped packs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

from clauses.loader import PACKS
from clauses.pack_form.schema import FILES, schema_text


class Command(BaseCommand):
    help = "Write policy.schema.json and cases.schema.json into DIR (default: beside the shipped packs)."
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", nargs="?", default=PACKS)

    def handle(self, *args: Any, **options: Any) -> None:
        for name in FILES:
            path: Path = options["directory"] / name
            path.write_text(schema_text(name), encoding="utf-8")
            self.stdout.write(str(path))
