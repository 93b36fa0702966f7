"""Where a request comes from: the peer, or whom the one proxy that we know says it speaks for."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from litestar.types import HTTPScope

Address = IPv4Address | IPv6Address


def address_of(scope: HTTPScope, proxy: str | None) -> str:
    """The address to count by; empty where there is none. One household's or one phone's IPv6
    addresses share their first 64 bits, so those are what counts.

    `X-Forwarded-For` is believed only from `proxy`, and only its last hop, which that proxy wrote
    itself: what stands before it, the client may have written.
    """
    found = _caller(scope, proxy)
    return _among(found, 64) if isinstance(found, IPv6Address) else str(found or "")


def network_of(scope: HTTPScope, proxy: str | None) -> str | None:
    """The first 48 bits of an IPv6 address: so much anybody may rent, 65,536 times what `address_of` tells
    from one another. None for others, of which nobody has many."""
    found = _caller(scope, proxy)
    return _among(found, 48) if isinstance(found, IPv6Address) else None


def _among(address: IPv6Address, bits: int) -> str:
    rest = 128 - bits
    return f"{IPv6Address(int(address) >> rest << rest)}/{bits}"


def comes_past(scope: HTTPScope, proxy: str) -> bool:
    """Whether it comes from another machine, and not through the proxy: in plain text, then."""
    found = _peer(scope)
    return found is not None and str(found) != proxy and not found.is_loopback


def _caller(scope: HTTPScope, proxy: str | None) -> Address | None:
    found = _peer(scope)
    if found is not None and str(found) == proxy:
        return _last_hop(scope) or found
    return found


def _peer(scope: HTTPScope) -> Address | None:
    client = scope.get("client")
    return _parsed(client[0]) if client else None


def _last_hop(scope: HTTPScope) -> Address | None:
    said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return _parsed(said[-1].decode("latin-1").rpartition(",")[2].strip()) if said else None


def _parsed(text: str) -> Address | None:
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:  # a proxy's "unknown", or a socket that is no network's
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
