"""`./dev up`: Odoo with the demo database, in the foreground."""

import http.client
import os
import signal
import socket
import subprocess
import time

from . import databases, odoo_command, paths, postgres, stamps, templates
from .errors import DevError
from .logins import LOGINS
from .process import die_with_parent
from .progress import say

DATABASE = "aftersales_demo"
START_SECONDS = 120


def up(port):
    """Serve the demo database until Ctrl-C; harmless when it is being served already."""
    if is_ours(port):
        say("Already up.")
        tell_address(port)
        return 0
    check_port(port)
    with postgres.running():
        if not databases.exists(DATABASE):
            templates.create(DATABASE)
        else:
            templates.upgrade(DATABASE)
        return _serve(port)


def _stamp(port):
    """The name of the stamp of the server on a port."""
    return f"server-{port}"


def is_ours(port):
    """Whether the server on this port is this checkout's own."""
    noted = stamps.read(_stamp(port))
    return bool(noted) and _is_alive(noted["pid"]) and not port_is_free(port)


def _is_alive(pid):
    """Whether a process is still one of our servers."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"ODOO_RC={paths.ODOO_CONF}".encode() in file.read().split(b"\0")
    except OSError:
        return False


def port_is_free(port):
    """Whether nothing listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def check_port(port):
    """Raise a clear error when something else listens on a port."""
    if not 1 <= port <= 65535:
        raise DevError(f"{port} is not a port number.", "Use one from 1024 to 65535.")
    if port < 1024 and os.geteuid() != 0:
        raise DevError(f"Port {port} is for root only.", "Use one from 1024 to 65535.")
    if not port_is_free(port):
        raise DevError(
            f"Port {port} is in use by another program.",
            f"Stop that program, or use another port: ./dev up --port {port + 1}",
        )


def start(database, port, output=None):
    """Start Odoo with one database; return the process."""
    odoo_command.write_configuration()
    return subprocess.Popen(
        odoo_command.command(
            "-d",
            database,
            "--http-port",
            port,
            "--db-filter",
            f"^{database}$",
            "--no-database-list",
        ),
        env=odoo_command.environment(),
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def _serve(port):
    """Run Odoo, tell its address when it answers, and stop it when asked to."""
    process = start(DATABASE, port)
    stamps.write(_stamp(port), pid=process.pid)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: process.terminate())
    try:
        if wait_until_it_answers(process, port):
            tell_address(port)
            say("Ctrl-C stops it.")
        code = process.wait()
    finally:
        stamps.remove(_stamp(port))
    say("Odoo has stopped.")
    return 0 if code in (0, -signal.SIGTERM) else code


def wait_until_it_answers(process, port):
    """Wait for the login page; False when Odoo ended before."""
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        if _answers(port):
            return True
        time.sleep(0.3)
    return False


def _answers(port):
    """Whether the login page can be had."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/web/login")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tell_address(port):
    """Print the address and the demo users."""
    print(f"\nAfter-sales on Odoo 19: http://localhost:{port}/web/login")
    print("Demo users (the password is the login):")
    for login, role, place in LOGINS:
        print(f"  {login:<12} {role} ({place})")
    print(flush=True)
