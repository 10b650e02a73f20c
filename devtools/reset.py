"""`./dev reset`: stop our servers and remove the folder with all that ./dev made."""

import os
import shutil
import signal
import time
from pathlib import Path

from . import paths, postgres_place
from .errors import DevError
from .progress import say

STOP_SECONDS = 20


def run(confirmed):
    """Remove everything after asking; the checkout itself is not touched."""
    if not paths.DEV.exists():
        say(f"There is nothing to remove: no {paths.DEV}.")
        return 0
    _check_folder(paths.DEV)
    if not confirmed and not _ask():
        say("Nothing was removed.")
        return 1
    for pid in our_processes():
        _stop(pid)
    shutil.rmtree(paths.DEV)
    shutil.rmtree(postgres_place.outside_folder(), ignore_errors=True)
    say(f"Removed {paths.DEV}; the next ./dev up sets up anew.")
    return 0


def _check_folder(folder):
    """Refuse to remove a folder that ./dev did not make."""
    if folder in (paths.ROOT, *paths.ROOT.parents) or not (folder / "stamps").is_dir():
        raise DevError(
            f"{folder} does not look like a folder of ./dev.",
            "Check AFTERSALES_DEV_DIR, or remove the folder yourself.",
        )


def _ask():
    """Ask whether to go on; no terminal means no."""
    try:
        answer = input(f"Remove {paths.DEV} with all its databases? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def our_processes():
    """Process numbers of the Odoo and PostgreSQL servers that run from our folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        if _is_odoo(process) or _is_postgres(process):
            found.append(int(process.name))
    return found


def _is_odoo(process):
    """Whether a process is an Odoo or a test run of our virtual environment."""
    if not _read(process / "cmdline").startswith(bytes(paths.VENV_PYTHON)):
        return False
    return f"ODOO_RC={paths.ODOO_CONF}".encode() in _read(process / "environ").split(b"\0")


def _is_postgres(process):
    """Whether a process is the main process of our PostgreSQL."""
    words = _read(process / "cmdline").split(b"\0")
    folders = (paths.DEV / "postgres", postgres_place.outside_folder() / "data")
    return words[0].endswith(b"/postgres") and any(bytes(folder) in words for folder in folders)


def _read(path):
    """A file of /proc, or nothing when it is not for us to read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _stop(pid):
    """Ask a process to end (PostgreSQL: fast) and wait for it."""
    is_database = _is_postgres(Path(f"/proc/{pid}"))
    try:
        os.kill(pid, signal.SIGINT if is_database else signal.SIGTERM)
    except ProcessLookupError:
        return
    limit = time.monotonic() + STOP_SECONDS
    while _read(Path(f"/proc/{pid}/cmdline")) and time.monotonic() < limit:
        time.sleep(0.1)
