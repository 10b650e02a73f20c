"""Marks of finished steps, and the lock that keeps two set-ups apart.

A stamp holds the digest of what the step was made from. It is written only when the step is
finished, into a temporary file that is then renamed, so a step that was interrupted has none
and is done again.
"""

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager

from . import paths
from .errors import DevError


def digest(*parts):
    """A short digest of some texts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(str(part).encode() + b"\0")
    return whole.hexdigest()[:20]


def digest_files(files):
    """A short digest of the names and contents of some files."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()[:20]


def read(name):
    """The content of a stamp, or {} when the step was never finished."""
    try:
        return json.loads((paths.STAMPS / f"{name}.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}


def write(name, **content):
    """Mark a step as finished."""
    paths.STAMPS.mkdir(parents=True, exist_ok=True)
    target = paths.STAMPS / f"{name}.json"
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, indent=1))
    temporary.rename(target)


def remove(name):
    """Forget that a step was finished."""
    (paths.STAMPS / f"{name}.json").unlink(missing_ok=True)


def names(prefix):
    """Names of the stamps that begin with a prefix."""
    return sorted(file.stem for file in paths.STAMPS.glob(f"{prefix}*.json"))


@contextmanager
def exclusive(purpose, name="setup"):
    """Hold a lock; a second ./dev that needs it gets a clear error."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    with open(paths.RUN / f"{name}.lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise _another_instance(lock.read()) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {purpose}")
        lock.flush()
        yield


def _another_instance(holder):
    """The error when someone else holds the lock."""
    return DevError(
        f"Another instance of ./dev is running here ({holder or 'it has just begun'}).",
        "Wait until it is done and run again; if it hangs, end it with kill and its process "
        "number: the next run repairs what it left.",
    )
