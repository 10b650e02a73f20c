"""Odoo's configuration file and command line in this checkout."""

import os
import signal
import subprocess
import threading

from . import odoo_source, paths, postgres, virtualenv
from .errors import DevError

# Nothing is ever mailed out: port 9 of this machine takes no mail. All tests run in one process,
# which takes more memory than Odoo allows a server.
CONFIGURATION = """\
; Written by ./dev on every run; changes here are lost.
[options]
addons_path = {addons_path}
data_dir = {data_dir}
http_interface = 127.0.0.1
workers = 0
max_cron_threads = 1
smtp_server = 127.0.0.1
smtp_port = 9
screenshots = {screenshots}
limit_memory_hard = 0
"""


def write_configuration():
    """Write the configuration file that every Odoo of this checkout reads.

    It is never half written: another Odoo may be reading it.
    """
    ours = [paths.ROOT] if paths.addons() else []
    folders = [*ours, *odoo_source.addons_folders(virtualenv.linked_odoo())]
    text = CONFIGURATION.format(
        addons_path=",".join(map(str, folders)),
        data_dir=paths.ODOO_DATA,
        screenshots=paths.DEV / "screenshots",
    )
    temporary = paths.ODOO_CONF.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    temporary.write_text(text)
    temporary.rename(paths.ODOO_CONF)


def environment():
    """The environment of Odoo: our configuration file and our database server."""
    return {**postgres.environment(), "ODOO_RC": str(paths.ODOO_CONF)}


def command(*arguments):
    """The command line that runs Odoo with some arguments."""
    return [str(paths.VENV_PYTHON), "-W", "ignore", "-m", "odoo", *map(str, arguments)]


def run(arguments):
    """Run Odoo in the foreground, with our input and output; return its exit code."""
    write_configuration()
    with postgres.running():
        process = subprocess.Popen(command(*arguments), env=environment())
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, previous)


def run_script(database, script, log_name):
    """Run a Python script in Odoo's shell; raise DevError when it fails."""
    write_configuration()
    path = paths.LOGS / log_name
    with open(path, "w", encoding="utf-8") as log:
        done = subprocess.run(
            command("shell", "-d", database, "--no-http", "--log-level=warn"),
            input=script,
            text=True,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment(),
            check=False,
        )
    output = path.read_text(encoding="utf-8")
    if done.returncode or "Traceback (most recent call last)" in output:
        last = output.strip().rsplit("\n", 1)[-1]
        raise DevError(f"A script in the database «{database}» failed: {last}", f"See {path}.")
