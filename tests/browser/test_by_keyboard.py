"""Everything is reached and done with the keyboard alone, and one always sees where one is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Gallery, Served, Visitors
from tests.browser.looking import opened
from tests.browser.scenery import Teaches
from tests.browser.steps import ABLE

pytestmark = pytest.mark.browser

# What Tab must reach, in the order in which it stands on the page. Of radio buttons one, as browsers do.
_REACHABLE = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const groups = new Set();
  const parts = [...document.querySelectorAll(all)].filter(part => {
    if (part.tabIndex < 0 || part.disabled || !part.getClientRects().length) return false;
    if (getComputedStyle(part).visibility === 'hidden') return false;
    if (part.type !== 'radio') return true;
    const group = `${part.form ? [...document.forms].indexOf(part.form) : ''} ${part.name}`;
    const chosen = part.form && [...part.form.elements].find(one => one.name === part.name && one.checked);
    if (groups.has(group) || (chosen && chosen !== part)) return false;
    return groups.add(group);
  });
  parts.forEach((part, at) => { part.dataset.reach = at });
  return parts.length;
}"""

# Where the keyboard is: the part's number, and whether one sees it there, on it or on its label.
_HERE = """() => {
  const part = document.activeElement;
  if (!part || part === document.body) return null;
  const shown = part.classList.contains('pick') ? part.labels[0] : part;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const said = part.outerHTML.slice(0, 90);
  return [part.dataset.reach === undefined ? -1 : Number(part.dataset.reach), ringed && inside, said];
}"""

PAGES = ("lesson", "family_form", "vendor_form", "mine", "ranking", "market_organized", "invite", "account",
         "entry_contested", "nominees", "my_data", "sign_in", "check_in", "witness", "unit")  # fmt: skip


def test_tab_reaches_everything_in_order_and_gets_out_again(gallery: Gallery) -> None:
    found = {}
    for name in PAGES:
        said = trodden(opened(gallery.show(gallery.scene(name), size=DESKTOP)))
        if said:
            found[name] = said
    assert found == {}


def trodden(page: Page) -> list[str]:
    """What is wrong on the way from the first part to the last, and back to the browser."""
    page.wait_for_load_state("networkidle")  # what an opened part fetches
    many = page.evaluate(_REACHABLE)
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    reached: list[int] = []
    wrong = []
    for _step in range(2 * many + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here is None or (len(reached) > 1 and here[0] == reached[0]):
            break
        number, seen, said = here
        if reached[-1:] == [number] and number >= 0:
            continue  # day, month and year of one date
        reached.append(number)
        if number < 0:
            wrong.append(f"nothing to do: {said}")
        if not seen:
            wrong.append(f"not seen: {said}")
    else:
        wrong.append("no way out")
    for number in sorted(set(range(many)) - set(reached)):
        wrong.append(
            "not reached: " + page.locator(f"[data-reach='{number}']").evaluate("one => one.outerHTML")
        )
    if reached != sorted(reached):
        wrong.append(f"not in order: {reached}")
    return wrong


def test_a_ring_that_is_missing_and_a_trap_are_found(gallery: Gallery) -> None:
    """The control."""
    page = gallery.show(gallery.scene("code"), size=DESKTOP)
    page.evaluate("() => { document.querySelector('#code').style.outline = 'none' }")
    assert any("not seen" in one for one in trodden(page))
    page = gallery.show(gallery.scene("code"), size=DESKTOP)
    trap = "() => { const last = document.querySelector('#code'); last.onblur = () => last.focus() }"
    page.evaluate(trap)
    assert trodden(page)


def test_a_lesson_is_entered_and_answered_without_a_mouse(
    served: Served, visitors: Visitors, gallery: Gallery
) -> None:
    """The skip link; somebody new, typed; a skill; Enter sends. The learner answers by Enter, too."""
    hoa = Teaches(served, served.cast.tokens["second"])
    lan = visitors(state=gallery.states["ambassador"], size=DESKTOP)
    page = lan.open("/ghi")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    to(page, "input[name=learner]")
    page.keyboard.press("Space")
    to(page, "input[name=skill]")
    page.keyboard.press("Space")
    to(page, "form .main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(SAVED, timeout=15_000)

    asked = hoa.lesson("Đỗ Thị Bàn Phím")["teachings"][0]
    learner = visitors(size=DESKTOP)
    page = learner.open(f"/x/{asked['code']}")
    to(page, "button[value=able]")
    expect(page.locator("button[value=able]")).to_contain_text(ABLE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cảm ơn")


SAVED = re.compile("Đã lưu trên máy|Đã gửi")


def to(page: Page, selector: str) -> None:
    """Tab until there."""
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
