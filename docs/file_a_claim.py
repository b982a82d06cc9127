"""Files a claim through the API with nothing but Python.

    PORTAL_TOKEN=… python3 docs/file_a_claim.py https://portal.example claim.json

`claim.json` is described in docs/api.md. Prints the receipt's number and check address. Running it again
continues where it stopped and files nothing twice. Exit 1 with the portal's own words when something is refused.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path


class Refused(Exception):
    """The portal said no; `answer` is {"code", "message", "fields"}."""

    def __init__(self, answer):
        super().__init__(answer["message"])
        self.answer = answer


class Portal:
    def __init__(self, address, token):
        self.root = address.rstrip("/") + "/api/v1/"
        self.token = token

    def call(self, method, path, content=None, *, kind="application/json"):
        if content is not None and kind == "application/json":
            content = json.dumps(content).encode()
        url = path if path.startswith("http") else self.root + path
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(url, data=content, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Refused(json.loads(error.read())) from error

    def all(self, path):
        """Every entry of a list, page by page."""
        while path:
            page = self.call("GET", path)
            yield from page["results"]
            path = page["next"]

    def upload(self, number, paper, file):
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="paper"\r\n\r\n{paper}\r\n'.encode(),
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n" + file.read_bytes() + b"\r\n",
            f"--{border}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={border}"
        return self.call("POST", f"claims/{number}/papers/", b"".join(parts), kind=kind)


def file_a_claim(portal, wanted, folder):
    """The receipt of the claim described by `wanted`; its papers are looked for in `folder`."""
    project = wanted["project"]
    known = {one["name"]: one["id"] for one in portal.all("projects/")}
    owner = known.get(project["name"]) or portal.call("POST", "projects/", project)["id"]

    entered = {
        (one["document_number"], one["line"]): one["id"] for one in portal.all(f"projects/{owner}/costs/")
    }
    costs = []
    for cost in wanted.get("costs", []):
        key = (cost["document_number"], cost.get("line", 1))
        costs.append(entered.get(key) or portal.call("POST", f"projects/{owner}/costs/", cost)["id"])

    claim = portal.call(
        "POST", "claims/", {"item": wanted["item"], "round": wanted["round"], "project": owner}
    )
    number = claim["number"]
    if claim["state"] == "draft":
        body = {"version": claim["version"], "facts": wanted["facts"]}
        claim = portal.call("PATCH", f"claims/{number}/overview/", body)
        body = {"version": claim["version"], **wanted["public_money"]}
        claim = portal.call("PATCH", f"claims/{number}/public-money/", body)
        if costs:
            body = {"version": claim["version"], "cost_items": costs}
            claim = portal.call("PUT", f"claims/{number}/costs/", body)
        for paper, name in wanted["papers"].items():
            portal.upload(number, paper, folder / name)
    body = {"version": claim["version"], "committed": wanted["committed"]}
    return portal.call("POST", f"claims/{number}/submit/", body)


def main(address, description):
    token = os.environ.get("PORTAL_TOKEN")
    if not token:
        sys.stderr.write("先设置环境变量PORTAL_TOKEN：在门户的“单位信息—接口令牌”里创建。\n")
        return 2
    path = Path(description)
    try:
        filed = file_a_claim(
            Portal(address, token), json.loads(path.read_text(encoding="utf-8")), path.parent
        )
    except Refused as refused:
        sys.stderr.write(refused.answer["message"] + "\n")
        for field, messages in refused.answer["fields"].items():
            sys.stderr.write(f"  {field}：{'；'.join(messages)}\n")
        return 1
    sys.stdout.write(f"{filed['number']} {filed['receipt']['number']} {filed['receipt']['address']}\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
