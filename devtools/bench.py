"""`./dev bench`: queries per record and ratios of times, never bare seconds.

A case is a function `case_NAME(env)` in tests/bench/*.py. It returns figures as a list of
(name, value, limit or None) and may change the database as it likes: each case works in a
transaction that is rolled back, in a copy of the template.
"""

import json
import os

from . import databases, odoo_command, paths, postgres, templates
from .progress import step

RUNNER = """
import json, sys
sys.path.insert(0, {root!r})
from devtools import bench_cases
with open({target!r}, "w") as file:
    json.dump(bench_cases.measure(env, {cases!r}), file)
"""


def run(cases):
    """Run the named cases, or all; print a table; return 1 when a figure is over its limit."""
    with postgres.running():
        name = f"aftersales_bench_{os.getpid()}"
        databases.copy(templates.ensure(demo=False), name)
        try:
            return report(_measure(name, cases))
        finally:
            databases.drop(name)


def _measure(name, cases):
    """Run the cases in Odoo's shell and return their figures."""
    target = paths.RUN / "bench.json"
    target.unlink(missing_ok=True)
    script = RUNNER.format(root=str(paths.ROOT), target=str(target), cases=list(cases))
    with step("Measuring"):
        odoo_command.run_script(name, script, "bench.log")
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
