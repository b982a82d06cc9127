"""portal.local.services: two servers nobody else can enter, repaired after whatever befell them."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import psycopg2
import pytest

from portal.local import services
from tests.run import standin


def call(action: str, folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "portal/local/services.py", action, folder, *words],
        check=False,
        cwd=standin.PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        env=standin.environment(**more),
    )


def variables(answer: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert answer.returncode == 0, answer.stderr
    return dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", answer.stdout, re.MULTILINE))


def query(url: str, statement: str):
    folder = unquote(url.removeprefix("postgres://portal@").split("/")[0])
    connection = psycopg2.connect(host=folder, user="portal", dbname="portal")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def postmaster(state: services.State) -> int:
    return int((state.data / "postmaster.pid").read_text().split("\n", 1)[0])


@pytest.fixture
def folder(tmp_path):
    """A state folder, erased with its servers whatever the test did."""
    path = tmp_path / "state"
    yield path
    call("erase", path)


@pytest.fixture
def plain_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("PORTAL_", "DATABASE_URL", "REDIS_URL"))]:
        monkeypatch.delenv(name)


def test_up_env_status_down(folder):
    first = variables(call("up", folder, "--fast"))
    again = variables(call("up", folder, "--fast"))
    assert (first.pop("PORTAL_SERVICES_STARTED"), again.pop("PORTAL_SERVICES_STARTED")) == ("1", "0")
    assert first == again == variables(call("env", folder))
    assert set(first) == {"DATABASE_URL", "REDIS_URL", "PORTAL_STATE_DIR", *services.SECRET_NAMES}
    assert query(first["DATABASE_URL"], "show server_encoding") == [("UTF8",)]
    ctype = "select datctype from pg_database where datname = 'portal'"
    assert query(first["DATABASE_URL"], ctype) == [("C.UTF-8",)]
    assert query(first["DATABASE_URL"], "show listen_addresses") == [("",)]
    assert query(first["DATABASE_URL"], "show max_connections") == [("100",)]
    assert query(first["DATABASE_URL"], "show fsync") == [("off",)]
    assert call("status", folder).returncode == 0
    assert call("down", folder).returncode == 0
    assert call("status", folder).returncode == 3
    assert call("down", folder).returncode == 0


def test_folders_and_secrets_are_closed_to_others(folder):
    call("up", folder)
    state = services.locate(str(folder))
    for path in (state.servers, state.app, state.sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    assert stat.S_IMODE(state.home.stat().st_mode) in (0o700, 0o710)
    assert stat.S_IMODE((state.app / "secrets.env").stat().st_mode) == 0o600
    assert query(state.database_url, "show fsync") == [("on",)]


def test_data_survive_kill_9_of_both_servers(folder):
    url = variables(call("up", folder))["DATABASE_URL"]
    query(url, "create table kept as select 7 as number")
    state = services.locate(str(folder))
    found = re.search(rb"process_id:(\d+)", services.Redis(state).ask("INFO server"))
    assert found is not None
    os.kill(int(found.group(1)), signal.SIGKILL)
    os.kill(postmaster(state), signal.SIGKILL)
    assert variables(call("up", folder))["PORTAL_SERVICES_STARTED"] == "1"
    assert query(url, "select number from kept") == [(7,)]
    assert services.Redis(state).running()


def test_a_stale_lock_with_a_foreign_number_is_forgotten(folder):
    call("up", folder)
    call("down", folder)
    state = services.locate(str(folder))
    (state.data / "postmaster.pid").write_text(f"{os.getpid()}\n{state.data}\n")
    assert variables(call("up", folder))["PORTAL_SERVICES_STARTED"] == "1"


def test_interrupted_initdb_is_done_again(folder):
    state = services.locate(str(folder))
    state.prepare()
    draft = state.servers / "pgdata.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("15\n")
    call("up", folder, "--fast")
    assert query(state.database_url, "select 1") == [(1,)]
    assert not draft.exists()


def test_a_data_folder_without_version_is_moved_aside_not_lost(folder):
    state = services.locate(str(folder))
    state.prepare()
    state.data.mkdir()
    (state.data / "something").write_text("of value")
    answer = call("up", folder, "--fast")
    assert answer.returncode == 0
    assert "数据目录不完整" in answer.stderr
    assert [path.read_text() for path in state.servers.glob("pgdata.broken-*/something")] == ["of value"]


def test_database_is_made_when_the_first_start_was_cut_short(folder):
    call("up", folder, "--fast")
    state = services.locate(str(folder))
    folder_name = str(state.sockets)
    connection = psycopg2.connect(host=folder_name, user="portal", dbname="postgres")
    connection.autocommit = True
    connection.cursor().execute("drop database portal")
    connection.close()
    call("up", folder, "--fast")
    assert query(state.database_url, "select 1") == [(1,)]


def test_unreadable_redis_file_is_moved_aside(folder):
    state = services.locate(str(folder))
    state.prepare()
    (state.servers / "redis.rdb").write_bytes(b"not a dump")
    answer = call("up", folder)
    assert answer.returncode == 0
    assert "Redis 存盘文件无法读取" in answer.stderr
    assert services.Redis(state).running()


def test_data_of_another_major_version_says_what_to_install(folder):
    state = services.locate(str(folder))
    state.prepare()
    state.data.mkdir()
    (state.data / "PG_VERSION").write_text("9\n")
    answer = call("up", folder)
    assert answer.returncode == 1
    assert "postgresql-9" in answer.stderr
    assert "./run reset" in answer.stderr
    assert state.data.exists()


def test_given_urls_start_nothing(folder):
    given = {"DATABASE_URL": "postgres://me@elsewhere/db", "REDIS_URL": "redis://elsewhere:6379/0"}
    found = variables(call("up", folder, **given))
    assert {name: found[name] for name in given} == given
    assert found["PORTAL_SERVICES_STARTED"] == "0"
    assert not services.locate(str(folder)).data.exists()


def test_addresses_already_exported_by_this_script_still_mean_our_servers(folder):
    ours = variables(call("env", folder))
    assert variables(call("up", folder, "--fast", **ours))["PORTAL_SERVICES_STARTED"] == "1"


def test_the_wheels_binaries_serve_where_none_is_installed(folder, monkeypatch, plain_environment, tmp_path):
    monkeypatch.setattr(services, "INSTALLED_POSTGRES", tmp_path / "none")
    state = services.locate(str(folder))
    services.up(state, fast=True)
    major = services.major_version(services.Postgres(state).binaries(fast=True))
    assert query(state.database_url, "select current_setting('server_version_num')::int / 10000") == [
        (major,)
    ]
    assert major == 18


def test_a_named_folder_without_postgres_is_refused(folder, tmp_path):
    answer = call("up", folder, PORTAL_PG_BIN=str(tmp_path))
    assert answer.returncode == 1
    assert f"PORTAL_PG_BIN={tmp_path}" in answer.stderr


def test_long_and_unusual_paths_move_only_the_sockets(monkeypatch, tmp_path):
    monkeypatch.setattr(services, "servant", lambda: services.Servant(os.geteuid(), os.getegid(), lent=False))
    short = services.locate("/srv/p")
    assert (short.home, short.sockets) == (Path("/srv/p"), Path("/srv/p/servers"))
    for asked in ("/srv/" + "x" * 90, "/srv/门户 演示"):
        state = services.locate(asked)
        assert state.home == Path(asked)
        assert len(os.fsencode(state.redis_socket)) < 107
        assert services.PLAIN_PATH.fullmatch(str(state.sockets))


def test_a_socket_folder_of_another_user_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "taken"
    path.mkdir()
    state = services.State(tmp_path, tmp_path, path, services.Servant(12345, 12345, lent=False))
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    if owner == 0:
        os.chown(path, 54321, 54321)
    with pytest.raises(services.TroubleError, match="属于其他用户"):
        state.folder(path, servant_owned=False)


def test_secrets_are_made_once_and_completed(monkeypatch, plain_environment, tmp_path):
    state = services.State(
        tmp_path, tmp_path, tmp_path, services.Servant(os.geteuid(), os.getegid(), lent=False)
    )
    state.app.mkdir()
    first = services.local_secrets(state)
    assert len(set(first.values())) == 3
    (state.app / "secrets.env").write_text(f"PORTAL_EVENT_KEY={first['PORTAL_EVENT_KEY']}\n")
    second = services.local_secrets(state)
    assert second["PORTAL_EVENT_KEY"] == first["PORTAL_EVENT_KEY"]
    assert second["PORTAL_FIELD_KEY"] != first["PORTAL_FIELD_KEY"]
    assert services.local_secrets(state) == second


def test_a_left_over_socket_is_not_a_server(tmp_path):
    path = Path(tmp_path, "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    assert path.exists()
    assert not services.listening(path)


def test_a_finished_process_is_not_alive():
    process = subprocess.Popen([shutil.which("true") or "true"])
    deadline = time.monotonic() + 5
    while services.process_alive(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.wait()


@pytest.mark.parametrize("name", ["services", "indexes"])
def test_standard_library_only(name):
    """-S leaves out installed packages, -I the project folder."""
    script = f"import runpy; runpy.run_path('portal/local/{name}.py')"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, cwd=standin.PROJECT, timeout=30)
