"""Every addon has its terms and a complete Chinese translation of them."""

import re
from pathlib import Path

import polib
import pytest

REPO = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in REPO.glob("*/__manifest__.py"))
LANG = "zh_CN"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[\d.]*[sdfr]|\{\w*\}|</?[a-zA-Z][^>]*>")
# attributes of a tag that are read, and so translated with the term
READ = re.compile(r'(title|aria-label|alt|placeholder)="[^"]*"')
# numbers, units and abbreviations are the same in any language
SAME = re.compile(r"[\W\d_]*|[A-Z0-9]{1,6}")


def read(path):
    assert path.is_file(), f"{path} is missing: make pot"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def placeholders(term):
    return sorted(PLACEHOLDER.findall(READ.sub(r"\1", term)))


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_complete(addon):
    terms = {entry.msgid for entry in read(addon / "i18n" / f"{addon.name}.pot")}
    known = {entry.msgid: entry for entry in read(addon / "i18n" / f"{LANG}.po")}
    findings = [f"no longer a term: {term!r}" for term in known.keys() - terms]
    for term in terms:
        entry = known.get(term)
        if not entry or not entry.msgstr:
            if not SAME.fullmatch(PLACEHOLDER.sub("", term)):
                findings.append(f"not translated: {term!r}")
        elif entry.fuzzy:
            findings.append(f"marked fuzzy: {term!r}")
        elif placeholders(term) != placeholders(entry.msgstr):
            findings.append(f"placeholders differ: {term!r} {entry.msgstr!r}")
    if findings:
        pytest.fail("\n".join(sorted(findings)), pytrace=False)
