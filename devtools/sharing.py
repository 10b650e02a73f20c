"""Sharing the tests out among processes, each with a database of its own.

pytest-xdist starts the processes, gives each the next file when it is free, and reports as one
run: one that fails, or ends before its time, fails the whole.
"""

import functools
import os
import re

MOST_PROCESSES = 4
BYTES_PER_PROCESS = 3 * 2**30
STARTS_BROWSER = re.compile(r"\.(start_tour|browser_js)\(")


def default_jobs(arguments):
    """How many processes: as cores and memory allow for all tests, one for chosen ones."""
    if arguments:
        return 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cores = len(os.sched_getaffinity(0))
    return max(1, min(cores, memory // BYTES_PER_PROCESS, MOST_PROCESSES))


def workers(jobs):
    """The names pytest-xdist gives the processes; [None] for a single one without it."""
    return [f"gw{number}" for number in range(jobs)] if jobs > 1 else [None]


def database(name, worker):
    """The name of a process's database in a run whose databases are called ``name``."""
    return f"{name}_{worker}" if worker else name


def options(jobs):
    """Pytest's options for a number of processes.

    The files stay in their order. A process that died is not replaced: its database is in an
    unknown state.
    """
    if jobs == 1:
        return []
    return [f"--numprocesses={jobs}", "--no-loadscope-reorder", "--max-worker-restart=0"]


@functools.cache
def part(path):
    """What a test file belongs to, which one process runs: itself, or all with a browser.

    Two browsers at once would make each other wait for longer than a tour does.
    """
    return "browser" if STARTS_BROWSER.search(path.read_text("utf-8")) else str(path)


def scheduler(config, log):
    """The scheduler of pytest-xdist that gives out part by part."""
    from xdist.scheduler import LoadFileScheduling  # only here: one process does without it

    class Parts(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return part(config.rootpath / super()._split_scope(nodeid))

    return Parts(config, log)
