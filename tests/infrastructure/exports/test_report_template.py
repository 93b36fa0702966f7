"""A template is checked before anything opens it, and filled in where it can do nothing else."""

import io
import zipfile
from datetime import date
from types import SimpleNamespace

import pytest

from application.ports import Unit
from domain.model import UnitId
from domain.territory import UnitKind
from infrastructure.exports import report_template
from infrastructure.exports.report_template import BadDocument, check, filled_in, own_template
from interfaces.web.report_files import fields
from interfaces.web.report_templates import sample
from tests.cast import NOW
from tests.infrastructure.exports.templates import edited, with_part

UNIT = Unit(
    id=UnitId("gia-lai"), code="52", name="Tỉnh Gia Lai", kind=UnitKind.PROVINCE, parent=None, path=()
)
FIELDS = fields(sample(SimpleNamespace(clock=lambda: NOW), UNIT), date(2026, 3, 15))  # type: ignore[arg-type]
OUTSIDE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r" Type="http://x/attachedTemplate" TargetMode="External" Target="http://a.invalid/t"/>'
    b"</Relationships>"
)
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def encrypted() -> bytes:
    file = io.BytesIO(edited())
    content = bytearray(file.getvalue())
    at = content.index(b"PK\x01\x02")  # the first entry of the directory
    content[at + 8] |= 1
    return bytes(content)


def with_code(*runs: str) -> bytes:
    """A field of Word's whose code is in several runs."""
    said = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in runs)
    begun, ended = (f'<w:r><w:fldChar w:fldCharType="{one}"/></w:r>' for one in ("begin", "end"))
    return edited(("<w:body>", f"<w:body><w:p>{begun}{said}{ended}</w:p>"))


def by_its_other_name(*runs: str) -> bytes:
    """A field in the vocabulary of Strict Open XML, which Word takes for the usual one."""
    namespace = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    said = "".join(f"<s:r><s:instrText>{one}</s:instrText></s:r>" for one in runs)
    begun = '<s:r><s:fldChar s:fldCharType="begin"/></s:r>'
    return edited(("<w:body>", f'<w:body><s:p xmlns:s="{namespace}">{begun}{said}</s:p>'))


def macros_in_utf_16() -> bytes:
    """What the document says it is, in letters of two bytes."""
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    return with_part("[Content_Types].xml", types.encode("utf-16"))


def related(kind: str) -> bytes:
    of_office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    said = f'<Relationship Id="r" Type="{of_office}/{kind}" Target="media/a.png"/>'
    return OUTSIDE[: OUTSIDE.index(b"<Relationship Id")] + said.encode() + b"</Relationships>"


def hidden_part() -> bytes:
    """The document itself under the name of a picture."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    said = f'<Override PartName="/word/a.png" ContentType="{kind}"/></Types>'
    return edited(("</Types>", said), part="[Content_Types].xml")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not-docx"),
        (b"PK\x03\x04 no archive", "not-docx"),
        (own_template()[:20_000], "not-docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "password"),
        (encrypted(), "not-docx"),
        (b"x" * (report_template.LARGEST + 1), "large"),
        (with_part("word/media/big.bin", b"0" * (17 * 1024 * 1024)), "large"),
        (with_part("word/many.xml", b"<a>" + b"<a/>" * 250_000 + b"<b c=''/>" * 100_000 + b"</a>"), "large"),
        (with_part("word/vbaProject.bin", b"macro"), "acts"),
        (with_part("word/embeddings/oleObject1.bin", b"x"), "acts"),
        (with_part("word/activeX/activeX1.xml", b"<a/>"), "acts"),
        (with_part("word/_rels/more.rels", OUTSIDE), "outside"),
        (with_part("word/evil.xml", ENTITY), "not-docx"),
        (with_part("word/evil.xml", ENTITY.decode().encode("utf-16")), "not-docx"),
        (with_part("word/broken.xml", b"<a>"), "not-docx"),
        (edited(("BÁO CÁO", "INCLUDETEXT c:/secret")), "acts"),
        (with_part("word/late.xml", b"<!--" + b" " * 5_000 + b"-->" + ENTITY), "not-docx"),
        (with_part("word/no.xml", b"<?xml version='1.0' encoding='no-such'?><a/>"), "not-docx"),
        (with_part("word/no.xml", b"<?xml version='1.0' encoding='utf-7'?><a/>"), "not-docx"),
        (with_part("word/LOUD.XML", ENTITY), "not-docx"),
        (with_part("word/hidden.bin", ENTITY), "acts"),
        (with_part("word/words.html", b"<p>"), "acts"),
        (hidden_part(), "acts"),
        (by_its_other_name("DDE", "AUTO c:/a.exe"), "acts"),
        (by_its_other_name("INCLUDE", "TEXT c:/secret"), "acts"),
        (macros_in_utf_16(), "acts"),
        (with_part("word/_rels/more.rels", related("vbaProject")), "acts"),
        (with_part("word/_rels/more.rels", related("oleObject")), "acts"),
        (with_code("DDEAUTO c:/a.exe"), "acts"),
        (with_code("DDE", "AUTO c:/a.exe"), "acts"),
        (with_code("\tdDe  c:/a.exe"), "acts"),
        (with_code("QUOTE 68 68 69 65 85 84 79"), "acts"),
        (with_code(""), "acts"),
        (with_part("word/more.xml", b"<a><mailMerge/></a>"), "acts"),
        (with_part("word/panes.xml", b"<w:taskpanes xmlns:w='urn:w'/>"), "acts"),
    ],
)
def test_what_is_no_plain_document_is_refused_unopened(content, why):
    with pytest.raises(BadDocument) as refused:
        check(content)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("written", "why", "name"),
    [
        ("{{ ten_co_quan }}", "unknown-field", "ten_co_quan"),
        ("{{ tieu_thuong.khong_co }}", "unknown-field", "khong_co"),
        ("{% for a in so_lieu %}", "unclosed", "endfor"),
        ("{% if co_quan %}", "unclosed", "endif"),
        ("Kính gửi {{ co_quan ", "syntax", "Kính gửi {{ co_quan"),
        ("{{ co_quan.__class__ }}", "acts", ""),
        ("{{ co_quan.upper() }}", "acts", ""),
        ("{{ so_lieu.__class__.__base__.__subclasses__() }}", "acts", ""),
        ("{{ co_quan | attr('__class__') }}", "syntax", "{{ co_quan | attr('__class__') }}"),
        ("{{ range(9) }}", "acts", ""),
        ("{% include 'x' %}", "syntax", ""),
        ("{{ 'a' * 2000000000 }}", "slow", ""),
    ],
)
def test_a_template_reads_fields_and_does_nothing_else(written, why, name):
    with pytest.raises(BadDocument) as refused:
        filled_in(edited(("{{ co_quan }}", written)), FIELDS)
    assert refused.value.why == why, refused.value.name
    assert name in refused.value.name


def test_one_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(report_template, "SLOWEST", 1.5)
    loops = "".join(f"{{% for {a} in so_lieu * 99 %}}" for a in "abcdef") + "x" + "{% endfor %}" * 6
    with pytest.raises(BadDocument) as refused:
        filled_in(edited(("{{ co_quan }}", loops)), FIELDS)
    assert refused.value.why == "slow"


def test_words_stand_as_they_were_written():
    made = filled_in(own_template(), FIELDS)
    check(made)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "Nguyễn &amp; Trần &lt;b&gt; “x”" in text
    assert "{{" not in text
    assert "Times New Roman" in text


def test_a_page_number_is_no_danger():
    check(with_code(" PA", "GE ", r"\* MERGEFORMAT "))
