"""Pages for everybody: welcome, help, health, checking a paper."""

import pytest
from django.test import Client

from clauses.models import Policy
from portal.kernel import issuing
from portal.kernel.models import Document
from tests import making

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/help/", "/accessibility/", "/components/", "/verify/"])
def test_open_to_visitors_and_fully_worded(client: Client, path: str) -> None:
    making.policy()
    page = client.get(path)
    assert page.status_code == 200
    assert "‼undefined" not in page.content.decode()


def test_welcome_names_open_rounds_and_the_ten_clauses(client: Client) -> None:
    window = making.window("2a")
    text = client.get("/").content.decode()
    assert window.name in text
    assert "2023年12月31日 24:00" in text
    assert text.count("/clauses/") >= 10


def test_health_and_readiness(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "faults": {}}


def test_readiness_names_what_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.pages.views import public

    def broken() -> None:
        raise OSError

    monkeypatch.setattr(public, "_storage", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["faults"] == {"storage": "OSError"}


def test_readiness_names_packs_that_are_not_the_loaded_edition(client: Client) -> None:
    Policy.objects.filter(pack="teaching").update(pack_hash="0" * 64)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    said = "政策包teaching的文件与已载入的版本不同。请恢复原来的文件，或执行load_policies载入。"
    assert answer.json()["faults"] == {"policies": said}


def receipt() -> Document:
    claim = making.submitted()
    return issuing.papers_of(claim, "receipt")[0]


def test_a_paper_is_confirmed_by_number_and_code_only(client: Client) -> None:
    paper = receipt()
    page = client.get(issuing.check_path(paper))
    text = page.content.decode()
    assert page.status_code == 200
    assert "本系统出具过这份文件" in text
    assert paper.decision_digest in text
    assert "‼undefined" not in text
    wrong = client.get(f"/verify/{paper.number}-{'2' * 12}/")
    assert wrong.status_code == 404
    assert "没有查到这份文件" in wrong.content.decode()


def test_a_changed_decision_shows_on_the_check_page(client: Client) -> None:
    paper = receipt()
    Document.objects.filter(pk=paper.pk).update(decision={**paper.decision, "project": "改过的项目"})
    assert "记录与摘要不符" in client.get(issuing.check_path(paper)).content.decode()


def test_the_form_leads_to_the_paper_and_keeps_what_was_typed(client: Client) -> None:
    paper = receipt()
    found = client.get("/verify/", {"number": paper.number, "code": paper.check_code})
    assert found.status_code == 302
    assert found["location"] == issuing.check_path(paper)
    bad = client.get("/verify/", {"number": "not a number", "code": ""}).content.decode()
    assert "编号的样子是SL-2023-0001" in bad
    assert "请填写查验码。" in bad
    assert 'value="not a number"' in bad


def test_an_unknown_address_answers_people_and_programs_in_their_own_way(client: Client) -> None:
    client.force_login(making.organisation())
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "‼undefined" not in page.content.decode()
    answer = client.get("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found", "message": "没有这个地址。", "fields": {}}


def test_a_failure_shows_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.pages.views import public

    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(public.programmes, "open_rounds", broken)
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert "secret" not in page.content.decode()
