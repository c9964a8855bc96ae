"""`make verify` compares what it says it compares, and notices a difference."""

import contextlib
import importlib.util
import io
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.hr_strategy_kpi_crm.tests import common

SCRIPT = Path(__file__).parents[1] / "scripts/verify.py"


def load():
    spec = importlib.util.spec_from_file_location("verify", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestVerify(common.CrmKpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = load()
        at, east = common.at, {"team_id": cls.east.id}
        cls.acme.user_id = cls.seller_1.user_id
        cls.globex.user_id = cls.seller_3.user_id
        cls.set_created(cls.acme | cls.globex, at(1, 1))
        cls.make_meeting(cls.seller_1, at(5, 3), cls.acme_buyer)
        money = {"expected_revenue": 100}
        for person in (cls.seller_1, cls.seller_2, cls.seller_3, None):
            lead = cls.make_lead(person, "won", at(4, 30, 9), at(5, 30, 20), **money)
            lead.partner_id = cls.acme
            cls.make_lead(person, "lost", at(5, 2), at(6, 30, 16), **east, **money)
            cls.make_lead(person, created=at(5, 20), **east, **money)
        message = lead.with_user(cls.seller_1.user_id).sudo()
        message = message.message_post(
            body="x", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        message.sudo().date = datetime(2023, 5, 3, 6)
        cls.make_targets(
            cls.env["hr.kpi"].search([("code", "=like", "CRM_%")]),
            cls.q2,
            [cls.company, cls.marketing, cls.north, cls.sellers, cls.east, cls.west],
        )

    @classmethod
    def make_targets(cls, kpis, period, subjects, **marks):
        targets = cls.env["hr.kpi.target"]
        for kpi in kpis:
            targets |= super().make_targets(kpi, period, subjects, **marks)
        return targets

    def verify(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            equal, different = self.script.verify(self.env)
        return equal, different, out.getvalue()

    def test_equal(self):
        equal, different, text = self.verify()
        self.assertEqual(different, 0, text)
        self.assertGreaterEqual(equal, 8 * 12)
        self.assertTrue(text.endswith(f"{equal} equal, 0 different\n"))
        self.assertIn("1 = 1/1", text)

    def test_nothing_is_kept(self):
        before = self.env["hr.kpi.target"].search_count([])
        self.verify()
        self.assertEqual(self.env["hr.kpi.target"].search_count([]), before)
        self.assertFalse(
            self.env["hr.kpi.measurement"].search_count(
                [("target_id.company_id", "=", self.company.id)]
            )
        )

    def test_difference(self):
        wrong = self.script.leads("count(*) + 1", self.script.WON, "%(until)s")
        with patch.dict(self.script.QUERIES, CRM_WON_COUNT=(wrong, None)):
            _equal, different, text = self.verify()
        self.assertEqual(different, 8)
        self.assertEqual(text.count("DIFFERENT"), 8)
