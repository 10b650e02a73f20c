from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesClaimProgress(models.Model):
    """How far a nightly job over the submitted claims came, so that it goes on there (J09)."""

    _name = "aftersales.claim.progress"
    _description = "Progress of a Job over Claims"
    _rec_name = "job"

    job = fields.Char(required=True, readonly=True)
    date_last = fields.Datetime(string="Claims submitted until", readonly=True)
    last_id = fields.Integer(readonly=True, aggregator=None)

    _job_uniq = models.UniqueIndex("(job)", "A job has one row.")

    @api.model
    def _get(self, job):
        """Return the row of ``job`` (str), made when it is missing."""
        return self.search([("job", "=", job)], limit=1) or self.create({"job": job})

    def _next_claims(self, limit):
        """Return the next claims in the order of their submission; moves on."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, date_submitted FROM aftersales_claim"
                " WHERE (date_submitted, id) > (%s, %s) AND date_submitted IS NOT NULL"
                " ORDER BY date_submitted, id LIMIT %s",
                self.date_last or fields.Datetime.to_datetime("1900-01-01"),
                self.last_id,
                limit,
            )
        )
        if rows:
            self.write({"last_id": rows[-1][0], "date_last": rows[-1][1]})
        # sudo: for the nightly jobs, whose figures take in all claims.
        return self.env["aftersales.claim"].sudo().browse(row[0] for row in rows)

    def _step_back(self, hours=24):
        """Go back a little: claims that were being submitted when the job last ran."""
        for progress in self.filtered("date_last"):
            progress.write(
                {
                    "date_last": fields.Datetime.subtract(progress.date_last, hours=hours),
                    "last_id": 0,
                }
            )
