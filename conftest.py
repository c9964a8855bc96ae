"""What every test of the project is held to.

A browser test that finds no browser fails (by itself it would be skipped quietly), and
so does a test that leaves a warning in the Odoo log; one that provokes it on purpose
says so with `assertLogs` or `mute_logger`.
"""

import logging
import re

import pytest

NO_BROWSER = re.compile(r"chrome|chromium|devtools|websocket-client", re.IGNORECASE)


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


warnings = Warnings()
warnings.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))


def pytest_sessionstart():
    logging.getLogger("odoo").addHandler(warnings)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    warnings.lines.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    if warnings.lines:
        pytest.fail("In the Odoo log:\n" + "\n".join(warnings.lines), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and NO_BROWSER.search(str(report.longrepr)):
        report.outcome = "failed"
    return report
