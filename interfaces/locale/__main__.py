"""Collects every message of the pages and the API into vi.po and en.po, keeping what is translated.

English is the language of the messages, so en.po fills itself; a new Vietnamese entry is left
empty and named here (exit code 1) until somebody writes it.
"""

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from interfaces.web.language import LANGUAGES, LOCALE

INTERFACES: Final = Path(__file__).parent.parent
METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: Final = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def collected() -> Catalog:
    """Every message in the sources, in the order of the files, without line numbers."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        INTERFACES, METHODS, OPTIONS, KEYWORDS, ("Translators:",), strip_comment_tags=True
    )
    for name, _line, message, comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(f"interfaces/{name}", None)], auto_comments=comments)  # type: ignore[list-item]
    return catalogue


def kept(language: str) -> Catalog:
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, messages: Catalog) -> list[str]:
    """Writes the language's file; returns the messages that nobody has translated yet."""
    catalogue, missing = Catalog(locale=language, charset="utf-8", fuzzy=False), []
    catalogue.header_comment = f"# Lan Tỏa: {language}"
    known = {message.id: message.string for message in kept(language) if message.id}
    for message in messages:
        if not message.id:
            continue
        said = message.id if language == "en" else known.get(message.id, "")
        if not said or (not isinstance(said, str) and not all(said)):
            missing.append(str(message.id))
        catalogue.add(message.id, said, locations=message.locations, auto_comments=message.auto_comments)
    (LOCALE / f"{language}.po").write_bytes(_written(catalogue))
    return missing


def _written(catalogue: Catalog) -> bytes:
    """The file's bytes, without dates and addresses that nobody keeps up."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=False, include_lineno=False)
    dated = (b'"POT-', b'"PO-Rev', b'"Generated', b'"Last-T', b'"Language-T', b'"Report', b'"Project')
    lines = [line for line in buffer.getvalue().splitlines() if not line.startswith(dated)]
    return b"\n".join(lines).rstrip() + b"\n"


def main() -> int:
    messages = collected()
    missing = {language: update(language, messages) for language in LANGUAGES}
    for language, ids in missing.items():
        for message in ids:
            sys.stdout.write(f"{language}: no translation of {message!r}\n")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
