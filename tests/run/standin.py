"""A small project with the real `run` and `portal/local`, and stand-ins for what they start."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

MANAGE = """
import os, sys
print("progress", sys.argv[1], file=sys.stderr)
if sys.argv[1] == "demo_accounts":
    print("role account password")
elif sys.argv[1] in ("calculate", "answer"):
    print("answer", sys.stdin.read().strip(), os.environ["DATABASE_URL"])
elif sys.argv[1] == "fail":
    raise SystemExit(int(sys.argv[2]))
elif sys.argv[1] == "wait":
    import time
    print("waiting", flush=True)
    time.sleep(60)
elif sys.argv[1] == "collectstatic":
    os.makedirs(os.environ["PORTAL_STATE_DIR"] + "/static", exist_ok=True)
elif sys.argv[1] == os.environ.get("BREAK_COMMAND"):
    raise SystemExit("broken on purpose")
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ready"]
"""
CELERY = """
import os
from celery import Celery
path = os.environ["REDIS_URL"].removeprefix("unix://").split("?")[0]
app = Celery("portal", broker=f"redis+socket://{path}?virtual_host=0")
"""


def build(folder: Path) -> Path:
    """Make the project; its .venv borrows this interpreter's packages and is stamped as installed."""
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "run", folder / "run")
    shutil.copytree(
        PROJECT / "portal/local", folder / "portal/local", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "portal/__init__.py").touch()
    (folder / "portal/wsgi.py").write_text(WSGI)
    (folder / "portal/celery.py").write_text(CELERY)
    (folder / "portal/settings").mkdir()
    (folder / "portal/settings/__init__.py").touch()
    (folder / "portal/settings/dev.py").write_text('SECRET_KEY = "stand-in"\n')
    (folder / "manage.py").write_text(MANAGE)
    (folder / "static").mkdir()
    (folder / "requirements").mkdir()
    for name in ("base", "test"):
        (folder / f"requirements/{name}.txt").touch()
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / ".venv")})
    Path(packages, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    version = sys.version.split()[0]
    stamp = f"{hashlib.sha256(b'').hexdigest()}  - {version} {folder / '.venv'}"
    for name in ("base", "test"):
        (folder / f".venv/.stamp-{name}").write_text(stamp)
    return folder


def environment(**more: str) -> dict[str, str]:
    """The environment without what an outer `./run test` exported."""
    ours = ("PORTAL_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


def run(folder: Path, *words: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script to its end."""
    return subprocess.run(
        [folder / "run", *words],
        check=False,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(**more),
    )
