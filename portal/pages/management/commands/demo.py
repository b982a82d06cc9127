"""Make the demonstration's data, or let its business time go on."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from portal.kernel.refusals import Refusal
from portal.pages.demonstration import making


class Command(BaseCommand):
    help = (
        "Fill an empty database with demonstration data and set its business date. Progress goes to stderr."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("这不是演示环境，不能生成演示数据。 / Not a demonstration: no data was made.")
        try:
            making.prepare(lambda line: self.stderr.write(line))
        except Refusal as refusal:
            raise CommandError(f"演示数据没有生成，数据库保持原样：{refusal}") from refusal
        except OperationalError as error:
            self.stderr.write(f"数据已生成；后台队列连不上，文件会在队列恢复后生成。（{error}）")
