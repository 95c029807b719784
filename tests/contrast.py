"""Measure colours in a shadow tree: axe-core measures nothing that stands outside of ``body``."""

from typing import Any

from playwright.sync_api import Page

TEXT = 4.5
"""WCAG 2.2, 1.4.3: text against what is behind it."""
EDGE = 3.0
"""WCAG 2.2, 1.4.11: what shows where a control is."""

# Our backgrounds are flat, so what is behind a text is its ancestors' colours, one over another.
_MEASURE = """([host, textLeast, edgeLeast]) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.canvas.width = canvas.canvas.height = 1;
  const painted = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    const colours = [];
    for (let e = element; e; e = e.parentElement) {
      colours.unshift(getComputedStyle(e).backgroundColor);
    }
    return colours;
  };
  const low = [];
  let measured = 0;
  for (const element of document.querySelector(host).shadowRoot.querySelectorAll("*")) {
    if (!element.checkVisibility()) continue;
    const style = getComputedStyle(element), back = behind(element);
    const name = `${element.localName} ${element.name || ""} ${element.textContent.slice(0, 40)}`;
    const hasText = element.value || element.matches("select") ||
      [...element.childNodes].some((node) => node.nodeType == 3 && node.data.trim());
    if (hasText) {
      measured++;
      const seen = ratio(painted([...back, style.color]), painted(back));
      if (seen < textLeast) low.push(`${name}: text ${seen.toFixed(2)}`);
    }
    if (element.matches("input, select, textarea, button")) {
      const outside = behind(element.parentElement);
      if (painted(outside)[3] < 255) continue; // over the page itself, whose colours are not ours
      const seen = Math.max(
        ratio(painted([...back, style.borderTopColor]), painted(outside)),
        ratio(painted(back), painted(outside)));
      if (seen < edgeLeast) low.push(`${name}: edge ${seen.toFixed(2)}`);
    }
  }
  return [measured, low];
}"""


def low_contrast(page: Page, host: str = "copydesk-widget") -> list[str]:
    """Return what is hard to see in the shadow tree of ``host``, one line an element."""
    result: tuple[int, list[Any]] = page.evaluate(_MEASURE, [host, TEXT, EDGE])
    measured, low = result
    assert measured, "no text was there to measure"
    return low
