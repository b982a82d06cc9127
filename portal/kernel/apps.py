from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "portal.kernel"
    label = "kernel"
    verbose_name = "基础"

    def ready(self) -> None:
        from portal.kernel import clock  # the task signal needs the app registry
        from portal.kernel.documents import checks  # noqa: F401  importing registers them

        clock.connect_tasks()
