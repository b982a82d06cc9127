"""Keys for development and tests: made once, kept in the state folder, never in the repository."""

import os
import secrets
from pathlib import Path


def local_key(state_dir: Path, name: str) -> str:
    """The key `name`, created on first use with mode 0600 so that a second start reads the same one."""
    path = state_dir / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
