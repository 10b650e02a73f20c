from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesLabourOperation(models.Model):
    """A piece of work that dealers claim, with the time it takes on each machine (D07).

    The most specific time counts: the machine's own, else that of its nearest category, else the
    operation's general one.
    """

    _name = "aftersales.labour.operation"
    _description = "Labour Operation"
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    code = fields.Char(required=True, copy=False, index="trigram")
    name = fields.Char(required=True, translate=True)
    hours = fields.Float(
        string="General Time (Hours)",
        help="Where no machine or category has a time of its own. Zero sets no limit.",
    )
    time_ids = fields.One2many(
        "aftersales.labour.operation.time", "operation_id", string="Standard Times", copy=True
    )
    time_count = fields.Integer(compute="_compute_time_count")
    product_id = fields.Many2one(
        "product.product",
        string="Service",
        index="btree_not_null",
        domain="[('type', '=', 'service')]",
        help="The service whose category says to which account the labour is booked.",
    )
    instructions = fields.Html(help="What belongs to it and what does not: the dealer reads it.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "There is an operation with this code already."
    )
    _hours_positive = models.Constraint(
        "CHECK(hours >= 0 AND hours < 10000)",
        "The standard time of an operation is a number of hours, zero or more, below 10,000.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = " ".join(filter(None, (operation.code, operation.name)))

    @api.depends("time_ids")
    def _compute_time_count(self):
        for operation in self:
            operation.time_count = len(operation.time_ids)

    @api.model
    def _get_hours_for(self, pairs):
        """Return {(operation, product): standard hours or None} in a constant number of queries.

        :param pairs: iterable of (operation, product.product); the product may be empty
        """
        pairs = set(pairs)
        # Standard times decide on claims of dealers, who need not see the catalogue itself.
        operations = self.browse({operation.id for operation, __ in pairs}).sudo()
        own, by_category = {}, {}
        for time in operations.time_ids:
            if time.product_tmpl_id:
                own[time.operation_id.id, time.product_tmpl_id.id] = time.hours
            else:
                by_category[time.operation_id.id, time.categ_id.id] = time.hours
        return {
            # sudo: as above; categories of operation and product choose the time.
            (operation, product): operation.sudo()._choose_hours(product.sudo(), own, by_category)
            for operation, product in pairs
        }

    def _choose_hours(self, product, own, by_category):
        """Return the most specific time of the operation for ``product``, or None.

        :param dict own: {(operation id, product template id): hours}
        :param dict by_category: {(operation id, category id): hours}
        """
        self.ensure_one()
        if (self.id, product.product_tmpl_id.id) in own:
            return own[self.id, product.product_tmpl_id.id]
        path = [int(part) for part in (product.categ_id.parent_path or "").split("/") if part]
        for category_id in reversed(path):
            if (self.id, category_id) in by_category:
                return by_category[self.id, category_id]
        return self.hours or self.product_id.standard_hours or None


class AftersalesLabourOperationTime(models.Model):
    """The time of one operation on a machine, or on all machines of a category (D07)."""

    _name = "aftersales.labour.operation.time"
    _description = "Standard Time"
    _order = "operation_id, product_tmpl_id, categ_id, id"

    operation_id = fields.Many2one(
        "aftersales.labour.operation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="operation_id.company_id", store=True, index=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Machine", index="btree_not_null", ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", string="Machine Category", index="btree_not_null", ondelete="cascade"
    )
    hours = fields.Float(string="Standard Time (Hours)", required=True)

    _machine_uniq = models.UniqueIndex(
        "(operation_id, COALESCE(product_tmpl_id, 0), COALESCE(categ_id, 0))",
        "The operation has a time for this machine or category already.",
    )
    _hours_positive = models.Constraint(
        "CHECK(hours > 0 AND hours < 10000)",
        "A standard time is above zero and below 10,000 hours. Delete the line instead.",
    )

    @api.constrains("operation_id", "product_tmpl_id", "categ_id")
    def _check_machine(self):
        for time in self:
            if bool(time.product_tmpl_id) == bool(time.categ_id):
                raise ValidationError(
                    self.env._(
                        "%(operation)s: choose either a machine or a category of machines for each "
                        "standard time.",
                        operation=time.operation_id.display_name,
                    )
                )
