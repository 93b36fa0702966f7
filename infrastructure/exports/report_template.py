"""Templates of reports: DOCX files with fields, which are programs of a kind and not trusted as such.

Checked before they are opened by anything: size, what the archive holds, no macros, nothing embedded,
nothing outside. They are filled in by a process of its own (`filling.py`) with bounded memory and time, in
a sandbox in which a field can be read and nothing called.
"""

import io
import subprocess  # nosec B404 # ourselves alone, for what is not trusted
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET  # nosec B405 # only after DOCTYPE was refused

import msgspec

from application.ports import Unavailable

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

OWN: Final = Path(__file__).parent / "report.docx"
"""The template that comes with the program."""

LARGEST: Final = 1024 * 1024
LARGEST_UNPACKED: Final = 16 * 1024 * 1024
MOST_PARTS: Final = 300
MOST_MARKS: Final = 500_000
"""Tags and attributes of all parts: each takes some 100 bytes of memory, however few it has in the file. The
program's own template has 60,000."""
SLOWEST: Final = 40.0
"""Seconds for filling one in, before its process is ended."""

_TURNS: Final = threading.BoundedSemaphore(2)
PATIENCE: Final = 15.0
"""Seconds that somebody waits for a turn: whoever waits holds a thread that others need, too."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_XML: Final = (".xml", ".rels")
_DRAWN: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".odttf")
"""What a part may be: what is neither XML, which is looked through, nor drawn may be opened as anything."""

_TYPES: Final = "[Content_Types].xml"
_ELEMENTS: Final = (
    *("mailMerge", "altChunk", "subDoc", "control", "externalData", "OLEObject"),
    *("taskpanes", "webextension", "webextensionref"),  # programs of elsewhere that open with the document
)
_CODES: Final = frozenset((
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "STYLEREF", "SEQ", "TOC",
    "TC", "DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "TITLE", "SUBJECT", "AUTHOR", "HYPERLINK",
    "SYMBOL",
))  # fmt: skip
"""Fields of Word's own that fetch and run nothing. Of others there is no whole list."""

_FORBIDDEN: Final = ("vbaproject", "oleobject", "activex", "embeddings/", "attachedtoolbars", "customui/")
_KINDS: Final = ("/hyperlink",)
_ACTING: Final = ("/vbaproject", "/oleobject", "/package", "/control", "/subdocument")


