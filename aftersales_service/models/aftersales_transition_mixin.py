from odoo import api, models
from odoo.exceptions import UserError

# Only code in this process can hold this object: a client cannot send it in a context, so it
# cannot write a state past the action methods.
_TRANSITION = object()


class AftersalesGuardMixin(models.AbstractModel):
    """What a module works out or sets itself is not taken from clients."""

    _name = "aftersales.guard.mixin"
    _description = "After-sales Guard"
    _creatable_fields = set()

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


class AftersalesTransitionMixin(models.AbstractModel):
    """A document whose ``state`` changes through action methods only (design rule 5).

    The inheriting model defines ``state`` and:

    * ``_transitions``: dict of state → tuple of states it may become;
    * ``_initial_states``: states a record may be created in;
    * ``_frozen_fields``: dict of state → set of field names that no longer change in that state
      (what was signed, issued or posted, J04);
    * ``_guard_readonly``: True when fields that are ``readonly`` in Python are never taken from
      clients: the ORM itself hides them in forms only.
    """

    _name = "aftersales.transition.mixin"
    _inherit = ["aftersales.guard.mixin"]
    _description = "After-sales State Machine"
    _transitions = {}
    _initial_states = ("draft",)
    _frozen_fields = {}
    _guard_readonly = False
    _creatable_fields = {"name", "state"}

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_readonly_guarded():
            # An import may bring its own numbers.
            self._check_readonly(set().union(*vals_list) - self._creatable_fields)
            self = self._without_readonly_defaults()
        records = super().create(vals_list)
        if self.env.context.get("aftersales_transition") is not _TRANSITION:
            for record in records:
                if record.state not in self._initial_states:
                    raise UserError(
                        self.env._(
                            "%(record)s: the status cannot be “%(state)s” on creation. Leave the "
                            "status empty and use the buttons of the document.",
                            record=record.display_name,
                            state=record._get_state_label(record.state),
                        )
                    )
        return records

    def write(self, vals):
        if self.env.context.get("aftersales_transition") is not _TRANSITION:
            if "state" in vals and any(record.state != vals["state"] for record in self):
                raise UserError(
                    self.env._(
                        "%(record)s: the status is changed with the buttons of the document, not "
                        "by writing it.",
                        record=self[:1].display_name,
                    )
                )
            self._check_frozen(vals)
            if self._is_readonly_guarded():
                self._check_readonly(vals.keys() - {"state"})
        return super().write(vals)

    def copy_data(self, default=None):
        return super().copy_data({"state": self._initial_states[0], **(default or {})})

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

    def _check_frozen(self, vals):
        """Raise when ``vals`` touches what the state of a record has frozen."""
        if not self._frozen_fields:
            return
        for record in self:
            frozen = self._frozen_fields.get(record.state, set()) & vals.keys()
            if frozen:
                labels = [
                    self._fields[name].get_description(self.env)["string"]
                    for name in sorted(frozen)
                ]
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s: %(fields)s can no longer be changed.",
                        record=record.display_name,
                        state=record._get_state_label(record.state),
                        fields=", ".join(labels),
                    )
                )

    def _get_state_label(self, state):
        """Return the label of ``state`` in the user's language."""
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    def _ensure_transition(self, new_state):
        """Raise UserError for the first record that may not become ``new_state``."""
        for record in self:
            if new_state not in self._transitions.get(record.state, ()):
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s and cannot become %(new_state)s.",
                        record=record.display_name,
                        state=record._get_state_label(record.state),
                        new_state=record._get_state_label(new_state),
                    )
                )

    def _set_state(self, new_state, **values):
        """Move all records to ``new_state`` and write ``values`` with it, when allowed for each."""
        self._ensure_transition(new_state)
        self._write_past_guard(dict(values, state=new_state))

    def _past_guard(self):
        """Return self without the guard: for action methods, after their own checks."""
        return self.with_context(aftersales_transition=_TRANSITION)

    def _write_past_guard(self, values):
        """Write what the guard refuses to clients: for action methods, after their own checks."""
        self._past_guard().write(values)
