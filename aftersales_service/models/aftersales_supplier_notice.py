from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

SENT_FIELDS = {
    "company_id",
    "ticket_id",
    "partner_id",
    "product_id",
    "part_serial",
    "description",
    "evidence",
    "file_ids",
    "asks_technician",
}


class AftersalesSupplierNotice(models.Model):
    """A supplier is told that its part failed, asked for an answer by a day, and to send its
    technician when needed (T06). What it answers decides on the recovery of our cost (F07).
    """

    _name = "aftersales.supplier.notice"
    _description = "Notice to a Supplier"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "aftersales.files.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_due, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name", "serial", "part_serial"]
    _number_sequence = "aftersales.supplier.notice"
    _guard_readonly = True
    _file_fields = ("file_ids",)
    _transitions = {
        "draft": ("sent", "cancelled"),
        "sent": ("answered", "cancelled"),
        "answered": ("sent", "closed"),
        "cancelled": ("draft",),
        "closed": ("answered",),
    }
    _frozen_fields = dict.fromkeys(("sent", "answered", "closed", "cancelled"), SENT_FIELDS)

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket", required=True, index=True, check_company=True, tracking=True
    )
    asset_id = fields.Many2one(related="ticket_id.asset_id", store=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial", string="Machine's Serial", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        index="btree_not_null",
        tracking=True,
        help="Who is written to: the supplier or a contact there.",
    )
    supplier_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Supplier's Company",
        store=True,
        index="btree_not_null",
    )
    candidate_note = fields.Text(
        string="Possible Suppliers",
        readonly=True,
        copy=False,
        help="Who may have supplied the part, and what speaks for each.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Faulty Part",
        index="btree_not_null",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Empty: the machine itself.",
    )
    part_serial = fields.Char(string="Part's Serial", help="As it stands on the part.")
    description = fields.Text(
        string="Fault",
        compute="_compute_description",
        store=True,
        readonly=False,
        precompute=True,
        help="For the supplier, in words it understands.",
    )
    evidence = fields.Text(
        compute="_compute_description", store=True, readonly=False, precompute=True
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_supplier_notice_file_rel",
        "notice_id",
        "attachment_id",
        string="Photos and Documents",
        bypass_search_access=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        tracking=True,
    )
    date_sent = fields.Datetime(string="Sent on", readonly=True, copy=False)
    date_due = fields.Date(string="Answer Due", copy=False, index="btree_not_null", tracking=True)
    date_reminded = fields.Date(readonly=True, copy=False)
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    date_answered = fields.Datetime(string="Answered on", readonly=True, copy=False)
    answer = fields.Selection(
        [("accepted", "Accepted"), ("partly", "Partly accepted"), ("refused", "Refused")],
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    answer_note = fields.Text(
        string="What They Say", copy=False, help="Grounds, what they pay, what they send."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    asks_technician = fields.Boolean(
        string="Ask for Their Technician", help="The supplier is asked to send a technician."
    )
    visit_date = fields.Datetime(
        string="Their Technician Comes", copy=False, tracking=True, help="As agreed with them."
    )
    visit_name = fields.Char(string="Technician's Name", copy=False)
    visit_outcome = fields.Text(
        string="What Was Found", copy=False, help="The outcome of their technician's visit."
    )
    visit_state = fields.Selection(
        [("asked", "Asked for"), ("agreed", "Agreed"), ("done", "Was here")],
        string="Their Technician",
        compute="_compute_visit_state",
        store=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a notice to a supplier must be unique per company."
    )
    _live_uniq = models.UniqueIndex(
        "(ticket_id, COALESCE(supplier_id, 0)) WHERE state NOT IN ('closed', 'cancelled')",
        "This supplier was told of this ticket already: open that notice.",
    )
    _due_idx = models.Index("(date_due) WHERE state = 'sent'")

    @api.depends("ticket_id")
    def _compute_product_id(self):
        for notice in self:
            notice.product_id = notice.ticket_id.part_id or notice.product_id

    @api.depends("ticket_id")
    def _compute_description(self):
        for notice in self:
            ticket = notice.ticket_id
            texts = [ticket.subject, ticket.symptom_id.name, ticket.cause_id.name]
            notice.description = notice.description or "\n".join(text for text in texts if text)
            notice.evidence = notice.evidence or ticket.attribution_note

    @api.depends("asks_technician", "visit_date", "visit_outcome")
    def _compute_visit_state(self):
        for notice in self:
            notice.visit_state = (
                ("done" if notice.visit_outcome else False)
                or ("agreed" if notice.visit_date else False)
                or ("asked" if notice.asks_technician else False)
            )

    @api.depends("state", "date_due")
    @api.depends_context("uid")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for notice in self:
            due = notice.date_due
            notice.is_overdue = notice.state == "sent" and bool(due) and due < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "sent") & Domain("date_due", "<", "today")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for notice in self.filtered(lambda n: n.date_sent):
            raise UserError(
                self.env._(
                    "%(notice)s was sent to the supplier and is kept. Cancel or close it instead.",
                    notice=notice.name,
                )
            )
