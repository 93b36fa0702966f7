"""Every page and state, in both languages: accessible, within narrow screens, large enough to touch."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Gallery

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
NARROWEST = {"width": 320, "height": 640}
LARGE_TEXT = {"width": 361, "height": 740}  # a phone of its own: the size of its text stays changed

TOO_SMALL = """() => {
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

UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(part => !part.labels.length && !part.getAttribute('aria-label')).map(part => part.outerHTML)"""


def opened(page: Page) -> Page:
    """With everything open that can be opened: hidden parts are parts of the page, too."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return page


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_violates_wcag(gallery: Gallery, language: str) -> None:
    for scene in gallery.scenes:
        page = opened(gallery.show(scene, language=language))
        assert page.locator("html").get_attribute("lang") == language, scene
        assert page.locator("h1").count() == 1, scene
        assert page.title(), scene
        assert page.evaluate(UNLABELLED) == [], scene
        assert violations(page) == [], scene


def test_no_page_violates_wcag_on_a_wide_screen(gallery: Gallery) -> None:
    for scene in gallery.scenes:
        assert violations(opened(gallery.show(scene, size=DESKTOP))) == [], scene


def test_axe_finds_what_is_wrong(gallery: Gallery) -> None:
    """The control: a page that does violate."""
    page = gallery.show(gallery.scenes[0])
    pale = "<img src=x><input><p style='color:#ddd'>pale</p>"
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", pale)
    assert violations(page)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_scrolls_sideways_at_320_pixels(gallery: Gallery, language: str) -> None:
    wide = {}
    for scene in gallery.scenes:
        page = opened(gallery.show(scene, size=NARROWEST, language=language))
        wide[scene.name] = page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in wide.items() if width > NARROWEST["width"]} == {}


def test_nothing_scrolls_sideways_with_text_of_200_percent(gallery: Gallery) -> None:
    wide = {}
    for scene in gallery.scenes:
        page = gallery.show(scene, size=LARGE_TEXT)
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        wide[scene.name] = opened(page).evaluate("document.documentElement.scrollWidth")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "36px"
    assert {name: width for name, width in wide.items() if width > LARGE_TEXT["width"]} == {}


def test_everything_to_touch_is_48_pixels(gallery: Gallery) -> None:
    small = {}
    for scene in gallery.scenes:
        small[scene.name] = opened(gallery.show(scene, size=PHONE)).evaluate(TOO_SMALL)
    assert {name: parts for name, parts in small.items() if parts} == {}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("form", ["lesson", "family_form", "markets", "vendor_form", "code", "invite"])
def test_a_form_with_mistakes_is_accessible(gallery: Gallery, form: str, language: str) -> None:
    """Sent empty: what is missing stands in the summary and at its field, and can be followed."""
    page = opened(gallery.show(gallery.scene(form), language=language))
    page.locator("main form .main").last.click()
    page.wait_for_load_state()
    assert page.locator("[role=alert]").count() == 1
    for link in page.locator("[role=alert] a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    assert violations(opened(page)) == []


@pytest.mark.parametrize(("scene", "field"), [("market_organized", "stalls"), ("vendor_organized", "on")])
def test_a_change_of_a_market_with_mistakes_is_accessible(gallery: Gallery, scene: str, field: str) -> None:
    """The part that was folded up is open again, with what is wrong at its field."""
    page = opened(gallery.show(gallery.scene(scene)))
    page.locator(f"#{field}").fill("")
    page.locator("form", has=page.locator(f"#{field}")).locator(".main").click()
    page.wait_for_load_state()
    assert page.locator(f"[role=alert] a[href='#{field}']").count() == 1
    assert page.locator(f"#{field}").is_visible()
    assert violations(page) == []


def test_a_list_of_invited_people_is_accessible(gallery: Gallery) -> None:
    page = gallery.show(gallery.scene("invite"))
    page.locator("#people").fill("Nguyễn Thị Mới, 0912345671\nTrần Văn Cũ; 12\n\nLê Thị Khác")
    page.locator("main form .main").click()
    page.wait_for_load_state()
    assert page.locator(".coded").count() == 2
    assert page.locator(".summary li").count() == 1
    assert violations(page) == []


def test_all_words_are_in_the_language_asked_for(gallery: Gallery) -> None:
    """No English slips into Vietnamese pages: the words of the menu, and of buttons."""
    for scene in gallery.scenes:
        page = gallery.show(scene)
        said = page.locator("nav, button, h1, h2").all_inner_texts()
        assert not any(word in text for text in said for word in ("Save", "Record", "Show", "Unit")), scene
