"""The PostgreSQL server: the one the PG* variables name, else an embedded one.

The embedded server belongs to this checkout (see `postgres_place`), listens on no port, and
runs while some ./dev command needs it. Each such command holds a shared lock; the last one to
leave stops the server, however the others ended.
"""

import fcntl
import os
import shutil
import subprocess
from contextlib import closing, contextmanager

import psycopg2

from . import paths
from . import postgres_place as place
from .errors import DevError
from .process import run_logged

ROLE = "odoo"
VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD")
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


def identity():
    """What tells this server from another one that may be used at another time."""
    return ":".join(os.environ.get(name, "") for name in ("PGHOST", "PGHOSTADDR", "PGPORT"))


def environment():
    """The environment for programs that connect to the server."""
    inherited = {k: v for k, v in os.environ.items() if k != "PGDATABASE"}
    if is_external():
        return inherited
    return {**inherited, "PGHOST": str(place.socket_folder()), "PGUSER": ROLE}


def connect(database="postgres"):
    """A connection in autocommit mode, to be closed by the caller."""
    settings = {"user": ROLE, "host": str(place.socket_folder())} if not is_external() else {}
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
        arguments = ["-D", place.data_folder(), "-m", "fast", "-w", "stop"]
        run_logged(place.command("pg_ctl", *arguments), "postgres-stop.log", cwd="/")


def is_up():
    """Whether the embedded server runs."""
    if not (place.data_folder() / "postmaster.pid").exists():
        return False
    command = place.command("pg_ctl", "-D", place.data_folder(), "status")
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0


def _ensure_started():
    """Make the embedded server's data if there are none, and start it."""
    place.prepare_outside()
    data = place.data_folder()
    if not (data / "PG_VERSION").exists():
        _initialise()
    if is_up():
        return
    _write_settings()
    arguments = ["-D", data, "-l", data / "server.log", "-w", "-t", "60", "start"]
    run_logged(place.command("pg_ctl", *arguments), "postgres-start.log", cwd="/")
    with closing(_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")


def _superuser():
    """A connection as the embedded server's own superuser."""
    connection = psycopg2.connect(
        dbname="postgres", user="postgres", host=str(place.socket_folder())
    )
    connection.autocommit = True
    return connection


def _initialise():
    """Make the data folder beside its place, then move it there."""
    building = place.data_folder().with_suffix(".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    place.give_to_server(building)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    run_logged(
        place.command("initdb", "-D", building, *options, *locale), "postgres-init.log", cwd="/"
    )
    building.rename(place.data_folder())


def _write_settings():
    """Write our settings; they are kept apart from the file initdb made."""
    place.make_socket_folder()
    ours = place.data_folder() / "dev.conf"
    ours.write_text(SETTINGS.format(socket_folder=place.socket_folder()))
    ours.chmod(0o644)
    main = place.data_folder() / "postgresql.conf"
    if "include 'dev.conf'" not in main.read_text():
        with open(main, "a", encoding="utf-8") as file:
            file.write("\ninclude 'dev.conf'\n")


def _check_external():
    """Raise a clear error unless the server of the PG* variables is fit for use."""
    try:
        connection = connect()
    except psycopg2.OperationalError as error:
        raise DevError(
            "The database server named by the PG* variables is not reachable: "
            + " ".join(str(error).split()),
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
