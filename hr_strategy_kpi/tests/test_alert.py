from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common_alert import AlertCommon, june


class TestAlertEdge(AlertCommon):
    def test_opens_once(self):
        self.assertFalse(self.on(14))
        alert = self.on(15)
        self.assertEqual((alert.severity, alert.state), ("warning", "open"))
        self.assertEqual((alert.opened_on, alert.actual_at_opening), (june(15), 10))
        self.assertEqual(alert.cause, "10 of 22")
        self.assertEqual(alert.rule_id, self.rule)
        self.assertEqual(self.on(15, 16), alert)

    def test_no_repeat_while_nothing_changed(self):
        self.refresh(self.target, june(15))
        self.assertEqual(self.get_told(), ["seller_1"])
        for _again in range(3):
            self.refresh(self.target, june(15))
        self.follow_up(15)
        self.assertEqual(self.get_told(), [])
        self.assertEqual(len(self.get_alerts().activity_ids), 1)

    def test_worsening_raises_once(self):
        alert = self.on(15)
        self.get_told()
        self.assertEqual(self.on(19), alert)
        self.assertEqual((alert.severity, alert.raised_on), ("critical", june(19)))
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])
        self.on(19, 20)
        self.assertEqual(alert.raised_on, june(19))
        self.assertEqual(self.get_told(), [])

    def test_getting_milder_tells_nobody(self):
        alert = self.on(19)
        self.get_told()
        self.catch_up(20, 2)
        self.on(20)
        self.assertEqual(self.target.status, "at_risk")
        self.assertEqual(self.get_told(), [])
        self.assertEqual((alert.severity, alert.state), ("critical", "open"))

    def test_recovery_closes(self):
        alert = self.on(15)
        self.catch_up(16, 2)
        self.on(16)
        self.assertEqual((alert.state, alert.closed_on), ("closed", june(16)))
        self.assertTrue(alert.closed_at)
        self.assertIn("recovered", alert.close_note)
        self.assertFalse(alert.activity_ids)

    def test_opens_again_after_recovery(self):
        first = self.on(15)
        self.catch_up(16, 2)
        self.on(16)
        second = self.on(20) - first
        self.assertEqual((first.state, second.state), ("closed", "open"))

    def test_no_data_keeps_the_alert(self):
        """Silence is no recovery."""
        alert = self.on(15)
        self.env["hr.kpi.entry"].search([("kpi_id", "=", self.kpi.id)]).unlink()
        self.on(16)
        self.assertEqual(self.target.status, "no_data")
        self.assertEqual(alert.state, "open")

    def test_failing_source_keeps_the_alert(self):
        alert = self.on(15)
        self.patch(
            type(self.env["hr.kpi"]),
            "_measure_manual",
            lambda kpis, request: 1 / 0,
        )
        self.on(16)
        self.assertEqual(self.kpi.source_state, "error")
        self.assertEqual(alert.state, "open")

    def test_without_a_goal(self):
        targets = self.make_targets(self.kpi, self.month(6), self.seller_2)
        self.assertFalse(self.on(29, targets=targets))

    def test_one_open_alert_per_cause(self):
        alert = self.on(15)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            alert.copy()

    def test_history_makes_no_alert(self):
        """Reading the past tells nobody about days long gone; the last day counts."""
        self.target._backfill(june(14))
        self.assertFalse(self.get_alerts())
        self.target._backfill(june(19))
        self.assertEqual(len(self.get_alerts()), 1)
        self.assertEqual(self.get_alerts().opened_on, june(19))

    def test_period_end(self):
        """It closes with a note, and its action goes on in the next period."""
        following = self.make_targets(self.kpi, self.month(7), self.seller_1, target=20)
        self.make_targets(self.kpi, self.month(7), self.seller_2, target=20)
        alert = self.on(19)
        todo, done = self.env["hr.kpi.action"].create(
            [{"name": name, "alert_id": alert.id} for name in ("To do", "Done")]
        )
        done.action_done()
        self.month(6)._close(date(2023, 7, 6))
        self.assertEqual((alert.state, alert.closed_on), ("closed", date(2023, 7, 6)))
        self.assertIn("2023-06", alert.close_note)
        self.assertEqual((todo.target_id, todo.state), (following, "open"))
        self.assertEqual((done.target_id, done.state), (self.target, "done"))

    def test_period_end_without_a_following_target(self):
        action = self.env["hr.kpi.action"].create(
            {"name": "To do", "alert_id": self.on(19).id}
        )
        self.month(6)._close(date(2023, 7, 6))
        self.assertEqual(action.target_id, self.target)
        # and finds it once it is there
        following = self.make_targets(self.kpi, self.month(7), self.seller_1, target=20)
        self.assertEqual(action.target_id, following)


