"""Fifty entries without a network, in the real browser: none lost, none counted twice, whatever ends
meanwhile. tests/browser/test_offline_drill.py has it in small, with the control that loses them."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.in_the_field import Phone, Village, drill

pytestmark = pytest.mark.drill


def test_fifty_entries_are_sent_once_each(tmp_path: Path) -> None:
    village = Village(tmp_path)
    try:
        with sync_playwright() as playwright:
            phone = Phone(playwright, tmp_path / "profile")
            try:
                drill(village, phone, tmp_path / "newer", 50)
            finally:
                phone.close()
    finally:
        village.close()