class BadDocument(Exception):
    """`why` names what is wrong with a template; `name` the field or part at fault, if any."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why, name)
        self.why = why
        self.name = name[:60]


@cache
def own_template() -> bytes:
    return OWN.read_bytes()


def check(content: bytes) -> None:
    """That it is a DOCX which holds text and nothing that acts. Raises `BadDocument`."""
    if len(content) > LARGEST:
        raise BadDocument("large")
    if content.startswith(_OLE):
        raise BadDocument("password")  # an encrypted document, or one of Word 97
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise BadDocument("not-docx") from None


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise BadDocument("large")
    if len(names) != len(parts) or any(part.flag_bits & 1 for part in parts):
        raise BadDocument("not-docx")
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise BadDocument("not-docx")
    unpacked = marks = 0
    for part in parts:
        name = part.filename.lower()
        if any(word in name for word in _FORBIDDEN) or not name.endswith((*_XML, *_DRAWN, "/")):
            raise BadDocument("acts", part.filename)
        with archive.open(part) as file:
            read = file.read(LARGEST_UNPACKED + 1 - unpacked)
        unpacked += len(read)
        if unpacked > LARGEST_UNPACKED:
            raise BadDocument("large")
        if name.endswith(_XML):
            marks += read.count(b"<") + read.count(b"=")
            if marks > MOST_MARKS:
                raise BadDocument("large")
            _check_part(part.filename, read)


def _check_part(name: str, content: bytes) -> None:
    said = content.replace(b"\x00", b"").upper()
    if b"<!DOCTYPE" in said or b"<!ENTITY" in said:
        raise BadDocument("not-docx", name)
    try:
        tree = ET.fromstring(content)  # noqa: S314  # nosec B314 # no entities are declared
    except (ET.ParseError, LookupError, ValueError):  # also of an encoding that nobody knows
        raise BadDocument("not-docx", name) from None
    for one in tree.iter(_RELATIONSHIP):
        kind = one.get("Type", "")
        if one.get("TargetMode") == "External" and not kind.endswith(_KINDS):
            raise BadDocument("outside", name)
        if kind.lower().endswith(_ACTING):
            raise BadDocument("acts", name)
    if b"DDEAUTO" in content or b"INCLUDETEXT" in content or b"INCLUDEPICTURE" in content:
        raise BadDocument("acts", name)
    if name == _TYPES and any(_runs(one) or _is_hidden(one) for one in tree):
        raise BadDocument("acts", name)
    if any(_named(one) in _ELEMENTS for one in tree.iter()):
        raise BadDocument("acts", name)
    for code in _codes(tree):
        if (code.split() or [""])[0].upper() not in _CODES:
            raise BadDocument("acts", code.strip() or name)


def _named(one: ET.Element) -> str:
    """Without its vocabulary: Word has two names for each of its own (ECMA-376, transitional and strict)."""
    return str(one.tag).rpartition("}")[2]


def _given(one: ET.Element, wanted: str) -> str:
    return next((value for name, value in one.items() if name.rpartition("}")[2] == wanted), "")


def _runs(said: ET.Element) -> bool:
    kind = said.get("ContentType", "").lower()
    return "macroenabled" in kind or "vbaproject" in kind


def _is_hidden(said: ET.Element) -> bool:
    """Whether parts are XML by their type and not by their name."""
    part = said.get("PartName") or f".{said.get('Extension', '')}"
    return said.get("ContentType", "").lower().endswith("xml") and not part.lower().endswith(_XML)


def _codes(tree: ET.Element) -> list[str]:
    """The codes of a part's fields; Word puts the runs of one together before it reads it."""
    found: list[str] = []
    for one in tree.iter():
        match _named(one):
            case "fldSimple":
                found.append(_given(one, "instr"))
            case "fldChar" if _given(one, "fldCharType") == "begin":
                found.append("")
            case "instrText" | "delInstrText":
                found[-1:] = ["".join((*found[-1:], one.text or ""))]
    return found


def filled_in(template: bytes, fields: Mapping[str, Any]) -> bytes:
    """The document with its fields filled in. Raises `BadDocument`, and `Unavailable` where the machine has
    no room for one more process."""
    request = msgspec.json.encode({"template": b64encode(template).decode(), "fields": fields})
    try:
        done = _run(request)
    except subprocess.TimeoutExpired:
        raise BadDocument("slow") from None
    except OSError as error:
        raise Unavailable(type(error).__name__) from None
    # nosec B603 # ourselves, with nothing of the template's
    if done.returncode == 0:
        return done.stdout
    try:
        told = msgspec.json.decode(done.stderr.splitlines()[-1], type=dict[str, str])
    except (msgspec.MsgspecError, IndexError):
        raise BadDocument("slow") from None  # ended by its bounds
    raise BadDocument(told["why"], told["name"])


def _run(request: bytes) -> "subprocess.CompletedProcess[bytes]":
    """A few at a time: each may take much memory, and all of them together would make each too slow."""
    if not _TURNS.acquire(timeout=PATIENCE):
        raise Unavailable("crowded")
    try:
        return subprocess.run(  # nosec B603 # ourselves, with nothing of the template's
            [sys.executable, "-I", "-m", "infrastructure.exports.filling"],
            input=request,
            capture_output=True,
            timeout=SLOWEST,
            check=False,
            cwd=Path(__file__).parent.parent.parent,
            env={"PYTHONUTF8": "1"},
        )
    finally:
        _TURNS.release()
