"""A catalogue dropped into interfaces/locale, and nothing else: a language of longer words, with marks, from
the right. It can be chosen, every text of ours is in it, and every page still fits the narrowest phone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import interfaces
from tests.browser.conftest import Gallery, Served, free_port, prepare
from tests.browser.looking import NARROWEST, opened, sideways
from tests.interfaces import pseudo

pytestmark = pytest.mark.browser

HERE = Path(interfaces.__file__).parent.parent
PAGES = ["start", "code", "question", "thanks", "sign_in", "honours", "ranking_public",
         "my_data_by_code", "lesson", "family_form", "family", "vendor_form", "mine", "entry", "security",
         "class_new", "check_in", "unit", "invite", "account", "market_organized", "request", "nominees",
         "reads", "not_found"]  # fmt: skip

# Buttons, headings and the menu: texts of ours. Names, codes and addresses have no letters to be marked.
_SAID = """() => [...document.querySelectorAll('nav a, button, summary, legend, label, footer p')]
  .filter(part => part.getClientRects().length && !part.matches('.choice, .chip'))
  .map(part => part.textContent.trim())"""
_LATIN = re.compile(r"[AEIOUYaeiouy][a-z]{3}|[a-z]{3}[aeiouy]")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of `interfaces` with one file more, beside the rest of the house as it is."""
    house, home, port = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("home"), free_port()
    shutil.copytree(HERE / "interfaces", house / "interfaces", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("domain", "application", "infrastructure"):
        (house / name).symlink_to(HERE / name)
    pseudo.written_in(house / "interfaces" / "locale")
    served = Served(home, port, prepare(home, port), source=house)
    yield served
    served.close()


def test_a_further_language_is_chosen_complete_and_fits(gallery: Gallery) -> None:
    page = gallery.show(gallery.scene("start"))
    page.locator(f"footer a[hreflang={pseudo.LANGUAGE}]").click()
    assert page.locator("html").get_attribute("lang") == pseudo.LANGUAGE
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert _LATIN.search("Learners")  # what a text that escaped the catalogue looks like
    wrong: dict[str, list[str]] = {}
    for name in PAGES:
        page = opened(gallery.show(gallery.scene(name), language=pseudo.LANGUAGE))
        assert page.locator("html").get_attribute("lang") == pseudo.LANGUAGE
        left = [text for text in page.evaluate(_SAID) if _LATIN.search(re.sub(r"\[.*?\]|Lan Tỏa", "", text))]
        if said := left + sideways(page, NARROWEST):
            wrong[name] = said
    assert wrong == {}
