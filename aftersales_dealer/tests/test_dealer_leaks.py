"""Generic guards over all dealer pages and all models that a dealer may read (D14, J01): a new page
or model is tested without being named here.
"""

import re

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon
from .common_notice import NoticeCommon

# The id of a record of the other dealer in each model: one request asks for all of them.
FAR = 710_000_000
UNKNOWN = 2**30
SECRETS = ("Test Dealer B", "Secret", "FOREIGN-1")
# Parts of names of fields that are for the company's staff.
STAFF_FIELDS = re.compile(
    r"fraud|signal|spot_check|check_draw|supplier_id|internal_|margin|analytic_distribution|"
    r"standard_price|open_matters|^note_staff"
)
STAFF_MODELS = (
    "aftersales.spot.check",
    "aftersales.supplier.recovery",
    "account.account",
    "aftersales.sla.clock",
)


class LeakCommon(ClaimCommon):
    """A machine that two dealers had to do with, and secrets of the company about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_clerk = cls.make_portal_user("t_portal_clerk", cls.dealer_a)
        cls.portal_clerk.partner_id.dealer_role = "clerk"
        cls.portal_a.partner_id.dealer_role = "owner"
        cls.claim = cls.make_submitted(lines=[cls.line_labour(), cls.line_part()])
        cls.part_return = cls.claim._create_part_returns()
        cls.claim.sudo().message_post(body="Secret note", subtype_xmlid="mail.mt_note")
        supplier = cls.env["res.partner"].create({"name": "Secret Supplier"})
        for record in (*cls.claim.line_ids, *cls.part_return.line_ids):
            if "supplier_id" in record._fields:
                record.sudo()._write_past_guard({"supplier_id": supplier.id})
        # What the other dealer did on the same machine.
        other = cls.claim.sudo().copy(
            {"dealer_id": cls.dealer_b.id, "description": "Secret of the other dealer"}
        )
        other._write_past_guard({"state": "submitted"})


@tagged("post_install", "-at_install")
class TestDealerReads(LeakCommon):
    """What a dealer's users read through the API, whatever is asked for."""

    def iter_models(self, user):
        """Yield the models of the suite that ``user`` may read, as the user."""
        env = self.env(user=user)
        for name in sorted(env.registry):
            model = env[name]
            if name.startswith("aftersales.") and not model._abstract and model.has_access("read"):
                yield model

    def test_no_field_is_for_staff(self):
        found = [
            f"{model._name}.{name}"
            for model in self.iter_models(self.portal_a)
            for name, field in model.fields_get(attributes=["relation"]).items()
            if STAFF_FIELDS.search(name) or field.get("relation") in STAFF_MODELS
        ]
        # Clocks are counted, not read: the model is closed to dealers.
        self.assertEqual([name for name in found if not name.endswith(".clock_ids")], [])

    def test_no_value_is_of_others(self):
        for user in (self.portal_a, self.portal_clerk):
            for model in self.iter_models(user):
                records = model.search([])
                if "dealer_id" in model._fields:
                    dealers = records.sudo().dealer_id
                    self.assertLessEqual(dealers, self.dealer_a, f"{model._name} of others")
                for name in model.fields_get():
                    self.check_values(records, name)

    def check_values(self, records, name):
        """Fail when the values of a field, as a client reads them, hold a secret."""
        try:
            with self.cr.savepoint(flush=False):
                values = str(records.read([name], load="_classic_read"))
        except Exception:  # pylint: disable=broad-except  # refused is as good as empty
            return
        for secret in SECRETS:
            self.assertNotIn(secret, values, f"{records._name}.{name} tells {secret}")

    def test_nothing_is_written(self):
        for model in self.iter_models(self.portal_a):
            for operation in ("create", "write", "unlink"):
                with self.subTest(model=model._name, operation=operation):
                    self.assertFalse(model.has_access(operation))

    def test_notes_of_staff_are_not_read(self):
        messages = self.env["mail.message"].with_user(self.portal_a)
        found = messages.search(
            [("model", "=", "aftersales.claim"), ("res_id", "=", self.claim.id)]
        )
        self.assertNotIn("Secret", str(found.mapped("body")))


