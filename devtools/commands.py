"""What each command does, once the virtual environment is there."""

from . import (
    bench,
    databases,
    lint,
    odoo_command,
    paths,
    postgres,
    server,
    shots,
    templates,
    testing,
)
from .lint import database_checks
from .progress import say


def run(options):
    """Run a parsed command; return the exit code."""
    paths.prepare()
    return COMMANDS[options.command](options)


def _up(options):
    return server.up(options.port)


def _odoo(options):
    return odoo_command.run(options.rest)


def _db(options):
    with postgres.running():
        return DATABASE_ACTIONS[options.action](options)


def _db_create(options):
    layer = "odoo" if options.bare else "addons"
    templates.create(options.name, demo=not options.no_demo, lang=options.lang, layer=layer)
    say(f"Database «{options.name}» is ready: ./dev odoo -d {options.name}")
    return 0


def _db_drop(options):
    databases.check_name(options.name)
    there = databases.exists(options.name)
    databases.drop(options.name)
    say(f"Database «{options.name}» {'dropped' if there else 'was not there'}.")
    return 0


def _db_list(_options):
    for name, megabytes in databases.names():
        print(f"{name:<40} {megabytes:>6} MB")
    return 0


def _test(options):
    return testing.run(options.rest, keep_databases=options.keep_db, jobs=options.jobs)


def _lint(options):
    return lint.run(quick=options.quick)


def _pot(_options):
    with postgres.running():
        database_checks.translation_templates(fix=True)
    return 0


def _bench(options):
    return bench.run(options.cases)


def _shots(options):
    return shots.run(options.outdir, options.role)


COMMANDS = {
    "up": _up,
    "odoo": _odoo,
    "db": _db,
    "test": _test,
    "lint": _lint,
    "pot": _pot,
    "bench": _bench,
    "shots": _shots,
}
DATABASE_ACTIONS = {"create": _db_create, "drop": _db_drop, "list": _db_list}
