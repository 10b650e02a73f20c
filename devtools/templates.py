"""Template databases: made once in minutes, copied in seconds.

Two layers, each with and without demo data: Odoo's own modules that the addons depend on, and
on a copy of it the addons. When an addon's files change only the second layer is made again.
"""

import ast
import re

from . import databases, odoo_command, paths, postgres, stamps, virtualenv
from .errors import DevError
from .process import run_logged
from .progress import step

# What does not reach the database: a change there needs no upgrade.
IGNORED = re.compile(r"/(tests|__pycache__|static/description|readme)/|\.pyc$|/README|\.pot$")
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


def addons_digest(addon_names=None):
    """What the addons' part of a database is made from."""
    files = []
    for name in addon_names or paths.addons():
        files += [
            file
            for file in (paths.ROOT / name).rglob("*")
            if file.is_file() and not IGNORED.search(f"/{file.relative_to(paths.ROOT)}")
        ]
    return stamps.digest_files(files)


def dependencies():
    """Odoo's own modules that our addons depend on, for the first layer."""
    ours = paths.addons()
    needed = set()
    for name in ours:
        manifest = (paths.ROOT / name / "__manifest__.py").read_text(encoding="utf-8")
        needed.update(ast.literal_eval(manifest).get("depends", []))
    return sorted(needed.difference(ours)) or ["base"]


def template_name(demo, layer="addons"):
    """The name of a template database."""
    return f"aftersales_template_{layer}{'_demo' if demo else ''}"


def ensure(demo, layer="addons"):
    """Make a template if it is missing or out of date; return its name."""
    if is_current(demo, layer):
        return template_name(demo, layer)
    purpose = f"making the template database «{template_name(demo, layer)}»"
    with stamps.exclusive(purpose, _building(demo)):
        if layer == "addons":
            _make_addons_layer(demo)
        else:
            _make_odoo_layer(demo)
    return template_name(demo, layer)


def is_current(demo, layer="addons"):
    """Whether a template is there and was made from what is there now."""
    name = template_name(demo, layer)
    noted = stamps.read(databases.stamp_name(name)).get("digest")
    return noted == _digest(layer) and databases.exists(name)


def forget(demo):
    """Have the addons' layer of a template made again at the next need."""
    stamps.remove(databases.stamp_name(template_name(demo)))


def _digest(layer):
    """What a template is made from."""
    odoo = stamps.digest(postgres.identity(), virtualenv.linked_odoo(), *dependencies())
    return odoo if layer == "odoo" else stamps.digest(odoo, addons_digest())


def _make_odoo_layer(demo):
    """Install Odoo's modules into a new database."""
    building = _clear(_building(demo))
    title = f"Odoo's modules in a database {'with' if demo else 'without'} demo data"
    arguments = ["-d", building, "-i", ",".join(dependencies())]
    _install(title, arguments, demo, f"install-odoo{'-demo' if demo else ''}.log")
    _finish(building, demo, "odoo")


def _make_addons_layer(demo):
    """Install our addons on a copy of the first layer."""
    if not is_current(demo, "odoo"):
        _make_odoo_layer(demo)
    digest = _digest("addons")
    building = _clear(_building(demo))
    databases.copy(template_name(demo, "odoo"), building)
    if paths.addons():
        title = f"The addons in a database {'with' if demo else 'without'} demo data"
        arguments = ["-d", building, "-i", ",".join(paths.addons())]
        _install(title, arguments, demo, install_log(demo))
    _finish(building, demo, "addons", digest)


def install_log(demo):
    """The name of the log of our addons' installation, which lint reads."""
    return f"install-addons{'-demo' if demo else ''}.log"


def _building(demo):
    """The name of a template that is being made; those with and without demo data may be made
    side by side.
    """
    return f"aftersales_building{'_demo' if demo else ''}"


def _clear(building):
    """Drop what an interrupted run left."""
    databases.drop(building, force=True)
    return building


def _finish(building, demo, layer, digest=None):
    """Give a finished template its name and its stamp."""
    name = template_name(demo, layer)
    databases.drop(name, force=True)
    databases.rename(building, name)
    stamps.write(databases.stamp_name(name), digest=digest or _digest(layer), demo=demo)


def _install(title, arguments, demo, log_name):
    """Run an installation with its progress shown; an error in its log fails it."""
    arguments = [*arguments, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    arguments.append("--with-demo" if demo else "--without-demo")
    run_odoo(title, arguments, log_name)


def run_odoo(title, arguments, log_name):
    """Run Odoo to its end, showing which module it is at."""
    failed = []

    def follow(line):
        found = LOADING.search(line)
        if found:
            progress.tell(f"module {found[2]} of {found[3]}, {found[1]}")
        if re.search(r" (CRITICAL|ERROR) \S+ odoo\.(modules|registry|service)", line):
            failed.append(line.strip())

    odoo_command.write_configuration()
    with step(title) as progress:
        run_logged(
            odoo_command.command(*arguments),
            log_name,
            on_line=follow,
            env=odoo_command.environment(),
        )
        if failed:
            raise DevError(
                f"Odoo could not install the addons: {failed[0]}",
                f"The whole log is in {paths.LOGS / log_name}; correct the addon and run again.",
            )


def create(name, *, demo=True, lang=None, layer="addons"):
    """Make a database from its template."""
    databases.check_name(name)
    if databases.exists(name):
        raise DevError(
            f"There is a database «{name}» already.",
            f"Choose another name, or drop it first: ./dev db drop {name}",
        )
    template = ensure(demo, layer)
    databases.copy(template, name)
    noted = addons_digest() if layer == "addons" else ""
    stamps.write(databases.stamp_name(name), digest=noted, demo=demo)
    if lang:
        load_language(name, lang)


def load_language(name, lang):
    """Load a language into a database and make it everyone's."""
    script = (
        f"lang = env['res.lang'].with_context(active_test=False).search([('code','=',{lang!r})])\n"
        f"assert lang, 'no such language: ' + {lang!r}\n"
        "env['base.language.install'].create({'lang_ids': lang.ids}).lang_install()\n"
        f"env['res.users'].with_context(active_test=False).search([]).partner_id.lang = {lang!r}\n"
        "env.cr.commit()\n"
    )
    with step(f"Language {lang}"):
        odoo_command.run_script(name, script, "language.log")


def upgrade(name):
    """Bring the addons in a database up to date if their files changed since it was made."""
    noted = stamps.read(databases.stamp_name(name))
    digest = addons_digest()
    if noted.get("digest") == digest:
        return
    with stamps.exclusive(f"upgrading the addons in «{name}»"):
        installed = {
            row[0]
            for row in databases.query(
                name, "SELECT name FROM ir_module_module WHERE state = 'installed'"
            )
        }
        present = paths.addons()
        old = [addon for addon in present if addon in installed]
        new = [addon for addon in present if addon not in installed]
        arguments = ["-d", name]
        arguments += ["-u", ",".join(old)] if old else []
        arguments += ["-i", ",".join(new)] if new else []
        demo = noted.get("demo", True)
        _install(f"Upgrade of the addons in «{name}»", arguments, demo, f"upgrade-{name}.log")
    stamps.write(databases.stamp_name(name), digest=digest, demo=demo)
