"""`./dev test`: every test of the repository, by pytest, on fresh databases."""

import os
import signal
import subprocess
from pathlib import Path

from . import databases, odoo_command, paths, postgres, sharing, system, templates
from .progress import say, step

PREFIX = "aftersales_test_"

# Modules of Odoo that the addons work with and do not depend on, and the tests that need them.
OPTIONAL_MODULES = ("sale_mrp", "stock_dropshipping")
OPTIONAL_TESTS = "aftersales_service/tests/test_delivery_optional.py"


def run(arguments, keep_databases=False, jobs=None):
    """Run pytest on copies of the template without demo data; return its exit code."""
    system.require("chromium")
    jobs = jobs or sharing.default_jobs(arguments)
    with postgres.running():
        _drop_left_over()
        name = f"{PREFIX}{os.getpid()}"
        names = [sharing.database(name, worker) for worker in sharing.workers(jobs)]
        template = templates.ensure(demo=False)
        try:
            with step("Fresh databases" if jobs > 1 else "Fresh database"):
                for copy in names:
                    databases.copy(template, copy)
            code = _pytest(name, [*sharing.options(jobs), *arguments])
            # A run of chosen tests is left at that, unless it is these.
            if code == 0 and (not arguments or OPTIONAL_TESTS in arguments):
                code = _with_optional_modules(names[0])
            return code
        finally:
            for copy in names:
                if keep_databases:
                    say(f"Kept the database: ./dev odoo -d {copy}")
                else:
                    databases.drop(copy, force=True)


def _with_optional_modules(name):
    """Install the optional modules into the test database, run the tests that need them."""
    modules = ",".join(OPTIONAL_MODULES)
    options = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    templates.run_odoo(
        f"Optional modules of Odoo: {modules}",
        ["-d", name, "-i", modules, *options],
        "install-optional.log",
    )
    return _pytest(name, [OPTIONAL_TESTS])


def command(name, arguments):
    """The pytest command line for a database."""
    return [
        str(paths.VENV_PYTHON),
        "-m",
        "pytest",
        f"--odoo-config={paths.ODOO_CONF}",
        f"--odoo-database={name}",
        "--odoo-http",
        *arguments,
    ]


def _pytest(name, arguments):
    """Run pytest in the foreground; Ctrl-C reaches it, and we wait for its report."""
    odoo_command.write_configuration()
    environment = odoo_command.environment()
    process = subprocess.Popen(command(name, arguments), env=environment, cwd=paths.ROOT)
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)


def _drop_left_over():
    """Drop the test databases of runs that were killed."""
    for name, _size in databases.names():
        owner = name.removeprefix(PREFIX).split("_")[0]
        if name.startswith(PREFIX) and owner.isdigit() and not Path(f"/proc/{owner}").exists():
            databases.drop(name, force=True)
