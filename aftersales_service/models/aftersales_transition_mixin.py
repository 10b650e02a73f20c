from odoo import api, models
from odoo.exceptions import UserError

from .aftersales_guard_mixin import _TRANSITION


class AftersalesTransitionMixin(models.AbstractModel):
    """A document whose ``state`` changes through action methods only (design rule 5).

    The inheriting model defines ``state`` and:

    * ``_transitions``: dict of state → tuple of states it may become;
    * ``_initial_states``: states a record may be created in;
    * ``_frozen_fields``: dict of state → set of field names that no longer change in that state
      (what was signed, issued or posted, J04).
    """

    _name = "aftersales.transition.mixin"
    _inherit = ["aftersales.guard.mixin"]
    _description = "After-sales State Machine"
    _transitions = {}
    _initial_states = ("draft",)
    _frozen_fields = {}
    _creatable_fields = {"name", "state"}

    @api.model_create_multi
    def create(self, vals_list):
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
        return super().write(vals)

    def _get_stateful_fields(self):
        return super()._get_stateful_fields() | {"state"}

    def copy_data(self, default=None):
        return super().copy_data({"state": self._initial_states[0], **(default or {})})

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

    def _ensure_state_in(self, states, why):
        """Raise UserError “record is state: why” for the first record in none of ``states``.

        :param str why: translated: what can be done only in these states, and the cure
        """
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s: %(why)s",
                        record=record.display_name,
                        state=record._get_state_label(record.state),
                        why=why,
                    )
                )

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
