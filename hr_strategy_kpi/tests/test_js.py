from odoo.tests import HttpCase, tagged

# the module: pytest would collect an imported test class again
from odoo.addons.web.tests import test_js as web_test_js


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    """This addon's own JavaScript unit tests, and nobody else's.

    A filter that matches nothing makes hoot run every suite there is.
    """

    def test_js(self):
        suite = web_test_js.HOOTCommon._generate_hash(self, "@hr_strategy_kpi")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            code="",
            login="admin",
            timeout=180,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web_test_js.unit_test_error_checker,
        )
