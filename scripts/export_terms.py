"""Write the addons' .pot and bring zh_CN.po in line; run by pot.sh inside Odoo.

A term that is still there keeps its translation; a file in which nothing but the date
would change is left alone.
"""

import io
import sys
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

LANG = "zh_CN"


def write(path, fresh):
    old = polib.pofile(str(path)) if path.is_file() else None
    if old is not None and sorted(old) == sorted(fresh):
        return
    path.parent.mkdir(exist_ok=True)
    fresh.sort(key=lambda entry: entry.msgid)
    fresh.save(str(path))
    done = sum(1 for entry in fresh if entry.msgstr)
    print(f"{path}: {len(fresh)} terms, {done} translated")


def export(env, addon):
    folder = Path(addon, "i18n")
    pot_path, po_path = folder / f"{addon.name}.pot", folder / f"{LANG}.po"
    buffer = io.BytesIO()
    if not trans_export(None, [addon.name], buffer, "po", env):
        return
    text = buffer.getvalue().decode()
    pot = polib.pofile(text, wrapwidth=78)
    write(pot_path, pot)
    known = {}
    if po_path.is_file():
        known = {entry.msgid: entry for entry in polib.pofile(str(po_path))}
    po = polib.pofile(text, wrapwidth=78)
    po.metadata["Language"] = LANG
    po.metadata["Plural-Forms"] = "nplurals=1; plural=0;"
    for entry in po:
        if entry.msgid in known:
            entry.msgstr = known[entry.msgid].msgstr
            entry.flags = known[entry.msgid].flags
    write(po_path, po)


for name in sys.argv[1:]:
    export(env, Path(name).resolve())  # noqa: F821
