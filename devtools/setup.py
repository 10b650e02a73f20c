"""Bringing a fresh checkout to the point where Odoo can start; run by any Python 3.11."""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from . import odoo_source, paths, stamps, system, virtualenv
from .errors import DISK_FULL_CURE, DevError
from .progress import say

NEEDED_MEGABYTES = 3000


def ensure():
    """Make what is missing: Odoo, the virtual environment, programs of the system."""
    paths.prepare()
    odoo = odoo_source.locate()
    if odoo and virtualenv.is_ready():
        _link(odoo)
        return
    with stamps.exclusive("setting up"):
        _check_disk()
        say("Setting up (a few minutes the first time; an interrupted set-up continues).")
        odoo = _make_all(odoo)
        _link(odoo)


def _make_all(odoo):
    """Do the downloads side by side; return the folder of Odoo."""
    with ThreadPoolExecutor() as pool:
        programs = pool.submit(system.install_missing)
        fetched = None if odoo else pool.submit(odoo_source.fetch)
        environment = None if virtualenv.is_ready() else pool.submit(virtualenv.make)
        for job in (fetched, environment, programs):
            if job:
                job.result()
    system.warn_if_missing()
    return odoo or fetched.result()


def _link(odoo):
    """Let the virtual environment import this Odoo, if it does not already."""
    if stamps.read("odoo-link") != {"folder": str(odoo), "python": str(paths.VENV)}:
        virtualenv.link_odoo(odoo)


def _check_disk():
    """Stop early when the disk cannot hold a set-up."""
    free = shutil.disk_usage(paths.DEV).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise DevError(f"The disk is nearly full: {free} MB free in {paths.DEV}.", DISK_FULL_CURE)


def inside_environment():
    """Whether this process runs in the virtual environment."""
    return sys.prefix == str(paths.VENV)


def continue_inside(arguments):
    """Replace this process by ./dev in the virtual environment."""
    sys.stderr.flush()
    script = str(paths.ROOT / "dev")
    os.execv(paths.VENV_PYTHON, [str(paths.VENV_PYTHON), script, *arguments])
