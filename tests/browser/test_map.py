"""The map and the menu as hands and keys use them; everything is there without scripts, too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Gallery
from tests.interfaces.homes import TUY_PHUOC

pytestmark = pytest.mark.browser


def test_a_tap_near_a_dot_leads_where_its_row_leads(gallery: Gallery) -> None:
    page = gallery.show(gallery.scene("map_adults"))
    dot = page.locator(f"circle[data-ref='{TUY_PHUOC}']")
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + 2, box["y"] + box["height"] / 2 + 2)
    page.wait_for_url(re.compile(rf"/don-vi/{TUY_PHUOC}$"))


def test_a_tap_into_the_open_sea_leads_nowhere(gallery: Gallery) -> None:
    page = gallery.show(gallery.scene("map"))
    before, box = page.url, page.locator("svg.dots[role=img]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 4)
    assert page.url == before


def test_without_scripts_the_table_leads_there(gallery: Gallery) -> None:
    visitor = gallery.visitors(size=PHONE, state=gallery.states["organizer"], scripts=False)
    visitor.open(gallery.scene("map_adults").path)
    visitor.page.locator(f"a[data-ref='{TUY_PHUOC}']").click()
    expect(visitor.page).to_have_url(re.compile(rf"/don-vi/{TUY_PHUOC}$"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_menu_takes_two_rows_at_most(gallery: Gallery, language: str) -> None:
    """Of everybody who signs in here; it took three rows of a phone before."""
    for scene in ("mine", "units", "unit_administrator", "awards", "reads", "map_public"):
        page = gallery.show(gallery.scene(scene), language=language)
        for size, most in ((DESKTOP, 56), ({"width": 320, "height": 640}, 96), (PHONE, 96)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            bar = page.locator("header.top").bounding_box()
            assert bar is not None
            assert bar["height"] <= most, (scene, language, size)


def test_everything_else_is_two_keys_away(gallery: Gallery) -> None:
    page = gallery.show(gallery.scene("units"), language="vi")
    page.get_by_role("link", name="Thêm", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/viec")
    page.get_by_role("link", name=re.compile("^Tài khoản")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-khoan")
