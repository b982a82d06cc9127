"""Calculate what claims come to, from a file or standard input. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand
from django.db import Error
from django.utils import timezone

from clauses.services import InputErrors, calculate, parse_document
from portal.kernel import clock


class Command(BaseCommand):
    help = "Calculate the claims in FILE (- reads standard input). Exit status 2 with errors as JSON on bad input."
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = calculate(self.document(options["file"]), allow_directory=True, now=self.now)
        except InputErrors as error:
            self.tell({"errors": error.errors})
            sys.exit(2)
        self.tell(answer)

    def document(self, name: str) -> object:
        try:
            text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError:
            raise InputErrors([{"path": "", "message": f"文件“{name}”不存在或不能读取。"}]) from None
        return parse_document(text)

    def now(self) -> datetime:
        """Business time; where the demonstration's database cannot be asked, the machine's clock."""
        try:
            return clock.now()
        except Error:
            return timezone.localtime(timezone.now(), clock.SHANGHAI)

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
