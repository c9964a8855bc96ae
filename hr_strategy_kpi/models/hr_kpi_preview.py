from time import perf_counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..measuring import Window
from ..record_query import RecordQuery
from ..tools import periods

PERIODS_SHOWN = 3


class HrKpi(models.Model):
    """Preview of a definition before it is saved."""

    _inherit = "hr.kpi"

    preview_kind = fields.Selection(
        [("month", "Months"), ("quarter", "Quarters"), ("year", "Years")],
        default="month",
        store=False,
        string="Preview Of",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends(lambda self: [*sorted(self._source_fields()), "preview_kind"])
    @api.depends_context("lang", "uid", "company")
    def _compute_preview(self):
        for kpi in self:
            kpi.preview = self.env["ir.qweb"]._render(
                "hr_strategy_kpi.kpi_preview", kpi._get_preview()
            )

    def _get_preview(self):
        """Return what the definition finds in the last three periods.

        {"rows": [{"period", "value", "mine", "records"}], "seconds", "error"}; mine of
        records: how many of the counted records the reader may see.
        """
        self.ensure_one()
        if not self.browse().has_access("create"):
            # it is measured in sudo: only who may define KPIs may try one out
            return {"rows": [], "error": self.env._("You may not define KPIs.")}
        if self.source == "manual":
            return {"rows": [], "error": False, "manual": True}
        try:
            with self.env.cr.savepoint(flush=False):
                return self._measure_preview()
        except (UserError, AccessError) as error:
            return {"rows": [], "error": str(error)}
        except Exception as error:
            # whatever is half typed: the form must go on working
            return {"rows": [], "error": self._describe_error(error)}

    def _measure_preview(self):
        if self.source == "record":
            self._check_source()
        company = self.company_id or self.env.company
        today = company._get_kpi_today()
        windows = self._get_preview_windows(company, today)
        request = self.env["hr.kpi.target"]._prepare_request(
            company, windows, today, [f"company:{company.id}"]
        )
        started = perf_counter()
        readings = self._measure(request)
        if self.id not in readings:
            raise UserError(request.errors.get(self.id, ""))
        seconds = perf_counter() - started
        counts = self._count_records(company, windows, today)
        rows = []
        for window in reversed(windows):
            reading = readings[self.id][window][f"company:{company.id}"]
            seen, records = counts.get(window, (None, None))
            rows.append(
                {
                    "period": self._label_window(window),
                    "value": self._format_preview(reading, company),
                    "records": records,
                    "mine": seen,
                }
            )
        return {"rows": rows, "seconds": f"{seconds:.2f}", "error": False}

    def _label_window(self, window):
        span = window.span
        vals = {"kind": span.kind, "date_from": span.date_from, "date_to": span.date_to}
        return self.env["hr.kpi.period"].new(vals)._get_label()

    def _get_preview_windows(self, company, today):
        start = company._get_kpi_fiscal_start()
        span = periods.span_of(self.preview_kind or "month", today, start)
        return [
            Window.of(periods.shift(span, -back, start), today)
            for back in range(PERIODS_SHOWN)
        ]

    def _count_records(self, company, windows, today):
        """Return {window: (records the reader sees, records there are)}."""
        if self.source != "record":
            return {}
        scan, part, _shift = self._get_parts()[0]
        readable = [
            window
            for window in windows
            if scan.nature == "flow" or scan.date_field or window.until >= today
        ]
        settings = (company.id, company._get_kpi_tz(), today)
        # sudo: only the number of records is told, beside how many one may see
        everything = RecordQuery(self.sudo().env, scan, [part], readable, *settings)
        visible = RecordQuery(self.env, scan, [part], readable, *settings)
        return {
            window: (seen[0], total[0])
            for window, seen, total in zip(
                readable, visible.count(), everything.count(), strict=True
            )
        }

    def _format_preview(self, reading, company):
        if reading.value is None:
            words = self._get_reading_states()
            return words.get(reading.state, "–")
        target = self.env["hr.kpi.target"].new({"company_id": company.id})
        return target._format_unit(reading.value, self.unit, self.direction)
