"""What every test finds in the database: the shipped policies, entered once and put back after a test that commits.

Django would empty every table and make rights anew after such a test, which takes longer than most tests.
"""

from django.db import connection, transaction
from django.db.models import Model
from django.test import TransactionTestCase

SCHEMA = "standing"


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall() if name != "django_migrations"]


def _filled(tables: list[str]) -> list[str]:
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM public.\"{name}\" LIMIT 1)" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def keep() -> None:
    """Note what the tables hold now as what every test begins with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for name in _filled(_tables()):
            cursor.execute(f'CREATE TABLE {SCHEMA}."{name}" AS TABLE public."{name}"')


def clear(*models: type[Model]) -> None:
    """Empty the tables of these models and whatever refers to them."""
    named = ", ".join(f'public."{model._meta.db_table}"' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {named} CASCADE")


def restore(case: TransactionTestCase | None = None) -> None:
    """Put every table back to what was kept; takes the place of Django's flush."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
        kept = [name for (name,) in cursor.fetchall()]
        tables = _tables()
        emptied = [f'public."{name}"' for name in _filled(tables) if name not in kept]
        if emptied:
            cursor.execute(f"TRUNCATE {', '.join(emptied)} CASCADE")
        same = " UNION ALL ".join(
            f"(SELECT '{name}' WHERE (SELECT array_agg(one::text ORDER BY one::text) FROM public.\"{name}\" one)"
            f' IS DISTINCT FROM (SELECT array_agg(one::text ORDER BY one::text) FROM {SCHEMA}."{name}" one))'
            for name in kept
        )
        cursor.execute(same)
        changed = [name for (name,) in cursor.fetchall()]
        for name in changed:
            cursor.execute(f'DELETE FROM public."{name}"')
        for name in changed:
            cursor.execute(f'INSERT INTO public."{name}" SELECT * FROM {SCHEMA}."{name}"')
