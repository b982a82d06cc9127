"""The app that carries policies and their clauses."""

from django.apps import AppConfig


class ClausesConfig(AppConfig):
    name = "clauses"
    label = "clauses"
    verbose_name = "政策条款"
