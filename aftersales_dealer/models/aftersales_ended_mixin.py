from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesEndedMixin(models.AbstractModel):
    """A document of the dealers' business that is kept for the company's term from its end (T13).

    The inheriting model defines ``_ended_states``, in which nothing is left to do, and
    ``_unrecorded_states``, in which it is no record yet. One that is taken up again (an appeal,
    a reversed notice) has no end until it ends again.
    """

    _name = "aftersales.ended.mixin"
    _description = "Dealer Document Kept for Years"
    _inherit = ["aftersales.retention.mixin"]
    _retention_date = "date_ended"
    _ended_states = ()
    _unrecorded_states = ("draft",)

    date_ended = fields.Datetime(
        string="Ended on",
        compute="_compute_date_ended",
        store=True,
        copy=False,
        help="From then on the years count for which the record is kept.",
    )

    @api.depends("state")
    def _compute_date_ended(self):
        now = fields.Datetime.now()
        for record in self:
            ended = record.state in self._ended_states
            record.date_ended = (record.date_ended or now) if ended else False

    def _get_record_domain(self):
        return Domain("state", "not in", self._unrecorded_states)
