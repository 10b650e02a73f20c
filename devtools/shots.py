"""`./dev shots`: screenshots of the main views as each role, for looking at."""

import contextlib
import html
import os
import shutil
import socket
from pathlib import Path

from . import databases, paths, postgres, server, shots_browser, system, templates
from .errors import DevError
from .logins import LOGINS
from .progress import say, step

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def run(outdir, roles):
    """Take all screenshots; return 1 when a page showed an error."""
    system.require("chromium")
    target = Path(outdir).resolve() if outdir else paths.SHOTS
    wanted = [login for login, _role, _place in LOGINS if not roles or login in roles]
    problems = []
    with postgres.running(), _demo_server() as address:
        for login in wanted:
            shutil.rmtree(target / login, ignore_errors=True)
            with step(f"Screenshots as {login}"):
                problems += _as_user(address, login, target / login)
    index = write_index(target)
    for problem in problems:
        print(f"    {problem}")
    say(f"\n{len(problems)} problems seen. All screenshots: {index}")
    return 1 if problems else 0


def _as_user(address, login, folder):
    """Take one user's screenshots: on a desktop, the technician's on a phone as well."""
    if login in ("customer", "dealer"):
        return shots_browser.crawl_portal(address, login, folder, DESKTOP)
    problems = shots_browser.crawl_client(address, login, folder, DESKTOP)
    if login == "technician":
        problems += shots_browser.crawl_client(address, login, folder / "phone", PHONE)
    return problems


@contextlib.contextmanager
def _demo_server():
    """A server of its own on a copy of the demo template; yields its address."""
    name = f"aftersales_shots_{os.getpid()}"
    databases.copy(templates.ensure(demo=True), name)
    port = _free_port()
    with open(paths.LOGS / "shots.log", "w", encoding="utf-8") as log:
        process = server.start(name, port, log)
        try:
            if not server.wait_until_it_answers(process, port):
                raise DevError("Odoo did not start.", f"Its log is in {log.name}.")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()
            databases.drop(name)


def _free_port():
    """A port nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_index(target):
    """Write a page with all screenshots; return its path."""
    lines = ["<!doctype html><meta charset='utf-8'><title>Screenshots</title>"]
    for picture in sorted(target.rglob("*.png")):
        name = html.escape(str(picture.relative_to(target)))
        lines.append(f"<h3>{name}</h3><img src='{name}' style='max-width:100%'>")
    index = target / "index.html"
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_text("\n".join(lines), encoding="utf-8")
    return index
