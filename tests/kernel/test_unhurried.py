import pytest
from celery import current_app

from portal.kernel.work import UNHURRIED, after_commit, enqueue, unhurried, unit_of_work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch):
    current_app.loader.import_default_modules()
    found = []
    monkeypatch.setattr(
        current_app.tasks["kernel.render_document"],
        "apply_async",
        lambda kwargs, priority: found.append((kwargs, priority)),
    )
    return found


def test_papers_of_the_demonstration_wait_behind_other_work(sent):
    with unit_of_work(), unhurried():
        after_commit("kernel.render_document", pk=1)
    with unit_of_work():
        after_commit("kernel.render_document", pk=2)
    enqueue("kernel.render_document", pk=3)
    assert sent == [({"pk": 1}, UNHURRIED), ({"pk": 2}, None), ({"pk": 3}, None)]
