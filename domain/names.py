"""Names and phone numbers as Vietnam writes them: cleaned, compared, sorted."""

import re
import unicodedata
from typing import Final

from domain.model import Refused

LONGEST: Final = 100

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK: Final = {letter: 100 + rank for rank, letter in enumerate(_ALPHABET)}
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""huyền, hỏi, ngã, sắc, nặng; ngang has no mark and comes first."""

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_NOT_IN_A_NAME: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_TOO_MANY_MARKS: Final = re.compile(r"^[\u0300-\u036f]|[\u0300-\u036f]{3}")
_LATIN_MARKS: Final = re.compile(r"[\u0300-\u034e\u0350-\u036f]+")
"""The combining ones of that block; U+034F combines with nothing."""
_PLAIN_LETTER: Final = re.compile(r"[0-9A-Za-z]")
_APART: Final = re.compile(r"[^0-9A-Za-z]+")
_BEYOND_ASCII: Final = bytes(range(128, 256))
_PLAIN: Final = bytes(range(128)) + b"\xcc" + bytes(range(0x80, 0xC0))
"""The bytes of ASCII and of the marks U+0300 to U+033F, among which are all of Vietnamese."""
_WORDS: Final = bytes(ord(chr(one).lower()) if chr(one).isalnum() else 32 for one in range(128)) + bytes(128)
_NO_LETTERS: Final = b"'`" + _BEYOND_ASCII

_BETWEEN_DIGITS: Final = re.compile(r"[\s.\-()\u2010-\u2015]")
_MOBILE: Final = re.compile(r"(?:(?:\+84|0084|84)0?|0)([35789][0-9]{8})")


class BadName(Refused):
    """`why`: `empty`, `long` (over 100 characters) or `characters` (control, direction, <, >)."""


class BadPhone(Refused):
    """Not a Vietnamese mobile number: 0 and nine digits, of which the first is 3, 5, 7, 8 or 9."""


def clean(name: str) -> str:
    """The name as it is kept: NFC, single spaces. Raises `BadName`."""
    if len(name) > 10 * LONGEST:
        raise BadName(why="long")
    name = unicodedata.normalize("NFC", name.strip(" \t\r\n\u00a0"))
    if _holds_what_no_name_does(name):
        raise BadName(why="characters")
    if _TOO_MANY_MARKS.search(name):
        raise BadName(why="characters")
    name = " ".join(name.split())
    if not _PLAIN_LETTER.search(name) and not fold(name):
        raise BadName(why="empty")
    if len(name) > LONGEST:
        raise BadName(why="long")
    return name


def fold(name: str) -> str:
    """What two spellings of one name share: lower case, no diacritics (đ is d), words apart.

    "Hòa", "Hoà" and "HOA" are one; so are "H'Hen Niê" and "H’hen  nie".
    """
    if "´" not in name:  # it falls apart into a blank and a mark
        apart = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d")).encode(errors="replace")
        if not apart.translate(None, _PLAIN):  # nearly all names, and many times as quick
            return b" ".join(apart.translate(_WORDS, _NO_LETTERS).split()).decode()
    bare = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).casefold().replace("đ", "d"))
    bare = bare.casefold().translate(_APOSTROPHES)  # "㎀" is "pA", and "ŉ" has an apostrophe, only now
    latin = _LATIN_MARKS.sub("", bare)
    if latin.isascii():
        return " ".join(_APART.split(latin)).strip()
    letters = (letter for letter in bare if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def _holds_what_no_name_does(name: str) -> bool:
    if "<" in name or ">" in name:
        return True
    # What is printable is of none of these categories.
    return not name.isprintable() and any(unicodedata.category(letter) in _NOT_IN_A_NAME for letter in name)


SortKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def sort_key(name: str) -> SortKey:
    """Vietnamese order: by the last word (the given name), then by the whole name.

    Words are compared by their letters (a ă â b ... d đ e ê ...) and then by tone, wherever
    in the word the tone is written.
    """
    words = alphabet_key(name)
    return words[-1:] + words


def alphabet_key(text: str) -> SortKey:
    """Vietnamese order of what is no person's name, such as a place: word by word."""
    return tuple(_word_key(word) for word in unicodedata.normalize("NFC", text).lower().split())


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for letter in word:
        marks = unicodedata.normalize("NFD", letter)
        tones.extend(_TONES[mark] for mark in marks if mark in _TONES)
        plain = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
        letters.extend(_RANK.get(one, ord(one) if one.isdigit() else 1000 + ord(one)) for one in plain)
    return tuple(letters), tuple(tones)


def short(name: str) -> str:
    """The given name with the family's initial: enough for whoever knows them. "Nguyễn Thị Tư" is
    "N. Tư"; a single word stays."""
    words = name.split()
    return f"{words[0][0]}. {words[-1]}" if len(words) > 1 else name


def clean_phone(text: str) -> str:
    """A mobile number in E.164, such as `+84905123456`. Raises `BadPhone`.

    Source: Vietnam's numbering plan; mobile numbers have begun with 03, 05, 07, 08 or 09
    since 2018.
    """
    number = _MOBILE.fullmatch(_BETWEEN_DIGITS.sub("", text[:LONGEST]))
    if number is None:
        raise BadPhone
    return f"+84{number[1]}"
