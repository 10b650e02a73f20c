from collections import defaultdict

from odoo import api, fields, models

# Of several steps of one clock that are due at once, the last of these is what people are told.
SEVERITY = {"percent": 0, "warning": 1, "breach": 2, "after": 3}


class AftersalesSlaEscalationRun(models.Model):
    """A step that was climbed for a clock: once, ever (S04). Tells who still waits for the digest
    (S07, see ``aftersales_sla_digest.py``).
    """

    _name = "aftersales.sla.escalation.run"
    _description = "SLA Escalation Done"
    _order = "date desc, id desc"

    clock_id = fields.Many2one(
        "aftersales.sla.clock", required=True, index=True, ondelete="cascade", readonly=True
    )
    ticket_id = fields.Many2one(related="clock_id.ticket_id", store=True, index=True)
    company_id = fields.Many2one(related="clock_id.company_id", store=True, index=True)
    escalation_id = fields.Many2one(
        "aftersales.sla.escalation", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    skipped = fields.Boolean(
        readonly=True, help="Its moment was over when the step was added to the ladder."
    )
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)
    pending_user_ids = fields.Many2many(
        "res.users",
        "aftersales_sla_run_pending_rel",
        string="Waiting for the Digest",
        readonly=True,
    )

    _once = models.UniqueIndex(
        "(clock_id, escalation_id)", "A step of escalation is taken once for a clock."
    )

    def _get_worst_runs(self, users_field):
        """Return {user: runs}: of each clock, the worst of these steps that ``users_field`` names
        the user in. After a standstill nobody reads four warnings about one promise.
        """
        worst = defaultdict(dict)
        for run in self.sorted(lambda r: (SEVERITY[r.escalation_id.trigger], r.id)):
            for user in run[users_field]:
                worst[user][run.clock_id] = run
        return {user: self.browse([run.id for run in of.values()]) for user, of in worst.items()}

    def _apply_to_documents(self):
        """Make activities, raise priorities, hand over, without a mail for each document (S07)."""
        runs = self.filtered(lambda run: not run.skipped)
        runs._make_activities()
        for _model, of_model in runs.grouped(lambda r: r.clock_id._get_document()._name).items():
            documents = [(run, run.clock_id._get_document()) for run in of_model]
            empty = documents[0][1].browse()
            # sudo: the step decides, not whoever's action or job made it due.
            raised = empty.union(*(d for r, d in documents if r.escalation_id.raise_priority))
            raised.sudo()._raise_sla_priority()
            of_model._hand_over(documents)
        for (step, users), same in runs.grouped(lambda r: (r.escalation_id, r.user_ids)).items():
            same.clock_id._log(
                "escalate",
                same[0].date,
                self.env._(
                    "%(step)s. Told: %(names)s. %(note)s",
                    step=step.display_name,
                    names=", ".join(users.mapped("name")),
                    note=step.note or "",
                ).strip(),
            )

    def _make_activities(self):
        """Give each person one to-do for each clock."""
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        today = fields.Date.context_today(self)
        models_ = self.env["ir.model"]
        vals_list = []
        asked = self.filtered("escalation_id.make_activity")
        for user, runs in asked._get_worst_runs("user_ids").items():
            for run in runs:
                document = run.clock_id._get_document()
                vals_list.append(
                    {
                        "activity_type_id": activity_type.id,
                        "summary": run._describe(user.lang),
                        "note": run.with_context(lang=user.lang).escalation_id.note,
                        "date_deadline": today,
                        "user_id": user.id,
                        "res_model_id": models_._get_id(document._name),
                        "res_id": document.id,
                    }
                )
        # sudo: a step is taken for documents and people of any company.
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        quiet.create(vals_list)

    def _hand_over(self, documents):
        """Hand the ``documents`` [(run, document)] over where the step says so: to somebody who is
        on duty, else to somebody who is not away, else to nobody.
        """
        asked = [(run, document) for run, document in documents if run.escalation_id.reassign]
        if not asked:
            return
        users = self.user_ids
        there = users - users._get_sla_away()
        on_duty = {c: there._get_sla_on_duty(c) for c in self.company_id}
        handed, refused = defaultdict(list), defaultdict(list)
        for run, document in asked:
            # The managers who were told beside somebody who is away may take it, too.
            free = run.user_ids & there
            user = (free & on_duty[run.company_id])[:1] or free[:1]
            (handed[user] if user else refused[run.user_ids]).append(document)
        for user, found in handed.items():
            # sudo: as above; the person is one that the step names.
            found[0].union(*found).sudo()._hand_over_sla(user)
        for told, found in refused.items():
            lost = found[0].union(*found)
            text = self.env._(
                "Not handed over: %s is away.",
                ", ".join(told.mapped("name")) or self.env._("nobody"),
            )
            # sudo: as above; a note on why the step's hand-over failed.
            lost.sudo()._message_log_batch(bodies=dict.fromkeys(lost.ids, text))

    def _describe(self, lang=None):
        """Return "SLA broken: Technician calls customer" in the language ``lang``."""
        self.ensure_one()
        run = self.with_context(lang=lang or self.env.lang)
        kind = run._get_kind_label()
        # After a standstill of the cron, warning and breach come together: only the breach counts.
        if run.clock_id.state == "breached":
            return run.env._("SLA broken: %s", kind)
        return run.env._("SLA soon due: %s", kind)

    def _get_kind_label(self):
        """Return what was promised, in the language of the context."""
        kinds = dict(self.clock_id._fields["kind"]._description_selection(self.env))
        return kinds[self.clock_id.kind]

    @api.model
    def _get_digest_batch(self):
        """Return how many steps are told of in one run of the job."""
        return 5000
