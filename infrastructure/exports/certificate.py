"""A certificate as a PDF: set by Typst from a template of ours, tagged, and the same bytes each time.

Fonts are those that Typst brings along (Libertinus Serif, SIL Open Font License), so that it looks the
same on every machine. A name in a script that they lack is set in a font of the machine's own.
"""

import asyncio
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec
import segno
import typst

from application.ports import Unavailable

MEDIA_TYPE: Final = "application/pdf"
TEMPLATE: Final = Path(__file__).with_suffix(".typ")

AT_ONCE: Final = 2
"""Certificates set at the same time; one takes some 10 ms."""

SECONDS: Final = 10.0
"""After which whoever waits is told to come again."""

_PRINTERS: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="certificate")


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on it, in one language. `at` is the moment it certifies; `facts` are the small lines."""

    lang: str
    title: str
    issuer: str
    certifies: str
    name: str
    line: str
    reason: str
    facts: Sequence[str]
    checking: str
    address: str
    qr_alt: str
    at: datetime
    simulated: str = ""


async def as_pdf(certificate: Certificate) -> bytes:
    """Off the event loop. Raises `Unavailable` where it takes too long."""
    loop = asyncio.get_running_loop()
    work = loop.run_in_executor(_PRINTERS, set_in_type, certificate)
    try:
        return await asyncio.wait_for(work, SECONDS)
    except TimeoutError:
        raise Unavailable("the certificate takes too long") from None


def set_in_type(certificate: Certificate, kind: Literal["pdf", "png"] = "pdf", ppi: int = 90) -> bytes:
    """PDF/UA-1, or a picture of it in so many pixels an inch. With the fonts that come along, where
    these have every letter of it."""
    data = msgspec.structs.asdict(certificate) | {"qr": _qr(certificate.address)}
    said = {"data": msgspec.json.encode(data).decode()}
    try:
        return _compiled(said, kind, certificate.at, _fonts(of_the_machine=False), "ua-1", ppi)
    except typst.TypstError:
        return _compiled(said, kind, certificate.at, _fonts(of_the_machine=True), "1.7", ppi)


def _compiled(
    said: dict[str, str],
    kind: Literal["pdf", "png"],
    at: datetime,
    fonts: typst.Fonts,
    standard: Literal["ua-1", "1.7"],
    ppi: int,
) -> bytes:
    made: object = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=fonts,
        format=kind,
        ppi=ppi,
        sys_inputs=said,
        pdf_standards=standard if kind == "pdf" else None,
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("a certificate is one page")
    return made


@cache
def _fonts(*, of_the_machine: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=of_the_machine, include_embedded_fonts=True)


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=4, light="#fff")
    return drawn.getvalue().decode()
