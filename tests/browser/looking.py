"""What is looked at on every page, whoever it is for: in one visit, in the page itself."""

from pathlib import Path
from typing import Final

import axe_playwright_python
from playwright.sync_api import CDPSession, Page

AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

NARROWEST: Final = {"width": 320, "height": 640}
LARGE_TEXT: Final = {"width": 361, "height": 740}
WIDE: Final = {"width": 1280, "height": 800}

_RUN: Final = """rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then(found =>
  found.violations.flatMap(one => one.nodes.map(node =>
    `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 300)}`)))"""

_STRUCTURE: Final = """() => {
  const wrong = [];
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter(one => one.getClientRects().length);
  const levels = headings.filter(one => !one.closest('[role=alert]')).map(one => Number(one.tagName[1]));
  if (levels.filter(level => level === 1).length !== 1) wrong.push('not one h1');
  if (levels[0] !== 1) wrong.push('the first heading is not the h1');
  levels.forEach((level, at) => {
    if (at && level > levels[at - 1] + 1) wrong.push(`h${level} after h${levels[at - 1]}`);
  });
  if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
  for (const nav of document.querySelectorAll('nav')) {
    if (!nav.getAttribute('aria-label')) wrong.push('a nav without a name');
  }
  if (!document.title.trim()) wrong.push('no title');
  for (const part of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const named = part.labels.length || part.getAttribute('aria-label');
    if (!named) wrong.push(`no label: ${part.outerHTML}`);
  }
  for (const name of ['aria-describedby', 'aria-labelledby', 'aria-controls']) {
    for (const part of document.querySelectorAll(`[${name}]`)) {
      const gone = part.getAttribute(name).split(' ').filter(id => id && !document.getElementById(id));
      if (gone.length) wrong.push(`${name} of ${part.outerHTML.slice(0, 80)}: ${gone} is not there`);
    }
  }
  for (const part of document.querySelectorAll('[tabindex]')) {
    if (part.tabIndex > 0) wrong.push(`an order of its own: ${part.outerHTML.slice(0, 80)}`);
  }
  const tricks = '[onclick], [accesskey], [autoplay], meta[http-equiv]';
  for (const part of document.querySelectorAll(tricks)) {
    wrong.push(`not for everybody: ${part.outerHTML.slice(0, 80)}`);
  }
  return wrong;
}"""

_TOO_SMALL: Final = """() => {
  const small = [];
  const seen = 'a[href], button, input:not([type=hidden]), select, textarea, summary, .choice, .chip';
  for (const part of document.querySelectorAll(seen)) {
    if (part.closest('details:not([open])') && part.tagName !== 'SUMMARY') continue;
    if (part.classList.contains('pick') || part.classList.contains('off')) continue;
    if (part.classList.contains('skip')) continue;
    const box = part.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.height < 47.5 || box.width < 47.5) {
      const said = part.textContent.trim().slice(0, 30);
      small.push(`${part.tagName} ${said} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
  }
  return small;
}"""

_SIDEWAYS: Final = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll('main *, header *, footer *')].filter(part => {
    const box = part.getBoundingClientRect();
    return !part.closest('.scroll') && (box.right > root.clientWidth + 1 || box.left < -1) && box.height > 1;
  });
  return [`${root.scrollWidth} wide`, ...wide.slice(-3).map(part => part.outerHTML.slice(0, 120))];
}"""


LAYOUT_SHIFT: Final = """() => new Promise(resolve => {
  let shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { shift += one.value }))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(shift), 200);
})"""
"""How far things moved while the page came."""


def opened(page: Page) -> Page:
    """With everything open that can be opened: hidden parts are parts of the page, too."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return page


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_RUN, RULES)
    return found


def wrong(page: Page, devtools: CDPSession, language: str, *, wide: bool) -> list[str]:
    """Everything that is wrong with the page that is open; `wide`: on a wide screen, too.
    Leaves the page at the size it had."""
    size = page.viewport_size
    assert size is not None
    opened(page)
    found = [] if page.locator("html").get_attribute("lang") == language else ["lang"]
    found += page.evaluate(_STRUCTURE) + violations(page)
    found += [f"too small to touch: {one}" for one in page.evaluate(_TOO_SMALL)]
    found += [f"sideways at 320 pixels: {one}" for one in sideways(page, NARROWEST)]
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    found += [f"sideways with text of 200%: {one}" for one in sideways(page, LARGE_TEXT)]
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    if wide:
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        found += [f"on a wide screen: {one}" for one in violations(page)]
    page.set_viewport_size(size)
    return found


def plainly_wrong(page: Page) -> list[str]:
    """As `wrong`, of a page at the size it has."""
    opened(page)
    found = page.evaluate(_STRUCTURE) + violations(page) + page.evaluate(_TOO_SMALL)
    return found + page.evaluate(_SIDEWAYS)


def sideways(page: Page, size: dict[str, int]) -> list[str]:
    """What makes the page wider than a screen of that size."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    found: list[str] = page.evaluate(_SIDEWAYS)
    return found
