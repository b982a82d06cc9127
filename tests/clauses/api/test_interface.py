"""The public interface: the contract's shapes, every worked amount, every refusal with its path."""

import json
from datetime import datetime

import pytest

from clauses.loader import get_policy
from tests import making
from tests.clauses.pack import worked_amounts

POLICY = get_policy("harbin-ai-2022")
CASES = worked_amounts()
CLAIM = {"id": "c1", "item": "2a", "filed_at": "2023-06-01T10:00:00", "base": "60000000.00"}
pytestmark = pytest.mark.usefixtures("policy")


def calculate(client, document, **headers):
    body = document if isinstance(document, str | bytes) else json.dumps(document)
    return client.post("/api/v1/calculate/", body, content_type="application/json", headers=headers)


def ask(client, **changes):
    answer = calculate(client, {"policy": "harbin-ai-2022", "claims": [{**CLAIM, **changes}]})
    assert answer.status_code == 200, answer.json()
    return answer.json()["claims"][0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['item']}-{case['base']}")
@pytest.mark.parametrize(("unit", "key"), [("yuan", "amount_yuan"), ("fen", "amount_fen")])
def test_worked_amount(client, case, unit, key):
    answer = ask(client, item=case["item"], base=case["base"], settings={"Q35": unit})
    assert (answer["computed"], answer["amount"], answer["outcome"]) == (
        case["computed"],
        case[key],
        "payable",
    )


def test_the_contract_example(client):
    costs = [{"id": "i1", "amount": "60000000.00", "invoice_date": "2023-03-01", "paid_date": "2023-03-09"}]
    claim = {key: value for key, value in CLAIM.items() if key != "base"}
    answer = calculate(
        client,
        {"policy": "harbin-ai-2022", "claims": [{**claim, "facts": {}, "settings": {}, "costs": costs}]},
    )
    assert answer["content-type"] == "application/json"
    (one,) = answer.json()["claims"]
    assert (one["base"], one["rate"], one["computed"], one["cap"], one["amount"]) == (
        "60000000.00", "0.20", "12000000.00", "10000000.00", "10000000.00",
    )  # fmt: skip
    (reason,) = [reason for reason in one["reasons"] if reason["code"] == "cap_applied"]
    assert reason["quote"] == POLICY.item("2a").quote and reason["clause"] == "二"


def test_a_missing_filing_time_is_business_time(client, on):
    claim = {key: value for key, value in CLAIM.items() if key != "filed_at"}
    document = {"policy": "harbin-ai-2022", "claims": [claim]}
    assert calculate(client, document).json()["claims"][0]["outcome"] == "payable"
    on(datetime(2024, 1, 1))
    assert calculate(client, document).json()["claims"][0]["outcome"] == "out_of_term"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            {"policy": "harbin-ai-2022", "claims": [{**CLAIM, "base": "-1"}]},
            [("claims[0].base", "金额不能为负数。")],
        ),
        (
            {"policy": "harbin-ai-2022", "claims": [{**CLAIM, "base": "1.001"}]},
            [("claims[0].base", "金额最多两位小数。")],
        ),
        (
            {"pack": "harbin-ai-2022", "claims": [CLAIM]},
            [("pack", "这里只接受已发布的政策，写在policy里；pack是目录，只在命令行使用。")],
        ),
        ({"policy": "none", "claims": [CLAIM]}, None),
        ('{"policy": "harbin-ai-2022", "policy": "x"}', [("", "键“policy”写了两次。")]),
        ('{"policy": NaN}', None),
        ("{", None),
        ("[]", [("", "输入应是一个JSON对象，包含policy和claims。")]),
        (b"\xff\xfe", [("", "文件不是UTF-8编码。")]),
        ("", None),
    ],
)
def test_bad_input_has_paths_and_no_partial_answer(client, body, errors):
    answer = calculate(client, body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["errors"]
    found = [(one["path"], one["message"]) for one in answer.json()["errors"]]
    assert found and all(set(one) == {"path", "message"} for one in answer.json()["errors"])
    if errors is not None:
        assert found == errors


def test_all_faults_of_a_document_are_told_at_once(client):
    costs = [{"id": "a", "amount": "1"}, {"id": "b", "amount": "x"}, {"id": "a", "amount": "-2"}]
    claims = [{**CLAIM, "base": None, "costs": costs}, {**CLAIM, "item": "zz"}]
    answer = calculate(client, {"policy": "harbin-ai-2022", "claims": claims})
    paths = {one["path"] for one in answer.json()["errors"]}
    assert paths >= {
        "claims[0].costs[1].amount",
        "claims[0].costs[2].amount",
        "claims[0].costs[2].id",
        "claims[1].item",
    }


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 6 * 1024 * 1024])
def test_a_large_body_is_refused(client, size):
    answer = calculate(client, " " * size)
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"path": "", "message": "请求内容超过1MB，请分几次计算。"}]}


