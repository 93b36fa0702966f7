"""The drill of the outbox in small (tests/drills has it with fifty entries), and its control."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright, sync_playwright

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
    page = browser.new_context(java_script_enabled=False, locale="vi-VN").new_page()
    page.goto(village.cast.links["ambassador"])
    page.locator("main button").first.click()
    for number in range(4):
        page.goto(f"{village.url}/ghi")
        fill_in(page, f"Lê Thị Mất {('Một', 'Hai', 'Ba', 'Bốn')[number]}")
        if number < 3:
            village.network.cut()
        tap_save(page)
        with suppress(Error):
            page.wait_for_load_state()
        village.network.mend()
    browser.close()

    assert len(set(village.taught())) < 4
