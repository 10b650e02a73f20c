from odoo import api, models, tools

POLICY, TARGET = "aftersales.sla.policy", "aftersales.sla.target"


class AftersalesSlaPolicy(models.Model):
    """Policies and their targets are read for each new ticket: in one query each (S01, S03)."""

    _inherit = "aftersales.sla.policy"

    @api.model
    def _get_fetched_fields(self):
        """Return the names of the columns that matching and its explanation read."""
        names = {"name", "active", "company_id", *self._get_condition_fields()}
        return [name for name in names if self._fields[name].column_type]

    @api.model
    def _get_sla_relations(self):
        """Return the names of the x2many fields read for each ticket, by model."""
        names = self._get_condition_fields()
        return {
            POLICY: sorted(name for name in names if self._fields[name].type == "many2many"),
            TARGET: ["pause_stage_ids"],
        }

    @api.model
    @tools.ormcache()
    def _get_unused_relations(self):
        """Return {model: names of relations that no record of it has anything in}.

        Whatever fills one comes through ``create`` or ``write`` of policies and targets.
        """
        return {
            model: tuple(
                name
                for name in names
                # sudo: records of all companies count.
                if not self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search_count([(f"{name}.id", "!=", False)], limit=1)
            )
            for model, names in self._get_sla_relations().items()
        }

    @api.model
    def _forget_unused(self):
        """Forget which relations are empty: something may have been put into one."""
        self.env.registry.clear_cache()

    def _fill_unused(self, records):
        """Put into the cache that the empty relations of ``records`` are empty."""
        for name in self._get_unused_relations()[records._name]:
            records._fields[name]._insert_cache(records, [()] * len(records))

    def _fetch_targets(self):
        """Read the targets of the policies into the cache, in one query."""
        targets = self.env[TARGET]
        names = [name for name, field in targets._fields.items() if field.store]
        names = [name for name in names if targets._fields[name].column_type]
        targets = targets.search_fetch([("policy_id", "in", self.ids)], names)
        by_policy = targets.grouped("policy_id")
        values = [by_policy.get(policy, targets.browse())._ids for policy in self]
        self._fields["target_ids"]._insert_cache(self, values)
        self._fill_unused(targets)

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self._forget_unused()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._get_sla_relations()[POLICY]):
            self._forget_unused()
        return result


class AftersalesSlaTarget(models.Model):
    _inherit = "aftersales.sla.target"

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        self.env[POLICY]._forget_unused()
        return targets

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self.env[POLICY]._get_sla_relations()[TARGET]):
            self.env[POLICY]._forget_unused()
        return result


class AftersalesSlaEscalation(models.Model):
    _inherit = "aftersales.sla.escalation"

    @api.model
    @tools.ormcache()
    def _get_percent_target_ids(self):
        """Return the ids of the targets with a step at a share of the time."""
        # sudo: clocks start whoever makes the ticket.
        return frozenset(self.sudo().search([("trigger", "=", "percent")]).target_id._ids)

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        self.env.registry.clear_cache()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if {"trigger", "target_id"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
