"""`./dev bench`: queries per record and ratios of times, never bare seconds.

A case is a function `case_NAME(env)` in tests/bench/*.py. It returns figures as a list of
(name, value, limit or None) and may change the database as it likes, and commit: each case has a
copy of the template of its own.
"""

import json
import os
import re

from . import databases, odoo_command, paths, postgres, templates
from .progress import step

RUNNER = """
import json, sys
sys.path.insert(0, {root!r})
from devtools import bench_cases
with open({target!r}, "w") as file:
    json.dump(bench_cases.measure(env, {case!r}), file)
"""
FOLDER = paths.ROOT / "tests" / "bench"


def discover(folder=FOLDER):
    """Return {name of a case: its file} of the functions called case_NAME in a folder."""
    return {
        name: path
        for path in sorted(folder.glob("*.py"))
        for name in re.findall(r"^def case_(\w+)", path.read_text(), re.MULTILINE)
    }


def run(cases):
    """Run the named cases, or all; print a table; return 1 when a figure is over its limit."""
    chosen = [name for name in discover() if not cases or name in cases]
    with postgres.running():
        template = templates.ensure(demo=False) if chosen else None
        return report([figure for case in chosen for figure in _measure(template, case)])


def _measure(template, case):
    """Run the case in Odoo's shell, in a copy of the template; return its figures."""
    target = paths.RUN / "bench.json"
    target.unlink(missing_ok=True)
    script = RUNNER.format(root=str(paths.ROOT), target=str(target), case=case)
    name = f"aftersales_bench_{os.getpid()}"
    databases.copy(template, name)
    try:
        with step(f"Measuring {case}"):
            odoo_command.run_script(name, script, "bench.log")
    finally:
        databases.drop(name)
    return json.loads(target.read_text())


def report(figures):
    """Print the figures as a table; return the exit code."""
    if not figures:
        print("No such case; the cases are the functions case_NAME in tests/bench/*.py.")
        return 1
    over = 0
    print(f"{'case':<28} {'figure':<44} {'value':>9} {'limit':>9}")
    for case, name, value, limit in figures:
        too_much = limit is not None and value > limit
        over += too_much
        shown = "" if limit is None else f"{limit:.2f}"
        print(f"{case:<28} {name:<44} {value:>9.2f} {shown:>9}{'  OVER' if too_much else ''}")
    return 1 if over else 0
