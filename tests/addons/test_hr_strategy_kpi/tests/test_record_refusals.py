from odoo.exceptions import ValidationError

from .common import DEALS, DealCommon


class TestRecordRefusals(DealCommon):
    """What cannot be measured is refused on save, with the KPI's name and the mend."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the lowest rights that may make a KPI over deals
        cls.user_officer.write({"group_ids": [(4, cls.env.ref(DEALS).id)]})

    def refuse(self, *words, user=None, **vals):
        """Assert that making, and changing to, such a KPI is refused in these words."""
        kpis = self.as_user(self.env["hr.kpi"], user or self.user_officer)
        name = vals.setdefault("name", "Deals won")
        base = {
            "code": "DEALS_WON",
            "source": "record",
            "model_name": "test.kpi.deal",
            "date_field": "date",
            "subject_path": "user_id",
        }
        with self.assertRaises(ValidationError) as caught:
            kpis.create({**base, **vals})
        for word in (name, *words):
            self.assertIn(word, str(caught.exception))
        self.assertFalse(kpis.search([("code", "=", "DEALS_WON")]))
        self.keep(caught.exception, **vals)
        return str(caught.exception)

    def keep(self, error, **vals):
        """The same change to a good KPI is refused, and its definition stays."""
        kpi = self.make_deal_kpi(name="Deals won", domain="[('state', '=', 'won')]")
        if (
            not self.env["test.kpi.deal"]
            .with_user(self.user_officer)
            .has_access("read")
        ):
            return
        before = kpi.read([*kpi._source_fields() - {"model_id"}])
        with self.assertRaises(ValidationError):
            self.as_user(kpi, self.user_officer).write(vals)
        self.assertEqual(kpi.read([*kpi._source_fields() - {"model_id"}]), before)
        kpi.code = f"OLD_{kpi.id}"

    def test_a_good_one_is_taken(self):
        kpi = self.as_user(self.env["hr.kpi"], self.user_officer).create(
            {
                "name": "Deals won",
                "code": "DEALS_WON",
                "source": "record",
                "model_name": "test.kpi.deal",
                "date_field": "date",
                "domain": "[('state', '=', 'won'), ('user_id.active', '=', True)]",
                "aggregate": "sum",
                "measure_field": "parent_id.quantity",
                "subject_path": "parent_id.user_id",
            }
        )
        self.assertEqual(kpi.source_state, "ok")

    def test_unknown_model(self):
        self.refuse("choose the records", "x.unknown", model_name="x.unknown")

    def test_no_model(self):
        self.refuse("choose the records", model_name=False)

    def test_transient_and_abstract_models(self):
        for model in ("hr.kpi.target.split", "mail.thread"):
            self.refuse("choose the records", model, model_name=model)

    def test_model_the_saver_may_not_read(self):
        self.user_officer.write({"group_ids": [(3, self.env.ref(DEALS).id)]})
        self.refuse("may not read")

    def test_field_the_saver_may_not_read(self):
        self.refuse("may not read", aggregate="sum", measure_field="margin")

    def test_filter_on_a_field_the_saver_may_not_read(self):
        self.refuse("may not read", domain="[('margin', '>', 5)]")

    def test_way_over_records_the_saver_may_not_read(self):
        """An officer who is not of HR reads no employee, so nothing of theirs."""
        self.refuse("may not read", aggregate="sum", measure_field="employee_id.id")
        self.refuse("may not read", date_field="employee_id.create_date")

    def test_unknown_fields(self):
        for name in ("date_field", "subject_path", "date_end_field"):
            self.refuse("“nope”", "stored field", **{name: "nope"})
        self.refuse("“nope”", aggregate="sum", measure_field="nope")
        self.refuse("“nope”", aggregate="ratio", denominator_field="nope")

    def test_unknown_field_on_the_way(self):
        for path in ("nope.user_id", "parent_id.nope", "state.user_id", "date."):
            self.refuse(path, "stored field", subject_path=path)

    def test_way_over_many_records(self):
        self.refuse("child_ids.user_id", subject_path="child_ids.user_id")
        self.refuse("user_ids.id", subject_path="user_ids.id")

    def test_unstored_field(self):
        self.refuse("“doubled”", aggregate="sum", measure_field="doubled")

    def test_wrong_types(self):
        self.refuse("Date", "char", "datetime", date_field="name")
        self.refuse(
            "Measured Field", "char", "monetary", aggregate="sum", measure_field="name"
        )
        self.refuse("Who", "res.partner", "hr.employee", subject_path="partner_id")
        self.refuse("Who", "char", subject_path="name")
        self.refuse("user_ids", aggregate="distinct", measure_field="user_ids")
        self.refuse(
            "name", aggregate="duration", duration_start="name", duration_end="end"
        )

    def test_date_is_needed(self):
        self.refuse("“Date” is needed", date_field=False)

    def test_measured_field_is_needed(self):
        for aggregate in ("sum", "average", "minimum", "maximum", "median", "distinct"):
            self.refuse("“Measured Field” is needed", aggregate=aggregate)

    def test_both_times_of_a_duration_are_needed(self):
        self.refuse("“Time From” is needed", aggregate="duration", duration_end="end")
        self.refuse("“Time To” is needed", aggregate="duration", duration_start="start")

    def test_ratio_of_the_same_twice(self):
        """Neither another filter nor another field: it would always be 100 %."""
        self.refuse(
            "divided by itself", aggregate="ratio", denominator_domain="[]", domain="[]"
        )

    def test_last_value(self):
        self.refuse("choose", aggregate="last")

    def test_filters_that_do_not_parse(self):
        for text in (
            "[('state', '=', 'won'",
            "state = won",
            "[('state', '=')]",
            "[1]",
            "['&']",
            "{'state': 'won'}",
            "[('state', '=', uid)]",
            "[('state', '=', open('/etc/passwd'))]",
            "[('date', '>', context_today())]",
            "[" * 500,
            "-" * 50000 + "1",
            "[" * 150 + "]" * 150,
        ):
            self.refuse("filter", domain=text)
        self.refuse("filter", aggregate="ratio", denominator_domain="[(")

    def test_filter_naming_a_missing_field(self):
        for text in ("[('nope', '=', 1)]", "[('user_id.nope', '=', 1)]"):
            self.refuse("filter", "nope", domain=text)
        self.refuse("cannot be measured", "nope", domain="[('state.nope', '=', 1)]")

    def test_filter_with_an_unknown_operator(self):
        self.refuse("filter", domain="[('state', 'resembles', 'won')]")

    def test_filter_of_the_wrong_type(self):
        self.refuse(domain="[('date', '>', 'someday')]")

    def test_moving_dates(self):
        for word in ("today", "now", "-1m", "=week_start", "today -7d", "+1d +2w"):
            self.refuse("moving date", word, domain=f"[('date', '>=', '{word}')]")
            self.refuse("moving date", domain=f"[('date', 'in', ['{word}'])]")

    def test_moving_dates_inside(self):
        text = "[('parent_id', 'any', [('date', '>=', 'today')])]"
        self.refuse("moving date", domain=text)

    def test_words_like_dates_in_other_fields(self):
        """A text is a text: a deal may be named “Now”."""
        kpi = self.make_deal_kpi(domain="[('name', '=', 'now')]")
        self.assertEqual(kpi.domain, "[('name', '=', 'now')]")

    def test_code(self):
        for code in ("won", "2_WON", "WON-1", "赢单", "A B", ""):
            with self.assertRaises(ValidationError) as caught:
                self.make_deal_kpi(name="Deals won", code=code)
            self.assertIn("Deals won", str(caught.exception))
            self.assertIn("CRM_WON_COUNT", str(caught.exception))
