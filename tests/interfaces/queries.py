"""What is asked of the database while something is done, and what a house remembers for a moment."""

import re
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from infrastructure.accounts.remembered import RememberedAccounts
from interfaces.house import House

_LISTS = re.compile(r"\((?:\s*(?:\?|%\(\w+\)s|%s|CAST\([^)]*\)|__\[POSTCOMPILE_\w+\])\s*,?)+\)")


def questions(doing: Callable[[], Any]) -> list[str]:
    """The statements of this thread (where requests are answered), in order; lists of values of any
    length look alike."""
    asked: list[str] = []
    here = threading.get_ident()

    def hear(_conn, _cursor, statement, *_rest):
        if threading.get_ident() == here:
            asked.append(_LISTS.sub("(...)", statement))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        doing()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return asked


def forget_what_is_remembered(house: House) -> None:
    """As two seconds later: sessions, bearer tokens and roles are looked up again."""
    assert isinstance(house.accounts, RememberedAccounts)
    house.accounts._sessions.forget_all()
    house.accounts._bearers.forget_all()
    house._actors.forget_all()
