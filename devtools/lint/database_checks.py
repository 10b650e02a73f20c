"""Checks that need a database with the addons installed."""

import os
import re
import subprocess

from .. import databases, odoo_command, paths, templates
from ..process import run_logged
from . import logs

# The classes of Odoo's own linter that say something about other addons than Odoo's.
TEST_LINT = (
    "TestIndex",
    "TestOnchangeDomains",
    "TestLintOverrideSignatures",
    "ManifestLinter",
    "TestDunderinit",
    "RoutesLinter",
    "TestNaming",
)
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.M)


def checks(demo):
    """The checks of a database with or without demo data, in order of cost."""
    if demo:
        return (("Log of an installation with demo data", lambda: _installation(demo=True)),)
    return (
        ("Log of an installation without demo data", lambda: _installation(demo=False)),
        ("Translation templates are current", translation_templates),
        ("Odoo's own test_lint", test_lint),
    )


def _installation(demo):
    """Warnings that the installation of our addons logged."""
    log = templates.install_log(demo)
    if not (paths.LOGS / log).exists():
        templates.forget(demo)
    templates.ensure(demo)
    return _scan(log)


def _scan(log_name):
    """Problems in a log of ours."""
    text = (paths.LOGS / log_name).read_text(encoding="utf-8")
    return [f"{log_name}: {problem}" for problem in logs.problems(text)]


def translation_templates(fix=False):
    """Addons whose committed .pot is not what Odoo would export; `fix` writes them."""
    template = templates.ensure(demo=False)
    found = []
    for addon in paths.addons():
        exported = _export(template, addon)
        committed = paths.ROOT / addon / "i18n" / f"{addon}.pot"
        if committed.exists() and _content(committed.read_text("utf-8")) == _content(exported):
            continue
        if fix:
            committed.parent.mkdir(exist_ok=True)
            committed.write_text(exported, encoding="utf-8")
        else:
            found.append(f"{addon}/i18n/{addon}.pot is not current: run ./dev pot")
    return found


def _content(text):
    """A translation template without what differs at each export."""
    return DATES.sub("", text)


def _export(database, addon):
    """The translation template of an addon, as text."""
    path = paths.RUN / f"{addon}.pot"
    path.unlink(missing_ok=True)
    odoo_command.write_configuration()
    arguments = ["i18n", "export", "-d", database, "-l", "pot", "-o", path, addon]
    run_logged(
        odoo_command.command(*arguments), f"i18n-{addon}.log", env=odoo_command.environment()
    )
    return path.read_text(encoding="utf-8")


def test_lint():
    """Failures of Odoo's own linter that name our modules."""
    name = f"aftersales_lint_{os.getpid()}"
    databases.copy(templates.ensure(demo=False), name)
    try:
        tags = ",".join(f"/test_lint:{test}" for test in TEST_LINT)
        log = paths.LOGS / "test-lint.log"
        with open(log, "w", encoding="utf-8") as output:
            subprocess.run(
                odoo_command.command(
                    "-d",
                    name,
                    "-i",
                    "test_lint",
                    "--test-tags",
                    tags,
                    "--stop-after-init",
                    "--no-http",
                ),
                env=odoo_command.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if "odoo.tests.result" not in log.read_text(encoding="utf-8"):
            return [f"test_lint did not run: see {log}"]
        return _scan(log.name)
    finally:
        databases.drop(name)
