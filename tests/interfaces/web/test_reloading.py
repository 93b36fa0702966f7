"""A form's own address, asked for as a page: whoever reloads what was refused comes to the form's page."""

import pytest

from interfaces.permissions import RULES
from interfaces.web.reloading import instead_of
from tests.interfaces.web.browsing import Browsing

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)
FORMS = sorted({path for method, path in RULES if method == "POST" and not path.startswith("/api/")})


def test_every_address_of_a_form_has_a_page_or_leads_to_one():
    for path in FORMS:
        asked = path.replace("{", "").replace("}", "")
        page = instead_of(asked)
        if ("GET", path) in RULES:
            continue
        found = [one for method, one in RULES if method == "GET" and _same(one, page)]
        assert found, path


def _same(path: str, asked: str | None) -> bool:
    """Whether these are an address and what is asked for there; parameters are called as their names."""
    return path.replace("{", "").replace("}", "") == asked


def test_the_page_is_the_one_that_the_form_stands_on():
    for path, page in (
        ("/nhap/a1/cot", "/nhap/a1"),
        ("/ghi/di-ho/a1/rut-lai", "/ghi/di-ho"),
        ("/bao-cao/52/2026-01/khoa", "/bao-cao/52/2026-01"),
        ("/don-vi/52/so-ho", "/don-vi/52/di-ho"),
        ("/to/a\r\nb/ten", "/to/a%0D%0Ab"),
        ("/nhap/a1/khac", None),
        ("/nhap/a1", None),
        ("/api/v1/sync", None),
    ):
        assert instead_of(path) == page


@ON_SQLITE
def test_a_page_that_was_refused_is_reloaded(home):
    browser = Browsing(home)

    led = browser.get("/nhap/a1/cot")
    assert (led.status_code, led.headers["location"]) == (303, "/nhap/a1")
    assert led.headers["cache-control"] == "no-store"
    assert browser.get("/api/v1/sync").status_code == 405
    assert home.run(browser._client.delete("/nhap/a1/cot")).status_code == 405
