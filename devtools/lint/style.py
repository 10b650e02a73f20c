"""Ruff and pylint-odoo with the project's configuration."""

import subprocess

from .. import odoo_command, paths


def ruff():
    """Ruff over all Python of the repository."""
    return _lines([str(paths.VENV / "bin" / "ruff"), "check", "--quiet", "--output-format=concise"])


def pylint_odoo():
    """Pylint-odoo over the addons."""
    if not paths.addons():
        return []
    python = str(paths.VENV_PYTHON)
    return _lines([python, "-m", "pylint", "--rcfile=.pylintrc", *paths.addons()])


def _lines(command):
    """Run a checker in the checkout; its lines are the problems."""
    done = subprocess.run(
        command,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        env=odoo_command.environment(),
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("***")]
    if done.returncode and not lines:
        lines = done.stderr.strip().splitlines()[-3:]
    return lines
