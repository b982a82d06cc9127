"""pytest plugin of `./run test`: names the checks before pytest that failed, above pytest's closing line."""

import os


def pytest_terminal_summary(terminalreporter) -> None:
    """Without this a green closing line would hide why the command ends with 1."""
    failed = os.environ.get("PORTAL_FAILED_CHECKS", "")
    if failed:
        terminalreporter.section("checks failed", red=True, bold=True)
        terminalreporter.line(f"未通过的检查（输出见上文） / failed before pytest: {failed}")
