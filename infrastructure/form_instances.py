"""By which forms an instance came: what a list has to know whose rows name instances and no forms.

Unlike the versions of a submission this outlives its form, as the receipts of what was recorded do: an
export of a form that was disconnected since, brought in as a list, counts once all the same.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from domain.lists import ListId
from infrastructure.connected import instance


def came(db: Connection, connection: ListId, names: Iterable[bytes]) -> None:
    """Notes that these came by a form."""
    some = list(dict.fromkeys(names))
    own = (instance.c.connection == connection) & instance.c.named.in_(some)
    known = {bytes(one) for one in db.execute(select(instance.c.named).where(own)).scalars()}
    rows = [{"named": one, "connection": connection, "told": None} for one in some if one not in known]
    if rows:
        db.execute(insert(instance), rows)


def recorded(db: Connection, connection: ListId, names: Iterable[bytes], told: bytes) -> None:
    """Notes under whose name the answers of these were recorded."""
    own = (instance.c.connection == connection) & instance.c.named.in_(list(names))
    db.execute(update(instance).where(own).values(told=told))


def of(db: Connection, names: Iterable[bytes]) -> list[tuple[bytes, ListId, bytes | None]]:
    """By which form each of these came and under whose name it was recorded; for some hundreds at once."""
    i = instance.c
    query = select(i.named, i.connection, i.told).where(i.named.in_(list(names)))
    return [
        (bytes(named), ListId(form), None if told is None else bytes(told))
        for named, form, told in db.execute(query)
    ]
