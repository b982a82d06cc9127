from django.core.management.base import BaseCommand

from portal.kernel import events
from portal.kernel.models import Event


class Command(BaseCommand):
    help = "Walk the event chain and name every edited, removed, inserted or cut-off row."

    def handle(self, *args: object, **options: object) -> None:
        faults = list(events.verify_chain())
        for fault in faults:
            self.stdout.write(f"{fault.sequence}: {fault.kind}: {fault.message}")
        if faults:
            raise SystemExit(1)
        self.stdout.write(f"记录链完整，共{Event.objects.count()}条。")