class TestAlertPeople(AlertCommon):
    def test_person_first_then_manager_after_a_working_day(self):
        self.on(15)
        self.assertEqual(self.get_told(), ["seller_1"])
        self.on(16)
        self.assertEqual(self.get_told(), ["marketing_manager"])

    def test_weekend_is_no_working_day(self):
        self.catch_up(15, 1)
        self.on(16)  # Friday: 11 of 12
        self.assertEqual(self.get_told(), ["seller_1"])
        self.follow_up(17)
        self.follow_up(18)
        self.assertEqual(self.get_told(), [])
        self.follow_up(19)
        self.assertEqual(self.get_told(), ["marketing_manager"])

    def test_both_at_once_when_critical(self):
        self.on(19)
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])

    def test_both_at_once_by_setting(self):
        self.company.kpi_alert_both_at_once = True
        self.on(15)
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])

    def test_escalates_when_nobody_answers(self):
        self.rule.escalate_days = 3
        self.on(19)
        self.get_told()
        self.on(20, 21)
        self.assertEqual(self.get_told(), [])
        self.on(22)
        self.assertEqual(self.get_told(), ["boss"])
        self.on(23, 27, 28, 29, 30)
        self.assertEqual(self.get_told(), [])

    def test_escalation_can_be_off(self):
        self.rule.escalate_days = 0
        self.on(19)
        self.get_told()
        self.on(30)
        self.assertEqual(self.get_told(), [])

    def test_acknowledged_is_silent(self):
        alert = self.on(15)
        self.get_told()
        self.as_user(alert, self.seller_1).action_acknowledge()
        self.assertEqual(alert.acknowledged_by_id, self.seller_1.user_id)
        self.assertFalse(alert.activity_ids)
        self.on(16)
        self.assertEqual(self.get_told(), [])
        # but worse is news
        self.on(19)
        self.assertEqual(alert.state, "open")
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])

    def test_action_under_way_is_silent(self):
        self.rule.escalate_days = 1
        alert = self.on(19)
        self.get_told()
        action = self.as_user(self.env["hr.kpi.action"], self.seller_1).create(
            {"name": "Call", "alert_id": alert.id, "deadline": june(30)}
        )
        self.assertEqual(action.target_id.id, self.target.id)
        self.assertEqual(alert.state, "acknowledged")
        self.assertEqual(action.sudo().activity_ids.date_deadline, june(30))
        self.on(20, 21, 22, 23)
        self.assertEqual(self.get_told(), [])

    def test_snooze_needs_a_reason_and_a_day_to_come(self):
        alert = self.as_user(self.on(15), self.seller_1)
        with freeze_time("2023-06-15 04:00:00"):
            for until, reason in (
                (june(20), ""),
                (june(20), "  "),
                (june(15), "Fair"),
                (False, "Fair"),
            ):
                with self.assertRaises(UserError):
                    alert.action_snooze(until, reason)
        self.assertEqual(alert.state, "open")

    def test_snoozed_is_silent_and_wakes(self):
        alert = self.on(19)
        self.get_told()
        with freeze_time("2023-06-19 04:00:00"):
            wizard = self.as_user(
                self.env["hr.kpi.alert.snooze"].with_context(
                    default_alert_ids=alert.ids
                ),
                self.seller_1,
            ).create({"until": june(22), "reason": "Fair week"})
            wizard.action_snooze()
        self.assertEqual((alert.state, alert.snooze_reason), ("snoozed", "Fair week"))
        self.on(20, 21, 22)
        self.assertEqual(self.get_told(), [])
        self.assertEqual(alert.state, "snoozed")
        self.on(23)
        self.assertEqual(alert.state, "open")
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])

    def test_snoozed_recovers(self):
        alert = self.on(19)
        with freeze_time("2023-06-19 04:00:00"):
            alert.action_snooze(june(29), "Fair week")
        self.catch_up(20, 12)
        self.on(20)
        self.assertEqual(alert.state, "closed")

    def test_closed_takes_no_answer(self):
        alert = self.on(15)
        self.catch_up(16, 2)
        self.on(16)
        with self.assertRaises(UserError):
            alert.action_acknowledge()

    def get_mails(self, address):
        return self.env["mail.mail"].search([("email_to", "=", address)])

    def test_person_without_login_gets_a_mail(self):
        target = self.make_targets(self.kpi, self.month(6), self.engineer, target=22)
        self.make_entry(self.kpi, june(1), 10, self.engineer)
        self.on(15, targets=target)
        mail = self.get_mails("engineer@example.com")
        self.assertEqual(len(mail), 1)
        self.assertIn("Visits", mail.subject)
        self.assertIn("10 of 22", mail.body_html)
        self.assertEqual(self.get_told(), [])
        # then their manager, who has one
        self.on(16, targets=target)
        self.assertEqual(self.get_told(), ["boss"])
        self.assertEqual(len(self.get_mails("engineer@example.com")), 1)

    def test_digest(self):
        """Six alerts at once are one message for the manager."""
        people = self.env["hr.employee"]
        for number in range(6):
            people |= self.make_employee(
                f"many {number}", self.marketing_manager, self.north, user=False
            )
        targets = self.make_targets(self.kpi, self.month(6), people, target=22)
        for person in people:
            self.make_entry(self.kpi, june(1), 1, person)
        alerts = self.on(19, targets=targets)
        self.assertEqual(len(alerts), 6)
        self.assertEqual(self.get_told(), ["marketing_manager"])
        message = self.env["mail.message"].browse(self.heard[-1])
        self.assertIn("6 KPI alerts", message.subject)
        for person in people:
            self.assertIn(person.name, message.body)
        # each is in the manager's list, without a message of its own
        self.assertEqual(
            alerts.activity_ids.mapped("user_id"), self.marketing_manager.user_id
        )
        self.assertEqual(len(alerts.activity_ids), 6)
