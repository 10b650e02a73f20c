"""Problems told in one paragraph with their cure, never as a traceback."""

import errno
import re


class DevError(Exception):
    """Something the user can put right: what happened, and the cure."""

    def __init__(self, problem, cure):
        super().__init__(f"{problem} {cure}")
        self.problem = problem
        self.cure = cure


DISK_FULL_CURE = "Free some space (a set-up takes about 3 GB), then run the same command again."
NETWORK_CURE = (
    "Check the network (and proxy settings), then run the same command again: "
    "what was finished is kept."
)

# What other programs print, and what it means; the first match wins.
KNOWN_FAILURES = (
    (r"No space left on device|could not extend file", "The disk is full.", DISK_FULL_CURE),
    (
        r"Temporary failure (in name resolution|resolving)|Could not resolve|"
        r"Name or service not known|Network is unreachable|Failed to establish a new connection|"
        r"Could not connect to|Connection timed out|Cannot initiate the connection|"
        r"No route to host|ProxyError|Unable to connect to",
        "A download failed because there is no network or the server is not reachable.",
        NETWORK_CURE,
    ),
    (
        r"ensurepip is not available|No module named ensurepip|No module named venv",
        "This Python cannot make virtual environments.",
        "On Debian and Ubuntu install the missing part: apt-get install python3-venv",
    ),
    (
        r"Unable to locate package odoo-19|Release 'sid' for 'odoo-19' was not found",
        "The Debian archive this machine uses does not have the package odoo-19.",
        "Get Odoo 19 Community yourself and name its folder: ODOO_PATH=/path/to/odoo ./dev up",
    ),
    (
        r"NO_PUBKEY|EXPKEYSIG|is not signed|The following signatures",
        "The signature of Debian's archive could not be verified.",
        "Update the archive's keys (apt-get install debian-archive-keyring), then run again.",
    ),
)


def diagnose(output):
    """Return the DevError for a known failure in a program's output, else None."""
    for pattern, problem, cure in KNOWN_FAILURES:
        if re.search(pattern, output):
            return DevError(problem, cure)
    return None


def from_os_error(error):
    """Return the DevError for an operating-system error we can explain, else None."""
    if error.errno == errno.ENOSPC:
        return DevError("The disk is full.", DISK_FULL_CURE)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DevError(
            f"No permission to write {error.filename}.",
            "It may belong to another user who ran ./dev here before: run as that user, "
            "or change its owner, or work in a checkout of your own.",
        )
    return None
