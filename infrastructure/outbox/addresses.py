"""Which addresses of the network are public: a webhook is never led into the machine's own network."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that stand for an IPv4 one in their last four bytes."""


def is_public(text: str) -> bool:
    """Whether an address is one of the internet, also where it hides another within itself."""
    address = ip_address(text.partition("%")[0])
    return all(
        one.is_global
        and not (
            one.is_multicast or one.is_private or one.is_reserved or one.is_loopback or one.is_link_local
        )
        for one in (address, *_within(address))
    )


def _within(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


def addresses_of(host: str, port: int) -> list[str]:
    """Every address that a name stands for now, once each. Raises `OSError` (`socket.gaierror`)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
