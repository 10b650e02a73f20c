"""Running a case of `./dev bench`; imported inside Odoo's shell."""

import contextlib
import importlib
import time

from . import bench


def measure(env, name):
    """Run the named case; return (case, figure, value, limit) rows."""
    module = importlib.import_module(f"tests.bench.{bench.discover()[name].stem}")
    return [(name, *figure) for figure in getattr(module, f"case_{name}")(env)]


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
