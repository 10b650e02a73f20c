"""Running other programs: output to a log file, failures explained."""

import collections
import ctypes
import signal
import subprocess

from . import paths
from .errors import DevError, diagnose

TAIL_LINES = 15
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def run_logged(command, log_name, *, on_line=None, outlive=False, **popen_options):
    """Run a command with its output in logs/LOG_NAME; raise DevError when it fails.

    If ./dev is killed, so is the command, unless it is one that should `outlive` it.
    """
    log_path = paths.LOGS / log_name
    tail = collections.deque(maxlen=200)
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            preexec_fn=None if outlive else die_with_parent,
            **popen_options,
        )
        with process:
            for line in process.stdout:
                log.write(line)
                tail.append(line.rstrip())
                if on_line:
                    on_line(line)
    if process.returncode:
        raise _failure(command, process.returncode, list(tail), log_path)


def _failure(command, code, tail, log_path):
    """The error for a failed command: its known cause, or the end of its output."""
    known = diagnose("\n".join(tail))
    if known:
        return known
    end = "\n".join("    " + line for line in tail[-TAIL_LINES:])
    name = " ".join(str(part) for part in command[:3])
    return DevError(
        f"The command «{name} …» failed with exit code {code}. Its last lines were:\n{end}\n",
        f"The whole output is in {log_path}; put right what it names and run again.",
    )


def die_with_parent():
    """For Popen's preexec_fn: let the kernel end this child if ./dev itself is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
