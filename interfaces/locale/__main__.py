"""Collects every message of the pages and the API into every .po here, keeping what is translated.

English is the language of the messages, so en.po fills itself; a new Vietnamese entry is left
empty and named here (exit code 1) until somebody writes it. A further language begins by its name:
`python -m interfaces.locale km` writes km.po, empty; from then on it can be chosen, and what is not
translated yet is said in English.
"""

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from domain import skills
from interfaces.web.language import LANGUAGES, LOCALE, OURS

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
    for skill in skills.CATALOGUE:
        catalogue.add(skill.en, locations=[("domain/skills.py", None)])  # type: ignore[list-item]
    return catalogue


def path_of(language: str) -> Path:
    return LOCALE / f"{language.replace('-', '_')}.po"


def kept(language: str) -> Catalog:
    if not path_of(language).exists():
        return new(language)
    with path_of(language).open("rb") as file:
        return read_po(file)


def new(language: str) -> Catalog:
    return Catalog(locale=language.replace("-", "_"), charset="utf-8", fuzzy=False)


def update(language: str, messages: Catalog) -> list[str]:
    """Writes the language's file; returns the messages that nobody has translated yet."""
    catalogue, missing = new(language), []
    catalogue.header_comment = f"# Lan Tỏa: {language}"
    known = {message.id: message.string for message in kept(language) if message.id}
    if language == "vi":  # said where skills are defined
        known |= {skill.en: skill.vi for skill in skills.CATALOGUE}
    for message in messages:
        if not message.id:
            continue
        said = message.id if language == "en" else known.get(message.id, "")
        if not said or (not isinstance(said, str) and not all(said)):
            missing.append(str(message.id))
        catalogue.add(message.id, said, locations=message.locations, auto_comments=message.auto_comments)
    path_of(language).write_bytes(_written(catalogue))
    return missing


def _written(catalogue: Catalog) -> bytes:
    """The file's bytes, without dates and addresses that nobody keeps up."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=False, include_lineno=False)
    dated = (b'"POT-', b'"PO-Rev', b'"Generated-', b'"Last-T', b'"Language-T', b'"Report-', b'"Project-')
    lines = [line for line in buffer.getvalue().splitlines() if not line.startswith(dated)]
    return b"\n".join(lines).rstrip() + b"\n"


def main(begun: list[str]) -> int:
    messages = collected()
    missing = {language: update(language, messages) for language in [*LANGUAGES, *begun]}
    for language in OURS:
        for message in missing[language]:
            sys.stdout.write(f"{language}: no translation of {message!r}\n")
    for language in set(missing) - set(OURS):
        sys.stdout.write(f"{language}: {len(missing[language])} messages are not translated\n")
    return 1 if any(missing[language] for language in OURS) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
