from odoo import api, models
from odoo.exceptions import UserError

# Only code in this process can hold this object: a client cannot send it in a context, so it
# cannot write a state past the action methods.
_TRANSITION = object()


class AftersalesGuardMixin(models.AbstractModel):
    """What a module works out or sets itself is not taken from clients.

    The inheriting model defines:

    * ``_guard_readonly``: True when fields that are ``readonly`` in Python are never taken from
      clients: the ORM itself hides them in forms only;
    * ``_creatable_fields``: those of them that may be given on creation all the same.
    """

    _name = "aftersales.guard.mixin"
    _description = "After-sales Guard"
    _guard_readonly = False
    _creatable_fields = set()

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_readonly_guarded():
            # An import may bring its own numbers.
            self._check_readonly(set().union(*vals_list) - self._creatable_fields)
            self = self._without_readonly_defaults()
        return super().create(vals_list)

    def write(self, vals):
        if self._is_readonly_guarded():
            self._check_readonly(vals.keys() - self._get_stateful_fields())
        return super().write(vals)

    def _get_stateful_fields(self):
        """Return the names of readonly fields whose writing is checked elsewhere."""
        return set()

    def _is_readonly_guarded(self):
        """Whether what arrives comes from a client and fields of the system are refused."""
        by_action = self.env.context.get("aftersales_transition") is _TRANSITION
        return self._guard_readonly and not self.env.su and not by_action

    def _check_readonly(self, names):
        """Raise when one of ``names`` is a stored field that this module works out or sets."""
        for name in sorted(names):
            if self._is_worked_out(name):
                raise UserError(
                    self.env._(
                        "%(record)s: “%(field)s” is worked out or set by the buttons of the "
                        "document and is not typed in.",
                        record=self[:1].display_name or self._description,
                        field=self._fields[name].get_description(self.env)["string"],
                    )
                )

    def _is_worked_out(self, name):
        """Whether ``name`` is a stored field that the module works out or sets."""
        field = self._fields.get(name)
        return bool(field and field.store and field.readonly)

    def _without_readonly_defaults(self):
        """Return self without the defaults of its context that a client may not set."""
        names = {
            key
            for key in self.env.context
            if key.startswith("default_")
            and self._is_worked_out(key.removeprefix("default_"))
            and key.removeprefix("default_") not in self._creatable_fields
        }
        context = {key: value for key, value in self.env.context.items() if key not in names}
        return self.with_env(self.env(context=context)) if names else self

    def _past_guard(self):
        """Return self without the guard: for action methods, after their own checks."""
        return self.with_context(aftersales_transition=_TRANSITION)

    def _write_past_guard(self, values):
        """Write what the guard refuses to clients: for action methods, after their own checks."""
        self._past_guard().write(values)
