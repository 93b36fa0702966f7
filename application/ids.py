"""New ids of our own: opaque, unique, and near each other in an index when minted together."""

from uuid_utils import uuid7


def new_id() -> str:
    """32 hexadecimal digits (a UUID of version 7: they sort by the moment of minting)."""
    return uuid7().hex
