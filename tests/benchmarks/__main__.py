"""Measure on a database of its own: `./run bench`."""

import django
from django.conf import settings
from django.core.management import call_command
from django.test.utils import get_runner


def main() -> None:
    django.setup()
    from tests.benchmarks import clauses, imports, pages  # models need the settings

    runner = get_runner(settings)(interactive=False, verbosity=0)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        call_command("load_policies", verbosity=0)
        clauses.measure()
        pages.measure()
        imports.measure()
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()


main()
