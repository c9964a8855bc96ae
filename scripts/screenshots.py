#!/usr/bin/env python3
"""Take the README's screenshots from a running demo, in both languages.

make demo    # in another terminal
scripts/run.sh python scripts/screenshots.py [http://127.0.0.1:8069]
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHOTS = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
LOGIN, PASSWORD = "hr@example.com", "demo"
SIZES = {"": (1400, 900), "-phone": (390, 844)}
# name: (page, what to click before the picture is taken)
PAGES = {
    "targets": ("/odoo/action-hr_strategy_kpi.hr_kpi_target_action", []),
    "explain": (
        "/odoo/action-hr_strategy_kpi.hr_kpi_target_action",
        [
            ".o_data_row >> nth=0 >> .o_data_cell >> nth=0",
            "button[name=action_explain]",
        ],
    ),
    "kpi": (
        "/odoo/action-hr_strategy_kpi.hr_kpi_action",
        [".o_data_row >> nth=1 >> .o_data_cell >> nth=1"],
    ),
    "alerts": ("/odoo/action-hr_strategy_kpi.hr_kpi_alert_action", []),
    "map": ("/odoo/action-hr_strategy_kpi.hr_strategy_map_action", []),
}
READY = ".o_action_manager .o_view_controller"


def log_in(page, base):
    page.goto(f"{base}/web/login")
    page.fill("input[name=login]", LOGIN)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def set_language(page, base, lang):
    """Change the reader's own language, as their preferences do."""
    page.evaluate(
        """async (lang) => {
            const call = async (model, method, args) => {
                const answer = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
                    method: "POST",
                    headers: {"Content-Type": "application/json"},
                    body: JSON.stringify({
                        jsonrpc: "2.0",
                        method: "call",
                        params: {model, method, args, kwargs: {}},
                    }),
                });
                return (await answer.json()).result;
            };
            const {uid} = await call("res.users", "context_get", []);
            await call("res.users", "write", [[uid], {lang}]);
        }""",
        lang,
    )
    page.goto(f"{base}/odoo")
    page.wait_for_selector(".o_main_navbar")


def take(page, base, name, path, clicks, folder):
    for suffix, (width, height) in SIZES.items():
        if suffix and clicks:
            continue
        page.set_viewport_size({"width": width, "height": height})
        page.goto(base + path)
        page.wait_for_selector(READY)
        for selector in clicks:
            page.click(selector)
            page.wait_for_timeout(1500)
        page.wait_for_timeout(1500)
        page.screenshot(path=str(folder / f"{name}{suffix}.png"))


def main(base="http://127.0.0.1:8069"):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.set_default_timeout(60000)
        log_in(page, base)
        for lang, short in (("zh_CN", "zh"), ("en_US", "en")):
            set_language(page, base, lang)
            for name, (path, clicks) in PAGES.items():
                take(page, base, name, path, clicks, SHOTS / short)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
