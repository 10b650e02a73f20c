"""`./dev lint`: the cheap checks, and those that need a database, in two rows side by side.

Each check returns lines that name what is wrong; no line, no problem.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor

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
    if quick or not paths.addons():
        found = _run_row(QUICK)
    else:
        found = _run_all()
    if found:
        say(f"\n✗ lint: {len(found)} problems.")
        return 1
    say("\n✓ lint: no problems.")
    return 0


def _run_all():
    """Run the checks in two rows of about the same length; return what they found."""
    rows = ((*QUICK, *database_checks.checks(demo=True)), database_checks.checks(demo=False))
    with postgres.running(), ThreadPoolExecutor() as pool:
        return list(itertools.chain(*pool.map(_run_row, rows)))


def _run_row(checks):
    """Run checks one after the other; return what they found."""
    return [line for title, check in checks for line in _run(title, check)]


def _run(title, check):
    """Run one check and print what it found."""
    with step(title):
        found = check()
    if found:
        print("\n".join(f"    {title}: {line}" for line in found), flush=True)
    return found
