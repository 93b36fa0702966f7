"""Where a request comes from: the peer, or whom the one proxy that we know says it speaks for."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from litestar.connection import ASGIConnection


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address to count by. One household's or one phone's IPv6 addresses share their first 64
    bits, so those are what counts.

    `X-Forwarded-For` is believed only from LANTOA_BEHIND_PROXY, and only its last hop, which that
    proxy wrote itself: what stands before it, the client may have written.
    """
    client = connection.scope.get("client")
    peer = client[0] if client else ""
    if peer and peer == connection.app.state.settings.behind_proxy:
        peer = _last_hop(connection) or peer
    return _counted(peer)


def _last_hop(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    said = [value for name, value in connection.scope["headers"] if name == b"x-forwarded-for"]
    return said[-1].decode("latin-1").rpartition(",")[2].strip() if said else ""


def _counted(address: str) -> str:
    try:
        found = ip_address(address.removeprefix("[").removesuffix("]"))
    except ValueError:  # no address of a network; all such share one count
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)
