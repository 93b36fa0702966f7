"""Certificates as files: read back by another library, their code by a reader of codes."""

import asyncio
import io
import struct
import threading
import time
import zlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import pypdf
import pytest
import zxingcpp

from application.ports import Unavailable
from infrastructure.exports import certificate as printed
from infrastructure.exports.certificate import Certificate, as_pdf, set_in_type

LAN = Certificate(
    lang="vi",
    title="Chứng nhận",
    issuer="Phong trào Bình dân học vụ số",
    certifies="Sổ ghi của phong trào xác nhận",
    name="Nguyễn Thị Lan",
    line="là đại sứ số của Xã Tuy Phước",
    reason="đã hướng dẫn kỹ năng số",
    facts=["Ngày công nhận: 15/03/2026"],
    checking="Kiểm tra tại:",
    address="https://lantoa.example.vn/vinh-danh/kiem/K7MP2XQ9ABCDEFGHJKLM",
    qr_alt="Mã QR",
    at=datetime(2026, 3, 15, 2, tzinfo=UTC),
)


def named(name: str) -> Certificate:
    return msgspec.structs.replace(LAN, name=name)


def text(pdf: bytes) -> str:
    [page] = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text().replace("\n", " ")


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Đặng Ỷ Ẵng",
        "Hồ Thị Ấ Ộ Ự Ễ Ẫ",
        "Y Bʼlŭ Kơ Ñuăl",
        "H'Bia Êban Ƀya Č Ŏ",
        "#let x = 1; *đậm* $a$ \\ [x] <b> @nhãn `mã` // ghi chú",
        '"; #read("/etc/passwd") #import "@preview/x:1.0.0"',
        "x" * 100,
    ],
)
def test_any_name_stands_there_letter_by_letter(name):
    said = text(set_in_type(named(name)))
    assert name.replace("'", "’").replace(" ", "") in said.replace("'", "’").replace(" ", "")


def test_a_script_that_the_fonts_lack_is_set_in_one_of_the_machine():
    """Where the machine has none either, a certificate with gaps is better than none."""
    assert set("Lò Thị".replace(" ", "")) <= set(text(set_in_type(named("Lò Thị ꪎꪳ ꪼꪕ"))))


def test_it_is_tagged_with_a_title_and_its_language():
    reader = pypdf.PdfReader(io.BytesIO(set_in_type(LAN)))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("vi", True)
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Chứng nhận"
    assert reader.xmp_metadata is not None
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()


def test_all_fonts_are_in_the_file_and_none_is_of_this_machine():
    page: Any = pypdf.PdfReader(io.BytesIO(set_in_type(LAN))).pages[0]
    fonts = [one.get_object()["/BaseFont"] for one in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Libertinus" in one or "DejaVuSansMono" in one for one in fonts)


def test_the_same_certificate_is_the_same_bytes():
    assert set_in_type(LAN) == set_in_type(LAN)
    assert set_in_type(LAN) != set_in_type(named("Trần Văn Hòa"))


def test_its_code_is_read_from_the_page():
    [code] = zxingcpp.read_barcodes(grey(set_in_type(LAN, "png", ppi=90)))
    assert code.text == LAN.address


def test_no_more_are_set_at_once_than_there_are_printers(monkeypatch):
    """And pages are answered meanwhile."""
    busy, most, lock = 0, 0, threading.Lock()

    def slow(_certificate: Certificate) -> bytes:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1
        return b""

    monkeypatch.setattr(printed, "set_in_type", slow)

    async def many() -> None:
        await asyncio.gather(*(as_pdf(LAN) for _ in range(8)))

    asyncio.run(many())
    assert most == printed.AT_ONCE


def test_who_waits_too_long_is_told_to_come_again(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(printed, "SECONDS", 0.05)
    monkeypatch.setattr(printed, "set_in_type", lambda _: ended.wait(10))
    with pytest.raises(Unavailable):
        asyncio.run(as_pdf(LAN))
    ended.set()


def grey(png: bytes) -> memoryview:
    """One colour of the picture, row by row: PNG of 8-bit RGBA, as Typst writes it."""
    width, height = struct.unpack(">II", png[16:24])
    assert png[24:26] == b"\x08\x06"
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, line = zlib.decompress(data), 1 + width * 4
    above, out = bytes(width), bytearray()
    for start in range(0, height * line, line):
        above = unfiltered(raw[start], raw[start + 2 : start + line : 4], above)
        out += above
    return memoryview(bytes(out)).cast("B", (height, width))


def unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """PNG's five filters, on one colour alone."""
    out, left, corner = bytearray(), 0, 0
    for byte, up in zip(row, above, strict=True):
        near = _near(kind, left, up, corner)
        left, corner = (byte + near) & 255, up
        out.append(left)
    return bytes(out)


def _near(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 1:
            return left
        case 2:
            return up
        case 3:
            return (left + up) // 2
        case 4:
            return paeth(left, up, corner)
        case _:
            return 0


def paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda one: abs(near - one))
