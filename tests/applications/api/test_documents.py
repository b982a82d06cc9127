"""What the documents promise: the schema is whole, the sample claim is filed by the sample script."""

import importlib.util
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from applications.models import Claim
from applications.urls import api_patterns
from portal.accounts import services as accounts
from portal.kernel import clock
from portal.kernel.models import ClockShift, Document
from tests import making

DOCS = Path(settings.BASE_DIR) / "docs"


@pytest.fixture(scope="module")
def schema():
    out = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=out)
    return json.loads(out.getvalue())


def test_the_whole_schema_is_valid_and_without_warnings(schema):
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_every_address_of_the_api_is_in_the_schema(schema):
    known = {re.sub(r"\{[^}]+\}", "{}", path) for path in schema["paths"]}
    (api,) = [one for one in get_resolver().url_patterns if str(one.pattern) == "api/v1/"]
    for route in api.url_patterns:
        assert isinstance(route, URLPattern)
        assert re.sub(r"<[^>]+>", "{}", f"/api/v1/{route.pattern}") in known


def test_every_write_of_the_filing_side_shows_its_refusals_and_an_example(schema):
    for path, methods in schema["paths"].items():
        if not re.match(r"/api/v1/(projects|costs|desk/claims|claims)/", path) or path.endswith("/review/"):
            continue
        for method, operation in methods.items():
            assert operation["summary"], path
            refusals = [code for code in operation["responses"] if code >= "400"]
            assert refusals, (method, path)
            for code in refusals:
                assert operation["responses"][code]["content"]["application/json"]["examples"], (
                    method,
                    path,
                    code,
                )
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body and body["schema"].get("$ref", "").rsplit("/", 1)[-1] not in ("", "EmptyBody"):
                assert body.get("examples"), (method, path)


def test_the_document_lists_every_address_of_the_filing_side():
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    text = text.split("## Addresses of the filing side")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    routes = {
        re.sub(r"<\w+:(\w+)>", lambda m: f"<{'id' if m[1] == 'pk' else m[1]}>", str(one.pattern))
        for one in api_patterns
    }
    assert listed == routes


def script():
    found = importlib.util.spec_from_file_location("file_a_claim", DOCS / "file_a_claim.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_script_needs_nothing_but_python():
    used = re.findall(
        r"^(?:import|from) (\w+)", (DOCS / "file_a_claim.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(used) <= __import__("sys").stdlib_module_names


@pytest.fixture
def described(tmp_path, transactional_db):
    """The sample of docs/api.md on disk with its papers, a round that takes it, and business time in the database."""
    ClockShift.objects.create(pk=1, shift=clock.offset())
    sample = re.search(r"```json\n(.*?)\n```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    wanted = json.loads(sample)
    wanted["round"] = making.window(wanted["item"]).number
    for name in wanted["papers"].values():
        (tmp_path / name).write_bytes(making.PDF)
    path = tmp_path / "claim.json"

    def write(**changes):
        path.write_text(json.dumps({**wanted, **changes}), encoding="utf-8")
        return str(path)

    return write


def test_the_sample_claim_is_filed_by_the_sample_script(described, live_server, monkeypatch, capsys):
    _, secret = accounts.create_token(actor=making.organisation(), label="脚本")
    monkeypatch.setenv("PORTAL_TOKEN", secret)
    assert script().main(live_server.url, described()) == 0
    number, receipt, address = capsys.readouterr().out.split()
    claim = Claim.objects.get()
    assert (claim.number, claim.state) == (number, "submitted")
    assert claim.content["claimed_total"] == "60000000.00"
    assert Document.objects.get(number=receipt).check_code in address
    assert script().main(live_server.url, described()) == 0
    assert capsys.readouterr().out.split()[:2] == [number, receipt]
    assert Claim.objects.count() == Document.objects.count() == 1


def test_the_script_says_what_the_portal_says_and_goes_on_later(described, live_server, monkeypatch, capsys):
    _, secret = accounts.create_token(actor=making.organisation(), label="脚本")
    monkeypatch.setenv("PORTAL_TOKEN", secret)
    whole = json.loads(Path(described()).read_text(encoding="utf-8"))
    facts = {**whole["facts"], "goals": ""}
    assert script().main(live_server.url, described(facts=facts)) == 1
    assert "建设目标和成效" in capsys.readouterr().err
    assert script().main(live_server.url, described(committed=False)) == 1
    assert "信用承诺" in capsys.readouterr().err
    assert Claim.objects.get().state == "draft"
    assert script().main(live_server.url, described()) == 0


def test_without_a_token_the_script_says_where_to_get_one(monkeypatch, capsys):
    monkeypatch.delenv("PORTAL_TOKEN", raising=False)
    assert script().main("http://localhost", "claim.json") == 2
    assert "PORTAL_TOKEN" in capsys.readouterr().err
