"""./run: what it answers, what it starts, what it leaves behind."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run import standin

pytestmark = pytest.mark.xdist_group("script")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Iterator[Path]:
    """In a folder whose name has a space and Chinese characters."""
    folder = standin.build(tmp_path_factory.mktemp("run") / "门户 一")
    yield folder
    answer = standin.run(folder, "reset", "--yes")
    assert answer.returncode == 0, answer.stderr


@pytest.fixture
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def belonging(folder: Path) -> list[str]:
    """Command lines of running processes started by, or serving, this project."""
    home = subprocess.run(
        [folder / ".venv/bin/python", "portal/local/services.py", "status", ".local/demo"],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    ).stdout.splitlines()[-1]
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if home in line or f"{folder}/.venv/bin/python" in line:
            found.append(line)
    return found


class Demo:
    """A demonstration under way."""

    def __init__(self, folder: Path, port: str) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [folder / "run", "demo"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=standin.environment(PORTAL_PORT=port),
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C stops" in line:
                break

    def page(self) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            return answer.read()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        try:
            self.process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode


def test_alone_it_lists_every_command_in_both_languages(project):
    answer = standin.run(project)
    assert answer.returncode == 0
    for word in ("demo", "test", "manage", "lint", "reset"):
        assert re.search(rf"^  \./run {word}\b.*[\u4e00-\u9fff].*\n +[A-Z]", answer.stdout, re.MULTILINE), (
            word
        )


@pytest.mark.parametrize(
    "words", [["dmeo"], ["demo", "now"], ["manage"], ["lint", "x"], ["reset", "--force"]]
)
def test_what_it_does_not_know_is_said_with_status_2(project, words):
    answer = standin.run(project, *words)
    assert answer.returncode == 2
    assert answer.stderr.startswith("✗ ")
    assert answer.stdout == ""


@pytest.mark.parametrize("value", ["0", "65536", "abc", "08000", "-1", "80 80"])
def test_a_wrong_port_is_refused_before_anything_starts(project, value):
    answer = standin.run(project, "demo", PORTAL_PORT=value)
    assert answer.returncode == 1
    assert f"PORTAL_PORT={value} 不是端口号" in answer.stderr


def test_a_taken_port_is_named(project, port):
    with socket.create_server(("127.0.0.1", int(port))):
        answer = standin.run(project, "demo", PORTAL_PORT=port)
    assert answer.returncode == 1
    assert f"端口 {port} 已被其他程序占用" in answer.stderr
    assert "PORTAL_PORT=8001 ./run demo" in answer.stderr


@pytest.mark.parametrize("command", ["calculate", "allocate", "check_pack", "check_allocation"])
def test_pure_commands_start_no_server(project, command):
    answer = standin.run(project, "manage", command, "-", text="given\n")
    assert answer.returncode == 0
    assert answer.stdout.startswith("answer given postgres://") == (command == "calculate")
    assert "migrating" not in answer.stderr
    assert not list(Path(project, ".local/demo").glob("started-by-run"))
    assert belonging(project) == []


def test_a_command_gets_its_servers_and_its_answer_stays_alone(project):
    answer = standin.run(project, "manage", "answer", text="given\n")
    assert answer.returncode == 0
    assert re.fullmatch(r"answer given postgres://\S+\n", answer.stdout)
    assert "progress answer" in answer.stderr
    assert belonging(project) == []


def test_a_commands_status_is_the_scripts(project):
    assert standin.run(project, "manage", "fail", "7").returncode == 7


def test_servers_started_by_hand_stay(project):
    def services(action: str) -> int:
        return subprocess.run(
            [project / ".venv/bin/python", "portal/local/services.py", action, ".local/demo"],
            check=False,
            cwd=project,
            capture_output=True,
            env=standin.environment(),
        ).returncode

    assert services("up") == 0
    assert standin.run(project, "manage", "answer").returncode == 0
    assert services("status") == 0
    assert services("down") == 0


def test_terminating_a_command_stops_what_was_started(project):
    process = subprocess.Popen(
        [project / "run", "manage", "wait"], stdout=subprocess.PIPE, text=True, env=standin.environment()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.terminate()
    assert process.wait(timeout=30) == 143
    assert belonging(project) == []


def test_demo_serves_and_ends_without_a_trace(project, port):
    demo = Demo(project, port)
    try:
        assert demo.page() == b"ready"
        text = "".join(demo.lines)
        assert f"http://127.0.0.1:{port}/" in text
        assert "role account password" in text

        second = standin.run(project, "demo", PORTAL_PORT=port)
        assert (second.returncode, "演示已在运行" in second.stderr) == (1, True)
        refused = standin.run(project, "reset", "--yes")
        assert (refused.returncode, "演示正在运行" in refused.stderr) == (1, True)
        assert standin.run(project, "manage", "answer").returncode == 0
        assert demo.page() == b"ready"
    finally:
        code = demo.end(signal.SIGTERM)
    assert code == 143
    assert belonging(project) == []


def test_after_kill_9_the_next_start_clears_up(project, port):
    first = Demo(project, port)
    first.end(signal.SIGKILL)
    assert len(belonging(project)) > 3
    second = Demo(project, port)
    try:
        assert "清理上次异常中断留下的进程" in "".join(second.lines)
        assert second.page() == b"ready"
    finally:
        code = second.end(signal.SIGINT)
    assert code == 130
    assert belonging(project) == []


def test_a_failing_step_shows_its_log_and_what_to_do(project, port):
    new = project / "clauses/packs/new.yaml"  # another test may have loaded the others
    new.parent.mkdir(parents=True)
    new.write_text("id: new\n")
    answer = standin.run(project, "demo", PORTAL_PORT=port, BREAK_COMMAND="load_policies")
    assert answer.returncode == 1
    assert "失败 / failed: 载入政策" in answer.stderr
    assert "  | broken on purpose" in answer.stderr
    assert f"{project}/.local/logs/demo-policies.log" in answer.stderr
    assert "./run reset" in answer.stderr
    assert belonging(project) == []


def test_two_tests_at_once(project):
    folder = project / ".local/test"
    folder.mkdir(parents=True, exist_ok=True)
    holder = subprocess.Popen(["flock", folder / "test.lock", "sleep", "60"], start_new_session=True)
    try:
        deadline = time.monotonic() + 10
        while subprocess.run(["flock", "-n", folder / "test.lock", "true"], check=False).returncode == 0:
            assert time.monotonic() < deadline
        answer = standin.run(project, "test")
    finally:
        os.killpg(holder.pid, signal.SIGTERM)
        holder.wait()
    assert answer.returncode == 1
    assert "另一个 ./run test 正在运行" in answer.stderr


def test_reset_wants_the_word(project):
    standin.run(project, "manage", "answer")
    answer = standin.run(project, "reset", text="yes\n")
    assert (answer.returncode, "没有删除任何内容" in answer.stderr) == (1, True)
    assert (project / ".local/demo").exists()
    answer = standin.run(project, "reset", text="reset\n")
    assert answer.returncode == 0, answer.stderr
    assert not (project / ".local/demo").exists()


def test_parts_inside_a_container_name_the_missing_variable(project):
    for name in ("prepare", "web", "worker", "scheduler"):
        answer = standin.run(project, name)
        assert answer.returncode == 1
        assert "缺少环境变量 DATABASE_URL" in answer.stderr


def test_the_ci_script_runs_the_test_command():
    assert "exec ./run test" in (standin.PROJECT / ".ci/run").read_text()
