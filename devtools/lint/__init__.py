"""`./dev lint`: the cheap checks first, then those that need a database.

Each check returns lines that name what is wrong; no line, no problem.
"""

from .. import paths, postgres
from ..progress import say, step
from . import database_checks, file_checks, style

QUICK = (
    ("Style (ruff)", style.ruff),
    ("Odoo's idioms (pylint-odoo)", style.pylint_odoo),
    ("XML is well-formed", file_checks.xml_files),
    ("CSV is valid", file_checks.csv_files),
    ("Every model has access rights", file_checks.access_rights),
    ("Every test is imported", file_checks.test_imports),
)


def run(quick=False):
    """Run all checks (or the quick ones) and tell what they found; return the exit code."""
    found = []
    for title, check in QUICK:
        found += _run(title, check)
    if not quick and paths.addons():
        with postgres.running():
            for title, check in database_checks.checks():
                found += _run(title, check)
    if found:
        say(f"\n✗ lint: {len(found)} problems.")
        return 1
    say("\n✓ lint: no problems.")
    return 0


def _run(title, check):
    """Run one check and print what it found."""
    with step(title):
        found = check()
    for line in found:
        print(f"    {line}", flush=True)
    return found
