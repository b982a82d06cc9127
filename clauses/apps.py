"""The app that carries policies and their clauses."""

from django.apps import AppConfig


class ClausesConfig(AppConfig):
    name = "clauses"
    label = "clauses"
    verbose_name = "政策条款"

    def ready(self) -> None:
        from clauses.selectors import budget_uses
        from portal.ledger.uses import uses_from

        uses_from(budget_uses)
