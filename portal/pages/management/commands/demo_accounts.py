"""Print who may sign in to the demonstration."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import User
from portal.pages.demonstration.people import PASSWORD, shown


class Command(BaseCommand):
    help = "One demonstration account a role, with the password they share."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("这不是演示环境，没有演示账号。 / Not a demonstration.")
        known = set(User.objects.filter(demonstration=True).values_list("username", flat=True))
        rows = [row for row in shown() if row[0] in known]
        if not rows:
            raise CommandError(
                "还没有演示账号，请先执行 ./run demo。 / No accounts yet: ./run demo makes them."
            )
        table = [("登录名", "身份", "可以做什么"), *rows]
        widths = [max(width(row[column]) for row in table) for column in range(2)]
        for username, role, duty in table:
            self.stdout.write(f"  {padded(username, widths[0])}  {padded(role, widths[1])}  {duty}")
        self.stdout.write(f"  共用密码 / password: {PASSWORD}")


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters and full-width marks take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
