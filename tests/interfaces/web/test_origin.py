"""Who may make a browser send something here."""

import pytest

from interfaces.web.origin import comes_from_here

PUBLIC = "https://lantoa.example"
PLAIN = "http://127.0.0.1:8000"


def said(**headers):
    return [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in ({"host": "lantoa.example"} | headers).items()
    ]


@pytest.mark.parametrize(
    "headers",
    [
        said(sec_fetch_site="same-origin"),
        said(sec_fetch_site="none"),
        said(origin="https://lantoa.example"),
        said(origin="https://LANTOA.example"),
        said(referer="https://lantoa.example/ghi"),
        said(),
    ],
)
def test_our_own_pages_and_programs_may_send(headers):
    assert comes_from_here(headers, PUBLIC)


@pytest.mark.parametrize(
    "headers",
    [
        said(sec_fetch_site="cross-site"),
        said(sec_fetch_site="same-site"),
        said(sec_fetch_site=""),
        said(origin="null"),
        said(origin=""),
        said(origin="https://lantoa.example.evil.example"),
        said(origin="https://evil.example", referer="https://lantoa.example/ghi"),
        said(origin="https://lantoa.example:8443"),
        said(origin="http://[lantoa.example"),
        said(origin="https://lantoa.example\xe9"),
        said(referer="https://evil.example/?https://lantoa.example/"),
        said(referer="about:blank"),
        said(origin="http://lantoa.example"),
        said(referer="http://lantoa.example/ghi"),
        said(host="evil.example", origin="https://evil.example"),
        said(origin="ftp://lantoa.example"),
        said(cookie="lantoa_session=abc"),
        said(sec_fetch_site="cross-site", origin="https://lantoa.example"),
    ],
)
def test_other_sites_and_the_silent_with_cookies_may_not(headers):
    assert not comes_from_here(headers, PUBLIC)


@pytest.mark.parametrize(
    ("host", "origin", "ours"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("may-chu:8000", "http://may-chu:8000", True),
        ("may-chu:8000", "http://may-chu:9000", False),
        ("may-chu:8000", "https://may-chu:8000", False),
        ("may-chu:8000", "null", False),
        ("", "http://", False),
    ],
)
def test_over_plain_http_the_address_that_was_called_is_ours_too(host, origin, ours):
    headers = [(b"host", host.encode()), (b"origin", origin.encode()), (b"cookie", b"lantoa_session=a")]

    assert comes_from_here(headers, PLAIN) is ours


def test_the_first_of_two_headers_counts():
    headers = [*said(origin="https://evil.example"), (b"origin", b"https://lantoa.example")]

    assert not comes_from_here(headers, PUBLIC)