@tagged("post_install", "-at_install")
class TestDealerRoutes(HttpCase, LeakCommon, NoticeCommon):
    """Every page with an id answers another dealer's as it answers one that is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = {}
        readable = [
            name
            for name in sorted(cls.env.registry)
            if name.startswith("aftersales.") and "dealer_id" in cls.env[name]._fields
            and cls.env[name]._auto and not cls.env[name]._abstract
        ]  # fmt: skip
        for name in (*readable, "ir.attachment"):
            table = cls.env[name]._table
            cls.env.cr.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {FAR}")
        asset = cls.sell_to_dealer("FOREIGN-1", dealer=cls.dealer_b)
        cls.make_card(asset, end_user_name="Secret Person", days_ago=20)
        claim = cls.env["aftersales.claim"].create(
            {
                "dealer_id": cls.dealer_b.id,
                "asset_id": asset.id,
                "date_failure": cls.today,
                "date_repair": cls.today,
                "description": "Secret fault",
                "signed_by": "Secret Person",
                "line_ids": [cls.line_part()],
            }
        )
        claim.line_ids._write_past_guard({"return_required": True, "return_state": "awaiting"})
        cls.env["aftersales.part.return"].create({"dealer_id": cls.dealer_b.id})
        cls.make_ticket(asset, dispatch_dealer_id=cls.dealer_b.id)
        claims = NoticeCommon.make_claim.__func__(cls, 100.0, dealer=cls.dealer_b)
        cls.make_notice(claims, "issued")
        cls.env["ir.attachment"].create(
            {"name": "Secret.png", "raw": b"Secret", "res_model": claim._name, "res_id": claim.id}
        )
        for name in readable:
            record = cls.env[name].sudo().browse(FAR)
            if record.exists() or cls.make_any(name):
                cls.foreign[name] = FAR

    @classmethod
    def make_any(cls, name):
        """Return the id of a record of dealer B of a model that has none, made of what is required;
        False when that is refused.
        """
        model = cls.env[name].sudo()
        vals = {"dealer_id": cls.dealer_b.id}
        for key, field in model._fields.items():
            if not (field.required and field.store) or key in vals or field.default:
                continue
            if field.type == "many2one":
                domain = [("dealer_id", "=", cls.dealer_b.id)]
                comodel = cls.env[field.comodel_name].sudo()
                vals[key] = comodel.search(
                    domain if "dealer_id" in comodel._fields else [], limit=1
                ).id
            elif field.type in ("char", "text", "html"):
                vals[key] = "Secret"
            elif field.type == "selection":
                vals[key] = field.get_values(cls.env)[0]
            elif field.type in ("date", "datetime"):
                vals[key] = cls.today
            elif field.type in ("float", "integer", "monetary"):
                vals[key] = 1
        try:
            with cls.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return model.create(vals).id
        except Exception:  # pylint: disable=broad-except  # such ids are walked as unknown ones
            return False

    def iter_routes(self):
        """Yield (pattern, number of ids, routing) of the dealer pages that take ids; an address
        with a choice of words in it is walked with each of them.
        """
        for rule in self.env["ir.http"].routing_map().iter_rules():
            routing = rule.endpoint.routing
            module = rule.endpoint.original_endpoint.__module__
            ours = module.startswith("odoo.addons.aftersales_dealer.")
            for pattern in self.expand(rule.rule) if ours else ():
                ids = len(re.findall(r"<(?![^>]*:page>)[^>]*>", pattern))
                if ids:
                    yield re.sub(r"<[^>]*>", "%s", pattern), ids, routing

    def expand(self, pattern):
        """Return the addresses of a rule, one for each word that ``<any(…):…>`` stands for."""
        found = re.search(r"<any\(([^)]*)\):[^>]*>", pattern)
        if not found:
            return [pattern]
        before, after = pattern[: found.start()], self.expand(pattern[found.end() :])
        words = [word.strip() for word in found.group(1).split(",")]
        return [f"{before}{word}{rest}" for word in words for rest in after]

    def ask(self, url, method, value):
        """Return what is answered, without what differs from request to request."""
        data = {"csrf_token": self.token, "reason": "x"} if method == "POST" else None
        answer = self.url_open(url, data=data, allow_redirects=False, method=method)
        text = re.sub(r"csrf_token[^>]*?[0-9a-f]{40}o\d*", "", answer.text)
        for secret in SECRETS:
            self.assertNotIn(secret, text, url)
        text = re.sub(rf"\b{value}\b", "ID", re.sub(r'"[0-9a-f]{40,}[^"]*"', "", text))
        location = answer.headers.get("Location", "").replace(str(value), "ID")
        return answer.status_code, location, len(text) if answer.status_code == 200 else ""

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_foreign_ids_are_answered_as_unknown_ones(self):
        before = self.get_stamps()
        for login in ("t_portal_a", "t_portal_clerk"):
            self.authenticate(login, login)
            page = self.url_open("/my/registrations/new").text
            self.token = page.split('csrf_token: "')[1].split('"')[0]
            routes = list(self.iter_routes())
            self.assertGreater(len(routes), 15, "no dealer pages found")
            self.assertGreater(len(self.foreign), 8, "the other dealer has no documents")
            for pattern, ids, routing in routes:
                if routing["type"] != "http":
                    continue
                method = "POST" if "POST" in (routing["methods"] or ()) else "GET"
                expected = self.ask(pattern % ((UNKNOWN,) * ids), method, UNKNOWN)
                self.assertNotEqual(expected[0], 500, pattern)
                with self.subTest(login=login, route=pattern):
                    self.assertEqual(self.ask(pattern % ((FAR,) * ids), method, FAR), expected)
        self.assertEqual(self.get_stamps(), before, "another dealer's record was changed")

    def get_stamps(self):
        """Return when the other dealer's records were written last."""
        return {
            name: self.env[name].sudo().browse(record_id).write_date
            for name, record_id in self.foreign.items()
        }
