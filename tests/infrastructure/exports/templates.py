"""Templates of reports as offices, and others, might bring them."""

import io
import zipfile

from infrastructure.exports.report_template import own_template


def edited(*changes: tuple[str, str], part: str = "word/document.xml") -> bytes:
    """The program's own template with some of its words changed."""
    file = io.BytesIO()
    packed = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(own_template())) as known, zipfile.ZipFile(file, "w", packed) as made:
        for one in known.infolist():
            content = known.read(one)
            if one.filename == part:
                text = content.decode()
                for old, new in changes:
                    assert old in text
                    text = text.replace(old, new, 1)
                content = text.encode()
            made.writestr(one, content)
    return file.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The same with something in its archive that does not belong there, or in place of what does."""
    file = io.BytesIO()
    packed = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(edited())) as known, zipfile.ZipFile(file, "w", packed) as made:
        for one in known.infolist():
            if one.filename != name:
                made.writestr(one, known.read(one))
        made.writestr(name, content)
    return file.getvalue()
