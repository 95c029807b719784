"""Ask axe-core what a page shuts people out of, by all of its rules, also those it leaves off."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

LEFT_OUT = {
    "color-contrast-enhanced": "7:1 is WCAG's AAA; we promise AA, 4.5:1, and a site's own accent",
    "duplicate-id": "axe-core has retired it",
    "duplicate-id-active": "axe-core has retired it",
    "landmark-complementary-is-top-level": "axe-core has retired it",
}
"""Rules that are not run, and why; every other rule is."""

_RUN = """async ([leftOut]) => {
  const rules = {};
  for (const { ruleId } of axe.getRules()) rules[ruleId] = { enabled: !leftOut.includes(ruleId) };
  const { violations } = await axe.run(document, { rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 200)} ${[...node.any, ...node.all, ...node.none]
      .map((check) => check.message).join(" ")}`));
}"""


@cache
def _source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """Return all that axe-core finds on the page as it is now, one line an element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: list[Any] = page.evaluate(_RUN, [list(LEFT_OUT)])
    return found
