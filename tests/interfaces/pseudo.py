"""A language that nobody speaks: every message lengthened and with marks over and under its letters,
in as many forms as Arabic has numbers, written from the right. What looks right in it, looks right in
any further language; a text of ours without marks has escaped the catalogue."""

import re
from pathlib import Path
from typing import Final

from babel.messages.pofile import write_po

from interfaces.locale.__main__ import collected, new

LANGUAGE: Final = "ar"
_MARKED: Final = str.maketrans("AEIOUYaeiouycnst", "ẬỆỊỘỰỴậệịộựỵçñşţ")
_KEPT: Final = re.compile(r"(%\(\w+\)[sd]|%%|https?://\S+)")


def written_in(folder: Path) -> None:
    """The catalogue as a file in `folder`, complete."""
    catalogue = new(LANGUAGE)
    for message in collected():
        if isinstance(message.id, str) and message.id:
            catalogue.add(message.id, said(message.id))
        elif message.id:
            several = tuple(said(message.id[1], form) for form in range(catalogue.num_plurals))
            catalogue.add(message.id, several)
    with (folder / f"{LANGUAGE}.po").open("wb") as file:
        write_po(file, catalogue)


def said(text: str, form: int | None = None) -> str:
    """`Save` becomes `[Şậvệ ọ]`: a third longer, at the ends of which nothing may be cut off."""
    parts = [part if _KEPT.fullmatch(part) else part.translate(_MARKED) for part in _KEPT.split(text)]
    longer = " ọ" * (1 + len(text) // 6)
    return f"[{''.join(parts)}{longer}{'' if form is None else f' {form}'}]"
