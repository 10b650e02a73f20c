"""Databases: creating, copying with their files, dropping; no knowledge of what is in them."""

import contextlib
import os
import re
import shutil

from psycopg2 import errors, sql

from . import paths, postgres, stamps
from .errors import DevError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
RESERVED = ("postgres", "template0", "template1")


def check_name(name):
    """Raise a clear error for a name Odoo or PostgreSQL would refuse."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise DevError(
            f"«{name}» cannot be the name of a database.",
            "Use letters, digits, dot, dash and underscore, beginning with a letter or digit.",
        )


@contextlib.contextmanager
def _cursor():
    """A cursor on the server's maintenance database."""
    with contextlib.closing(postgres.connect()) as connection, connection.cursor() as cursor:
        yield cursor


def exists(name):
    """Whether there is a database of this name."""
    with _cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def names():
    """Names and sizes in MB of the databases of our role."""
    with _cursor() as cursor:
        cursor.execute(
            "SELECT datname, pg_database_size(oid) / 1048576 FROM pg_database "
            "WHERE datdba = current_user::regrole AND NOT datistemplate ORDER BY 1"
        )
        return cursor.fetchall()


def filestore(name):
    """The folder of a database's files."""
    return paths.ODOO_DATA / "filestore" / name


def copy(source, target):
    """Copy a database and its files; the files are never changed in place, so links do."""
    with _cursor() as cursor:
        try:
            cursor.execute(_statement("CREATE DATABASE {} TEMPLATE {}", target, source))
        except errors.DuplicateDatabase:
            raise DevError(
                f"There is a database «{target}» already.",
                f"Choose another name, or drop it first: ./dev db drop {target}",
            ) from None
        except errors.ObjectInUse:
            raise _in_use(source) from None
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), copy_function=_link)


def _link(source, target):
    """Put a file in a second place: as a hard link where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def rename(source, target):
    """Rename a database and its files."""
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).is_dir():
        filestore(source).rename(filestore(target))
    with _cursor() as cursor:
        cursor.execute(_statement("ALTER DATABASE {} RENAME TO {}", source, target))


def drop(name, force=False):
    """Drop a database, its files and what we noted about it, if it is there.

    `force` ends the connections a killed run may have left.
    """
    statement = "DROP DATABASE IF EXISTS {}" + (" WITH (FORCE)" if force else "")
    stamps.remove(stamp_name(name))
    with _cursor() as cursor:
        try:
            cursor.execute(_statement(statement, name))
        except errors.ObjectInUse:
            raise _in_use(name) from None
    shutil.rmtree(filestore(name), ignore_errors=True)


def stamp_name(name):
    """The name of the stamp that notes from what a database was made."""
    return f"db-{name}"


def _in_use(name):
    """The error for a database someone is connected to."""
    return DevError(
        f"The database «{name}» is in use.",
        "Stop the Odoo that serves it (Ctrl-C in its terminal), then run again.",
    )


def _statement(template, *identifiers):
    """An SQL statement with quoted names."""
    return sql.SQL(template).format(*map(sql.Identifier, identifiers))


def query(name, statement, parameters=()):
    """Rows of a query in one database, [] when it has no such table."""
    with contextlib.closing(postgres.connect(name)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(statement, parameters)
        except errors.UndefinedTable:
            return []
        return cursor.fetchall()
