"""Whose address a request is counted by, and whose word is believed about it."""

from typing import Any

import pytest

from interfaces.web.address import address_of, comes_past, network_of

PROXY = "10.0.0.7"


def scope(peer: str | None, *forwarded: str) -> Any:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"client": (peer, 40_000) if peer is not None else None, "headers": headers}


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        (scope(PROXY, "203.0.113.9"), "203.0.113.9"),
        (scope(PROXY, "198.51.100.1, 203.0.113.9"), "203.0.113.9"),
        (scope(PROXY, "198.51.100.1", "203.0.113.9"), "203.0.113.9"),
        (scope("::ffff:10.0.0.7", "203.0.113.9"), "203.0.113.9"),
        (scope(PROXY, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"),
        (scope(PROXY, "[2001:db8:1:2::9]"), "2001:db8:1:2::/64"),
        (scope(PROXY, "::ffff:203.0.113.9"), "203.0.113.9"),
        (scope(PROXY), PROXY),
        (scope(PROXY, "unknown"), PROXY),
        (scope(PROXY, "\xff"), PROXY),
        (scope(PROXY, "203.0.113.9,"), PROXY),
    ],
)
def test_the_proxy_says_whom_it_speaks_for(asked, address):
    assert address_of(asked, PROXY) == address


@pytest.mark.parametrize(
    "asked",
    [scope("198.51.100.1", "203.0.113.9"), scope("198.51.100.1", PROXY)],
    ids=["another's address", "the proxy's"],
)
@pytest.mark.parametrize("proxy", [None, PROXY])
def test_nobody_else_is_believed(asked, proxy):
    assert address_of(asked, proxy) == "198.51.100.1"


def test_a_network_of_many_addresses_is_told_too():
    assert network_of(scope(PROXY, "2001:db8:1:2:3:4:5:6"), PROXY) == "2001:db8:1::/48"
    assert network_of(scope("2001:db8:1:2::1"), None) == "2001:db8:1::/48"
    assert network_of(scope(PROXY, "::ffff:203.0.113.9"), PROXY) is None
    assert network_of(scope(None), None) is None


def test_without_an_address_there_is_one_count():
    assert address_of(scope(None), None) == ""
    assert address_of(scope("", "203.0.113.9"), None) == ""


@pytest.mark.parametrize(
    ("peer", "past"),
    [(PROXY, False), ("::ffff:10.0.0.7", False), ("127.0.0.1", False), ("::1", False), ("10.0.0.8", True)],
)
def test_who_comes_past_the_proxy_comes_in_plain_text(peer, past):
    assert comes_past(scope(peer), PROXY) is past
