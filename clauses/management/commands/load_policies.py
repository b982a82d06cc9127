from django.core.management.base import BaseCommand

from clauses import services


class Command(BaseCommand):
    help = "Enter every shipped policy pack: items, units and their rights. Safe to run again."

    def handle(self, *args: object, **options: object) -> None:
        for policy in services.load_policies():
            self.stderr.write(f"{policy.document_number}：{policy.items.count()}个事项")
