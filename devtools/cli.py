"""The command line of ./dev."""

import argparse
import importlib
import sys

from . import reset, setup
from .errors import DevError, from_os_error
from .progress import say

DESCRIPTION = "Developer commands of the after-sales addons; see README.md."


def parser():
    """The parser of all commands."""
    main_parser = argparse.ArgumentParser(prog="./dev", description=DESCRIPTION)
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="serve Odoo with the addons and demo data")
    up.add_argument("--port", type=int, default=8069)
    _add_database_commands(commands)
    commands.add_parser("odoo", help="Odoo's own command line with this checkout's configuration")
    _add_checking_commands(commands)
    reset = commands.add_parser("reset", help="stop our servers and remove all that ./dev made")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return main_parser


def _add_checking_commands(commands):
    """The commands that check the addons."""
    test = commands.add_parser("test", help="run every test, or those the pytest arguments name")
    _add_test_options(test)
    lint = commands.add_parser("lint", help="all linters")
    lint.add_argument("--quick", action="store_true", help="only those that need no database")
    commands.add_parser("pot", help="write the addons' translation templates")
    bench = commands.add_parser("bench", help="measure queries and ratios of times")
    bench.add_argument("cases", nargs="*", metavar="CASE")
    shots = commands.add_parser("shots", help="screenshots of the main views as each role")
    shots.add_argument("outdir", nargs="?")
    shots.add_argument("--role", action="append", help="only this login (can be repeated)")


def _add_test_options(test):
    """What `test` does not leave to pytest."""
    test.add_argument("--keep-db", action="store_true", help="keep the databases of the run")
    test.add_argument(
        "--jobs",
        type=_positive,
        help="processes that share the tests out (as many as cores; for chosen tests one)",
    )


def _positive(text):
    """A whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not above zero")
    return number


def _add_database_commands(commands):
    """The commands about databases."""
    db = commands.add_parser("db", help="create, list and drop databases")
    actions = db.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="a new database with the addons installed")
    create.add_argument("name")
    create.add_argument("--no-demo", action="store_true", help="without demo data")
    create.add_argument("--lang", metavar="CODE", help="also load a language, zh_CN say")
    create.add_argument("--bare", action="store_true", help="only Odoo's modules, not our addons")
    drop = actions.add_parser("drop", help="drop a database and its files")
    drop.add_argument("name")
    actions.add_parser("list", help="the databases of this checkout")


def parse(arguments):
    """Parse a command line; `odoo` and `test` pass on what is not theirs."""
    if arguments[:1] == ["odoo"]:
        return argparse.Namespace(command="odoo", rest=arguments[1:])
    if arguments[:1] == ["test"] and arguments[1:2] not in (["-h"], ["--help"]):
        test = argparse.ArgumentParser(prog="./dev test", add_help=False, allow_abbrev=False)
        _add_test_options(test)
        options, rest = test.parse_known_args(arguments[1:])
        return argparse.Namespace(command="test", rest=rest, **vars(options))
    return parser().parse_args(arguments)


def main(arguments):
    """Run one command; problems are told in a paragraph, with their cure."""
    try:
        options = parse(arguments)
        if options.command == "reset":
            return reset.run(options.yes)
        if not setup.inside_environment():
            setup.ensure()
            setup.continue_inside(arguments)
        commands = importlib.import_module("devtools.commands")
        return commands.run(options)
    except DevError as error:
        say(f"\n✗ {error.problem}\n  {error.cure}")
        return 1
    except OSError as error:
        known = from_os_error(error)
        if not known:
            raise
        say(f"\n✗ {known.problem}\n  {known.cure}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted; the next run continues where this one was.")
        return 130
    finally:
        sys.stdout.flush()
