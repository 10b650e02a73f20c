"""Checks that only read the addons' files."""

import ast
import csv
from pathlib import Path

from lxml import etree

from .. import paths

MODEL_BASES = ("Model", "TransientModel")


def _files(pattern):
    """The addons' files of one kind."""
    for addon in paths.addons():
        yield from sorted((paths.ROOT / addon).rglob(pattern))


def _name(path):
    """A file's name within the repository."""
    return str(Path(path).relative_to(paths.ROOT))


def xml_files():
    """XML files that cannot be parsed."""
    found = []
    for path in _files("*.xml"):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            found.append(f"{_name(path)}: {error}")
    return found


def csv_files():
    """CSV files with rows of different lengths, no header or an id used twice."""
    found = []
    for path in _files("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        if not rows or "id" not in rows[0]:
            found.append(f"{_name(path)}:1: no header with a column «id»")
            continue
        seen = set()
        for number, row in enumerate(rows[1:], 2):
            found += [f"{_name(path)}:{number}: {what}" for what in _row_faults(rows[0], row, seen)]
    return found


def _row_faults(header, row, seen):
    """What is wrong with one row of a CSV file."""
    if len(row) != len(header):
        return [f"{len(row)} columns, but the header has {len(header)}"]
    identifier = row[header.index("id")]
    if not identifier or identifier in seen:
        return [f"the id «{identifier}» is empty or used twice"]
    seen.add(identifier)
    return []


def access_rights():
    """Models without a row in their addon's ir.model.access.csv."""
    found = []
    for addon in paths.addons():
        granted = _granted(paths.ROOT / addon / "security" / "ir.model.access.csv")
        for path in sorted((paths.ROOT / addon).rglob("*.py")):
            if "tests" in path.parts:
                continue
            for model, line in _models(ast.parse(path.read_text(encoding="utf-8"))):
                if "model_" + model.replace(".", "_") not in granted:
                    found.append(f"{_name(path)}:{line}: {model} has no access rights")
    return found


def _granted(path):
    """External ids of the models an access file names, without their module."""
    if not path.exists():
        return set()
    with open(path, encoding="utf-8", newline="") as file:
        return {(row.get("model_id:id") or "").split(".")[-1] for row in csv.DictReader(file)}


def _models(tree):
    """Names and lines of the concrete models that a module defines."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
        attributes = _constants(node)
        name, inherited = attributes.get("_name"), attributes.get("_inherit", [])
        extends = [inherited] if isinstance(inherited, str) else list(inherited)
        if name and name not in extends and bases.intersection(MODEL_BASES):
            yield name, node.lineno


def _constants(class_node):
    """The attributes of a class body whose values are literals."""
    found = {}
    for statement in class_node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
            except ValueError:
                continue
    return found


def test_imports():
    """Test files of an addon that its tests/__init__.py does not import."""
    found = []
    for addon in paths.addons():
        folder = paths.ROOT / addon / "tests"
        if not folder.is_dir():
            found.append(f"{addon}: has no tests")
            continue
        imported = _imported(folder / "__init__.py")
        for path in sorted(folder.glob("*.py")):
            if path.stem.startswith("test_") and path.stem not in imported:
                found.append(f"{_name(path)}: not imported in tests/__init__.py, so never run")
    return found


def _imported(path):
    """Names a module imports from its own package."""
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports for alias in node.names} | {
        node.module for node in imports if node.module
    }
