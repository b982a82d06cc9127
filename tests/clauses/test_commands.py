"""The two commands as other offices run them: a process, its output and its exit status. No database."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clauses.loader import PACKS

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "policy": "harbin-ai-2022",
    "claims": [{"id": "c1", "item": "2a", "filed_at": "2023-06-01T10:00:00", "base": "60000000.00"}],
}


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_calculate_reads_a_file_and_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_text(json.dumps(GOOD))
    for done in (run("calculate", str(path)), run("calculate", "-", text=json.dumps(GOOD))):
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["claims"][0]["amount"] == "10000000.00"
        assert "按上限计" in done.stdout


def test_calculate_reads_a_pack_on_disk() -> None:
    done = run(
        "calculate", "-", text=json.dumps({"pack": str(PACKS / "harbin-ai-2022"), "claims": GOOD["claims"]})
    )
    assert json.loads(done.stdout)["policy"] == "harbin-ai-2022"


@pytest.mark.parametrize(
    "text", ["{", json.dumps({**GOOD, "claims": [{**GOOD["claims"][0], "base": "-1.00"}]})]
)
def test_calculate_refuses_bad_input(text: str) -> None:
    done = run("calculate", "-", text=text)
    assert done.returncode == 2
    assert list(json.loads(done.stdout)) == ["errors"]


def test_check_pack_tells_file_line_and_message(tmp_path: Path) -> None:
    good = run("check_pack", str(PACKS / "harbin-ai-2022"))
    assert (good.returncode, good.stdout) == (0, "")
    assert re.search(r"通过：10条、[0-9]+个事项、[1-9][0-9]*个算例\n", good.stderr)
    bad = run("check_pack", str(tmp_path))
    assert bad.returncode == 2
    assert bad.stdout == f"{tmp_path}/policy.yaml:1: 文件不存在或不能读取\n"
