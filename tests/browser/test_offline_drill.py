"""The drill of the outbox in small (tests/drills has it with fifty entries), and its control."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.browser.in_the_field import Phone, Village, drill, fill_in, tap_save

pytestmark = pytest.mark.browser


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    village = Village(tmp_path)
    yield village
    village.close()


def test_nothing_is_lost_and_nothing_counts_twice(
    village: Village, playwright: Playwright, tmp_path: Path
) -> None:
    phone = Phone(playwright, tmp_path / "profile")
    try:
        drill(village, phone, tmp_path / "newer", 6)
    finally:
        phone.close()


def test_the_same_losses_without_an_outbox_lose_some(village: Village, playwright: Playwright) -> None:
    """The control: the form as it goes without scripts."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(village.cast.links["ambassador"])
    page.locator("main button").first.click()
    for name in ("Một", "Hai", "Ba"):
        page = context.new_page()
        page.goto(f"{village.url}/ghi")
        fill_in(page, f"Lê Thị Mất {name}")
        village.network.cut()
        tap_save(page)
        page.wait_for_url(re.compile("^chrome-error"))
        village.network.mend()
    browser.close()

    assert village.taught() == []
