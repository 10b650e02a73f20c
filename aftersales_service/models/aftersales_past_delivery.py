from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

CRON = "aftersales_service.ir_cron_past_delivery"


class AftersalesPastDelivery(models.Model):
    """Makes the assets of deliveries that were before the addons, or before a product became an
    asset (W03): previewed, in batches by a cron, stopped and run again at any time.
    """

    _name = "aftersales.past.delivery"
    _description = "Past Deliveries"
    _inherit = ["aftersales.transition.mixin"]
    _order = "id desc"
    _guard_readonly = True
    _transitions = {
        "draft": ("running",),
        "running": ("stopped", "done"),
        "stopped": ("running",),
        "done": ("running",),
    }
    _frozen_fields = dict.fromkeys(
        ("running", "stopped", "done"),
        {"company_id", "date_from", "date_to", "product_ids", "categ_ids", "partner_ids"},
    )

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(string="Delivered from")
    date_to = fields.Date(string="Delivered until")
    product_ids = fields.Many2many("product.product", string="Products")
    categ_ids = fields.Many2many("product.category", string="Categories")
    partner_ids = fields.Many2many("res.partner", string="Customers")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("stopped", "Stopped"), ("done", "Done")],
        string="Status",
        required=True,
        default="draft",
    )
    user_id = fields.Many2one("res.users", string="Started by", readonly=True, copy=False)
    run = fields.Integer(readonly=True, copy=False, help="How often it was run from the start.")
    date_started = fields.Datetime(string="Started on", readonly=True, copy=False)
    date_done = fields.Datetime(string="Finished on", readonly=True, copy=False)
    line_ids = fields.One2many(
        "aftersales.past.delivery.line", "past_delivery_id", string="Preview", readonly=True
    )
    batch_ids = fields.One2many(
        "aftersales.past.delivery.batch", "past_delivery_id", string="Batches", readonly=True
    )
    problem_ids = fields.One2many(
        "aftersales.past.delivery.problem", "past_delivery_id", string="Problems", readonly=True
    )
    found_count = fields.Integer(string="Found", readonly=True, copy=False)
    todo_count = fields.Integer(string="To Make", readonly=True, copy=False)
    handled_count = fields.Integer(string="Looked at", compute="_compute_counts")
    made_count = fields.Integer(string="Made", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    problem_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")

    _dates_ordered = models.Constraint(
        "CHECK(date_to >= date_from)",
        "Past deliveries: “Delivered until” is before “Delivered from”. Correct one of them.",
    )

    @api.depends("company_id", "date_from", "date_to")
    def _compute_display_name(self):
        for job in self:
            period = " – ".join(
                fields.Date.to_string(date) for date in (job.date_from, job.date_to) if date
            )
            job.display_name = (
                self.env._("Deliveries %s", period) if period else self.env._("All deliveries")
            )

    def _compute_counts(self):
        names = ("handled", "made", "skipped", "problems")
        groups = self.env["aftersales.past.delivery.batch"]._read_group(
            [("past_delivery_id", "in", self.ids)],
            ["past_delivery_id", "run"],
            [f"{name}:sum" for name in names],
        )
        sums = {(job, run): values for job, run, *values in groups}
        made = {}
        for (job, __), values in sums.items():
            made[job] = made.get(job, 0) + values[1]
        for job in self:
            handled, __, skipped, problems = sums.get((job, job.run), (0, 0, 0, 0))
            job.handled_count = handled
            job.made_count = made.get(job, 0)
            job.skipped_count = skipped
            job.problem_count = problems
            share = 100.0 * handled / job.found_count if job.found_count else 0.0
            job.progress = 100.0 if job.state == "done" else min(share, 100.0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda job: job.state != "draft")
        if started:
            raise UserError(
                self.env._(
                    "%(job)s was started on %(date)s and is kept as a record of what it made.",
                    job=started[0].display_name,
                    date=started[0].date_started,
                )
            )

    def _get_move_domain(self):
        """Return the domain of the done moves that reached a customer, in what was chosen."""
        self.ensure_one()
        domain = Domain(
            [
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
                ("product_id.is_asset", "=", True),
                ("location_dest_id", "any", self._get_customer_place_domain()),
                "!",
                ("location_id", "any", self._get_customer_place_domain()),
            ]
        )
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        if self.categ_ids:
            domain &= Domain("product_id.categ_id", "child_of", self.categ_ids.ids)
        if self.partner_ids:
            domain &= Domain("sale_line_id.order_id.partner_id", "child_of", self.partner_ids.ids)
        return domain

    @api.model
    def _get_customer_place_domain(self):
        """Domain of what ``stock.location._is_aftersales_customer`` says."""
        return Domain("usage", "=", "customer") | (
            Domain("usage", "=", "transit") & Domain("company_id", "=", False)
        )

    def action_preview(self):
        """Count what there is by product and month; nothing is made."""
        self.check_access("write")
        for job in self:
            # Service managers need no rights on stock; they see counts.
            units = job.sudo()._count_units()
            job._write_past_guard(
                {
                    "line_ids": [
                        fields.Command.clear(),
                        *(fields.Command.create(vals) for vals in units),
                    ],
                    "found_count": sum(vals["found"] for vals in units),
                    "todo_count": sum(vals["todo"] for vals in units),
                }
            )

    def action_start(self):
        """Start, resume or repeat the run; a cron does the work at once, so that the user may go
        on with something else.
        """
        self.check_access("write")
        self._check_manager()
        for job in self:
            if job.state != "stopped":
                job.action_preview()
                job._write_past_guard({"run": job.run + 1})
        self._set_state(
            "running",
            user_id=self.env.user.id,
            date_started=fields.Datetime.now(),
            date_done=False,
        )
        # Service managers may not read crons.
        self.env.ref(CRON).sudo()._trigger()

    def action_stop(self):
        """Stop after the batch at work; what was made stays."""
        self.check_access("write")
        self._check_manager()
        self._set_state("stopped")

    def action_refresh(self):
        """Show where the run is now."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_assets(self):
        """Open the assets that the run made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(action, domain=[("past_delivery_id", "in", self.ids)], context={})

    def _check_manager(self):
        """Raise for those who may not make assets by the thousand."""
        if not self.env.su and not self.env.user.has_group(
            "aftersales_service.group_aftersales_manager"
        ):
            raise UserError(
                self.env._(
                    "%s: only a service manager makes the assets of past deliveries. Ask one.",
                    self[:1].display_name,
                )
            )