def test_neither_a_session_nor_a_wrong_token_stands_in_the_way(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(making.organisation())
    assert calculate(client, {"policy": "harbin-ai-2022", "claims": [CLAIM]}).status_code == 200
    headers = {"Authorization": "Bearer nonsense"}
    assert calculate(client, {"policy": "harbin-ai-2022", "claims": [CLAIM]}, **headers).status_code == 200


def test_get_on_the_calculation_is_not_a_method(client):
    answer = client.get("/api/v1/calculate/")
    assert answer.status_code == 405 and answer.json()["code"] == "method_not_allowed"


def test_policies(client):
    lines = {line["id"]: line for line in client.get("/api/v1/policies/").json()}
    assert {name: line["status"] for name, line in lines.items()} == {
        "harbin-ai-2022": "final",
        "harbin-ai-2022-draft": "draft",
        "teaching": "teaching",
    }
    assert lines["harbin-ai-2022"]["hash"] == POLICY.hash
    whole = client.get("/api/v1/policies/harbin-ai-2022/").json()
    assert [clause["number"] for clause in whole["clauses"]] == list(POLICY.clauses)
    assert whole["filing"] == {"first": "2022-08-24", "last": "2023-12-31"}
    assert [(item["id"], item["quote"]) for item in whole["items"]] == [
        (item.id, item.quote) for item in POLICY.items.values()
    ]
    by_id = {item["id"]: item for item in whole["items"]}
    assert (by_id["2a"]["rate"], by_id["2a"]["cap"], by_id["2a"]["place"]) == (
        "0.20",
        "10000000.00",
        "第二条第一项",
    )
    assert (by_id["5a"]["rate"], by_id["5a"]["cap"]) == (None, None)


@pytest.mark.parametrize("code", POLICY.items)
def test_an_item(client, code):
    found = client.get(f"/api/v1/policies/harbin-ai-2022/items/{code}/").json()
    item = POLICY.item(code)
    assert (found["quote"], found["sentence"], found["contact"]) == (item.quote, item.sentence, item.contact)
    assert [paper["code"] for paper in found["papers"]] == [paper.code for paper in item.papers]
    assert [(one["id"], one["source"]) for one in found["settings"]] == [
        (name, "default") for name in item.settings
    ]


@pytest.mark.parametrize("address", ["policies/none/", "policies/harbin-ai-2022/items/zz/"])
def test_what_is_not_there(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"


@pytest.mark.parametrize("count", [1, 3])
def test_rounds_in_three_queries(client, django_assert_num_queries, count):
    windows = [making.window("2a", "9b") for _ in range(count)]
    with django_assert_num_queries(3):
        found = client.get("/api/v1/rounds/").json()
    assert {one["number"] for one in found} == {window.number for window in windows}
    assert all(one["state"] == "open" and one["items"] == ["2a", "9b"] for one in found)
    assert found[0]["closes_at"] == "2024-01-01T00:00:00+08:00"


def test_the_schema_has_these_paths(client):
    schema = client.get("/api/schema/", {"format": "json"}).json()
    assert {"/api/v1/calculate/", "/api/v1/policies/", "/api/v1/rounds/"} <= set(schema["paths"])
    post = schema["paths"]["/api/v1/calculate/"]["post"]
    assert "examples" in post["requestBody"]["content"]["application/json"]
    assert set(post["responses"]) == {"200", "400"}
