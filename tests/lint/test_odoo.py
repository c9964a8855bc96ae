"""Odoo's own checks, on our addons only, and the export of their terms.

The classes come from Odoo's `test_lint`. Left out: ESLint (it wants an older one; our
own configuration has its rules), conflict markers (it walks Odoo too, and the linters
trip over them), docstrings (of listed modules only), `l10n` (localizations).
"""

# ruff: noqa: F401  (pytest runs the classes that are imported)

import io
from pathlib import Path
from unittest.mock import patch

import polib
import pytest

from odoo import tools
from odoo.modules import Manifest
from odoo.tests import TransactionCase
from odoo.tools.translate import trans_export

from odoo.addons.test_lint.tests import test_index, test_pylint
from odoo.addons.test_lint.tests.test_dunderinit import TestDunderinit
from odoo.addons.test_lint.tests.test_i18n import TestI18n
from odoo.addons.test_lint.tests.test_index import TestIndex
from odoo.addons.test_lint.tests.test_jstranslate import TestJsTranslations
from odoo.addons.test_lint.tests.test_manifests import ManifestLinter
from odoo.addons.test_lint.tests.test_naming import TestNaming
from odoo.addons.test_lint.tests.test_onchange_domains import TestOnchangeDomains
from odoo.addons.test_lint.tests.test_orm_import import TestDunderinit as TestOrmImport
from odoo.addons.test_lint.tests.test_override_signatures import (
    TestLintOverrideSignatures,
)
from odoo.addons.test_lint.tests.test_pofile import PotLinter
from odoo.addons.test_lint.tests.test_routes import RoutesLinter
from odoo.addons.test_lint.tests.test_test_holes import TestTestHoles

REPO = Path(__file__).resolve().parents[2]


def our_manifests():
    return [
        manifest
        for manifest in Manifest.all_addon_manifests()
        if Path(manifest.path).parent in (REPO, REPO / "tests/addons")
    ]


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    ours = our_manifests()
    assert ours
    monkeypatch.setattr(Manifest, "all_addon_manifests", lambda: ours)
    # it is the first column of the table's unique index
    test_index.BTREE_INDEX_IGNORE_FIELDS.add("hr.kpi.measurement.target_id")


class TestPyLint(test_pylint.TestPyLint):
    def test_pylint(self):
        # the root is Odoo itself, which is not ours to judge
        root = property(lambda config: our_manifests()[0].path)
        with patch.object(type(tools.config), "root_path", root):
            super().test_pylint()


class TestTerms(TransactionCase):
    def test_exported(self):
        """The committed .pot files are what `make pot` would write."""
        findings = []
        for manifest in our_manifests():
            path = Path(manifest.path, "i18n", f"{manifest.name}.pot")
            if not path.is_file():
                continue  # test_translations.py says so where one is needed
            buffer = io.BytesIO()
            trans_export(None, [manifest.name], buffer, "po", self.env)
            fresh = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
            known = {entry.msgid for entry in polib.pofile(str(path))}
            findings += [f"{path}: not yet in it: {term!r}" for term in fresh - known]
            findings += [f"{path}: not in the code: {term!r}" for term in known - fresh]
        if findings:
            self.fail("Run `make pot`, then translate:\n" + "\n".join(sorted(findings)))
