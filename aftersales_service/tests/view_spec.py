"""What the web client asks the server for when it opens a view; for tests and benchmarks."""

from lxml import etree

ALWAYS = ("True", "1")


def get_specification(model, view_type, view_id=False):
    """Return the specification with which the client reads ``model`` (with its user) for a view."""
    views = model.get_views([(view_id, view_type)])
    node = etree.fromstring(views["views"][view_type]["arch"])
    return _specify(node, model)


def _specify(view, model):
    """Return the specification of the fields of a view, those of views within included."""
    specification = {}
    for node in _fields_of(view):
        field = model._fields[node.get("name")]
        hidden = node.get("invisible") in ALWAYS or node.get("column_invisible") in ALWAYS
        wanted = {}
        if field.type in ("many2one", "reference"):
            wanted = {"fields": {} if hidden else {"display_name": {}}}
        elif field.type in ("one2many", "many2many") and not hidden:
            wanted = _specify_lines(node, model.env[field.comodel_name])
        specification[field.name] = wanted
    return specification


def _specify_lines(node, comodel):
    """Return what is read of the lines of a field."""
    for view_type in ("list", "kanban"):
        for view in node.findall(view_type):
            return {"fields": _specify(view, comodel), "limit": 40}
    return {"fields": {"display_name": {}}} if node.get("widget") else {}


def _fields_of(node):
    """The field nodes of a view without those of the views within."""
    for child in node:
        if child.tag == "field":
            yield child
        else:
            yield from _fields_of(child)
