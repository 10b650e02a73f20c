"""Finding and running the cases of `./dev bench`; imported inside Odoo's shell."""

import contextlib
import importlib.util
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "bench"


def discover(folder=FOLDER):
    """The cases of a folder by name: functions called case_NAME."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, value in vars(module).items():
            if name.startswith("case_") and callable(value):
                found[name.removeprefix("case_")] = value
    return found


def measure(env, names):
    """Run the named cases, or all, each rolled back; return (case, figure, value, limit) rows."""
    rows = []
    for name, case in discover().items():
        if names and name not in names:
            continue
        try:
            rows += [(name, *figure) for figure in case(env)]
        finally:
            env.cr.rollback()
            env.invalidate_all(flush=False)
    return rows


class Measurement:
    """What a measured block took; filled in when the block ends."""

    queries = 0
    seconds = 0.0


@contextlib.contextmanager
def measured(env):
    """Count the queries and the time of a block, what it left unwritten included."""
    env.flush_all()
    result = Measurement()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    yield result
    env.flush_all()
    result.queries = env.cr.sql_log_count - queries
    result.seconds = time.perf_counter() - started
