"""Compute an award again from what was frozen with it, and compare."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from payouts.models import BatchLine
from portal.kernel.models import Document
from review import services as reviewing
from review.models import Award


class Command(BaseCommand):
    help = (
        "Compute the awards of NUMBER again: a claim number, an approval's document number, or the number of a paper"
        " issued for a payment. Exit status 0 when all are as decided, 1 with the differences, 2 for an unknown number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", metavar="NUMBER")

    def handle(self, *args: Any, **options: Any) -> None:
        number: str = options["number"].strip()
        awards = awards_of(number)
        if not awards:
            self.tell({"errors": [{"path": "number", "message": f"没有编号为“{number}”的批复。"}]})
            sys.exit(2)
        answers = [reviewing.recompute(award) for award in awards]
        for answer in answers:
            answer["recomputed"] = answer.pop("fresh")
        same = all(answer["same"] for answer in answers)
        self.tell({"number": number, "same": same, "awards": answers})
        if not same:
            sys.exit(1)

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def awards_of(number: str) -> list[Award]:
    """The award of a claim or of a paper, or every award under an approval's document number; none if unknown."""
    awards = Award.objects.select_related("case__claim").order_by("pk")
    found = list(awards.filter(case__claim__number=number)) or list(awards.filter(document_number=number))
    if found:
        return found
    paper = Document.objects.filter(number=number, subject_type=BatchLine._meta.label_lower).first()
    return [] if paper is None else list(awards.filter(payment__lines=paper.subject_id))
