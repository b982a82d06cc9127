"""Prints pip's index configuration as variables of uv, which reads none of pip's. For `eval`; never shown."""

import ast
import os
import shlex
import subprocess
import sys

# pip's option, uv's variable, what joins several values there
SAME = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("cert", "SSL_CERT_FILE", ""),
)


def pip_options(listing: str) -> dict[str, str]:
    """Options of `pip config list`; sections by pip's precedence: environment over install over global."""
    order = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.strip().rpartition(".")
        if section not in order or not value:
            continue
        try:
            text = str(ast.literal_eval(value.strip()))
        except (SyntaxError, ValueError):
            continue
        if option not in found or order[section] >= found[option][0]:
            found[option] = (order[section], text)
    return {option: text for option, (_, text) in found.items()}


def uv_variables(options: dict[str, str]) -> dict[str, str]:
    """uv's variables for these options. All indexes count alike, as for pip; hashes say what is right."""
    wanted = {
        variable: joint.join(options[name].split()) for name, variable, joint in SAME if options.get(name)
    }
    if "UV_DEFAULT_INDEX" in wanted or "UV_INDEX" in wanted:
        wanted["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return wanted


def main() -> int:
    """Print export lines; nothing when pip has no configuration. What is already set stands."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    for variable, value in uv_variables(pip_options(listing)).items():
        if variable not in os.environ:
            sys.stdout.write(f"export {variable}={shlex.quote(value)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
